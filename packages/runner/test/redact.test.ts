import { mask } from "@distronode-runner/core";
import { describe, expect, test } from "vitest";
import { Redactor } from "../src/redact/redactor.ts";

const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAE\nbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n-----END OPENSSH PRIVATE KEY-----\n";
const redactor = new Redactor(["hunter2", "s3cr$t (with) [signs]", "pässwörd-ü", key, "73915", "abc", "true", 'quo"te\\d']);

describe("a secret is masked", () => {
  test.each([
    ["alone", "hunter2"],
    ["in a line", "the password is hunter2."],
    ["with signs of regular expressions", "x s3cr$t (with) [signs] y"],
    ["beyond ASCII", "x pässwörd-ü y"],
    ["escaped to ASCII", String.raw`"p\u00e4ssw\u00f6rd-\u00fc"`],
    ["in JSON", JSON.stringify({ a: 'quo"te\\d' })],
    ["in JSON inside JSON", JSON.stringify({ a: JSON.stringify({ b: 'quo"te\\d' }) })],
    ["in base64", Buffer.from("pässwörd-ü").toString("base64")],
    ["in base64 with a line end", Buffer.from("hunter2\n").toString("base64")],
    ["in an address", `http://u:${encodeURIComponent("s3cr$t (with) [signs]")}@x`],
    ["that is short and a number", "pin 73915, pin=73915"],
  ])("%s", (_where, text) => {
    const masked = redactor.text(text);
    expect(masked).toContain(mask);
    expect(masked).not.toMatch(/hunter2|s3cr|sswö|quo|73915|aHVudGVyMg|cMOkc3N3w7ZyZC3DvA/);
  });

  test("inside something longer in base64, wherever it begins there", () => {
    for (const before of ["", "u", "us", "use", "user:"]) {
      const masked = redactor.text(Buffer.from(`${before}pässwörd-ü, and more`).toString("base64"));
      expect(Buffer.from(masked.replaceAll(mask, ""), "base64").toString("latin1")).not.toContain("sswö".slice(0, 3));
    }
  });

  test("line by line, if it has several, but not what all keys have in common", () => {
    const masked = redactor.text(`x\n  b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAE\n  bm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n-----BEGIN OPENSSH PRIVATE KEY-----\n`);
    expect(masked).toBe(`x\n  ${mask}\n  ${mask}\n-----BEGIN OPENSSH PRIVATE KEY-----\n`);
    expect(redactor.text(JSON.stringify({ key }))).not.toContain("b3BlbnNz");
    expect(redactor.text(Buffer.from(key).toString("base64"))).toBe(mask);
  });
});

test("ordinary text is left alone: short secrets inside words, values that are too short or mean nothing", () => {
  for (const text of ["hunter21, xhunter2, hunter2_", "1739152", "abc true", "TASK [debug] ****", '{"changed": true}']) expect(redactor.text(text)).toBe(text);
  const bytes = Buffer.from("nothing");
  expect(new Redactor([]).bytes(bytes)).toBe(bytes);
});

test("a number is masked only where a key says that it is a credential", () => {
  const pin = new Redactor(["12345", "12345.0"]);
  const event = '{"counter": 12345, "pid": 12345, "event_data": {"rc": 12345, "res": {"size": 12345, "user_pin": 12345, "passwords": [{"a": -12345, "b": 12345, "port": 8}], "list": [12345]}, "pin": 123456}}';
  expect(pin.event(Buffer.from(event)).toString()).toBe(event.replace('"user_pin": 12345', `"user_pin": "${mask}"`).replace('"b": 12345', `"b": "${mask}"`));
});

test("JSON stays JSON: texts are masked, numbers and keys are not", () => {
  const odd = new Redactor(["12345", 'a","b', "nother-one"]);
  const json = (data: string): string => odd.event(Buffer.from(`{"event_data":${data}}`)).toString().slice('{"event_data":'.length, -1);
  expect(json('{"n":12345,"s":"n 12345","list":["a","b","c"],"12345":[1.0,9223372036854775807,12345]}')).toBe(`{"n":12345,"s":"n ${mask}","list":["a","b","c"],"12345":[1.0,9223372036854775807,12345]}`);
  expect(json(String.raw`{"s": "x\nother-one", "t": "nother-one", "half": "\ud800 12345"}`)).toBe(String.raw`{"s": "x\nother-one", "t": "${mask}", "half": "\ud800 ${mask}"}`);
});

describe("a text that comes in pieces", () => {
  const text = `start hunter2 and hunter21, s3cr$t (with) [signs]; ${key}pässwörd-ü 73915 end hunter2`;

  test("is masked as if it had come whole, wherever it is cut", () => {
    const whole = redactor.text(text);
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const stream = redactor.stream();
      expect(Buffer.concat([stream.push(bytes.subarray(0, cut)), stream.push(bytes.subarray(cut)), stream.flush()]).toString(), `cut at ${cut}`).toBe(whole);
    }
    const stream = redactor.stream();
    expect(Buffer.concat([...bytes].map((byte) => stream.push(Buffer.from([byte]))).concat(stream.flush())).toString()).toBe(whole);
  });

  test("waits only where a secret may have begun", () => {
    const stream = redactor.stream();
    expect(stream.push(Buffer.from("Password: ")).toString()).toBe("Password: ");
    expect(stream.push(Buffer.from("hunt")).toString()).toBe("");
    expect(stream.push(Buffer.from("ing\n")).toString()).toBe("hunting\n");
  });
});

test("a secret is found in a large text wherever it stands, and a large text without one is passed on as it is", () => {
  const size = 300_000;
  const plain = Buffer.alloc(size, "x ");
  expect(redactor.bytes(plain)).toBe(plain);
  for (const [secret, shown] of [[" 73915 ", ` ${mask} `], ["pässwörd-ü", mask]] as const) {
    for (const at of [0, 1, 65_530, 65_535, 65_536, 65_540, 131_070, size - 30]) {
      const text = Buffer.from(plain);
      text.write(secret, at);
      const masked = redactor.bytes(text);
      expect(masked.toString()).toContain(shown);
      expect(masked.length).toBe(size - Buffer.byteLength(secret) + shown.length);
    }
  }
});

describe("whatever the secrets and the text are", () => {
  /** Numbers in a fixed order that looks like none. */
  const numbers = (seed: number): ((below: number) => number) => {
    let state = seed;
    return (below) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  };
  const word = (next: (below: number) => number, length: number): string => Array.from({ length }, () => "ab"[next(2)]!).join("");

  test("every occurrence is masked, also those that overlap, and nothing else", () => {
    const next = numbers(3);
    for (let round = 0; round < 300; round += 1) {
      const secrets = Array.from({ length: 1 + next(4) }, () => word(next, 8 + next(6)));
      const text = word(next, 200);
      const covered = Array.from(text, () => false);
      for (const secret of secrets) for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + 1)) covered.fill(true, at, at + secret.length);
      const shown = text.split("").map((letter, at) => (covered[at]! ? " " : letter)).join("");
      expect(new Redactor(secrets).text(text).split(mask).join(" ").replace(/ +/g, " "), `${secrets.join()} in ${text}`).toBe(shown.replace(/ +/g, " "));
    }
  });

  test("a text in pieces is masked as a whole one is, with line breaks, escapes and parts of secrets anywhere", () => {
    const next = numbers(5);
    const noise = ["\n", "\r\n", "\\n", "\\\\n", "  ", "\\", "x", "\n    ", '"', "ab", "\x1b[0m"];
    for (let round = 0; round < 300; round += 1) {
      const secrets = [word(next, 9), `${word(next, 5)} ${word(next, 5)}`, `${word(next, 4)}\\${word(next, 5)}\n${word(next, 9)}`, word(next, 5), word(next, 300)];
      let text = "";
      while (text.length < 400) {
        const secret = secrets[next(secrets.length)]!;
        const from = next(secret.length);
        text += next(3) === 0 ? secret : secret.slice(from, from + next(20));
        if (next(2) === 0) text += noise[next(noise.length)]!;
      }
      const bytes = Buffer.from(text);
      const fuzzed = new Redactor(secrets);
      const stream = fuzzed.stream();
      const parts: Buffer[] = [];
      for (let at = 0; at < bytes.length; ) {
        const size = 1 + next(40);
        parts.push(stream.push(bytes.subarray(at, at + size)));
        at += size;
      }
      expect(Buffer.concat([...parts, stream.flush()]).toString(), `${JSON.stringify(secrets)} in ${JSON.stringify(text)}`).toBe(fuzzed.text(text));
    }
  });

  test("a secret may have any length: its pieces are masked, no error quotes it, and no text makes the search slow", () => {
    const long = Array.from({ length: 28_000 }, (_each, at) => String.fromCharCode(33 + ((at * at + at) % 90))).join("");
    const odd = new Redactor([long, "a".repeat(28_000)]);
    expect(odd.text(`x ${long} y`)).toBe(`x ${mask} y`);
    expect(odd.text(`x ${long.slice(0, 5000)}`)).toBe(`x ${mask}`);
    expect(odd.text(JSON.stringify({ a: long }))).toBe(`{"a":"${mask}"}`);
    expect(odd.bytes(Buffer.alloc(1_000_000, "a")).toString()).toBe(mask);
    const wrapped = new Redactor(["abababababababababababac"]);
    const text = Buffer.alloc(1_000_000, "ab\n");
    expect(wrapped.bytes(text)).toBe(text);
  });
});

test("what a stream has held back goes on in another process, in the middle of a long secret too", () => {
  const long = `${"0123456789abcdef".repeat(40)}end`;
  for (const cut of [5, 300, 600]) {
    const first = new Redactor([long, "other-secret"]).stream();
    const begun = first.push(Buffer.from(`x ${long.slice(0, cut)}`)).toString();
    const second = new Redactor(["a-third-secret", long]).stream(JSON.parse(JSON.stringify(first.state)) as typeof first.state);
    const rest = Buffer.concat([second.push(Buffer.from(`${long.slice(cut)} y`)), second.flush()]).toString();
    expect(begun + rest, `cut at ${cut}`).toBe(`x ${mask} y`);
  }
});

test("a short secret stands alone behind a colour, an escape or a code of an address, and not in a word", () => {
  const short = new Redactor(["q7Zx"]);
  for (const text of ["\x1b[0;31mq7Zx\x1b[0m", '"\\u001b[31mq7Zx"', '"a\\nq7Zx"', "a%20q7Zx%26", "x=\\x3dq7Zx", "é\\u0020q7Zx"]) expect(short.text(text), text).toContain(mask);
  for (const text of ["mq7Zx", "nq7Zx", "\\u00e9q7Zx", "%C3q7Zx", "q7Zxy"]) expect(short.text(text), text).toBe(text);
});

test("words of the runner's own entries stay, whatever the secrets are", () => {
  const words = new Redactor(["successful", "starting", "a-warning", "hunter22"]);
  expect(words.entry(Buffer.from('{"status":"successful","runner_ident":"a-warning","command":["hunter22"],"error":{"code":"starting","message":"hunter22"}}')).toString()).toBe(
    `{"status":"successful","runner_ident":"a-warning","command":["${mask}"],"error":{"code":"starting","message":"${mask}"}}`,
  );
  expect(words.error({ code: "INTERNAL", message: "hunter22" })).toEqual({ code: "INTERNAL", message: mask });
});
