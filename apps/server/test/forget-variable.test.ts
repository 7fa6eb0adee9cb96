import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

const url = new URL("../src/forget-variable.ts", import.meta.url).href;

/** A process that was given variables and has forgotten one. */
async function forgetful(environment: Readonly<Record<string, string>>, use: (told: string, environ: string) => void): Promise<void> {
  const script = `const { forgetVariable } = await import(${JSON.stringify(url)}); forgetVariable("SECRET_WORD"); console.log(JSON.stringify(process.env)); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { env: { PATH: process.env["PATH"], ...environment }, stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [told] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
    use(told, process.platform === "linux" ? await readFile(`/proc/${child.pid}/environ`, "utf8") : "");
  } finally {
    child.kill("SIGKILL");
  }
}

test("a variable that is forgotten is inherited by nobody, and no longer stands in /proc", async () => {
  await forgetful({ BEFORE: "one", SECRET_WORD: "swordfish-1", AFTER: "two", ANOTHER_SECRET_WORD: "kept" }, (told, environ) => {
    expect(JSON.parse(told)).toMatchObject({ BEFORE: "one", AFTER: "two", ANOTHER_SECRET_WORD: "kept" });
    expect(`${told}${environ}`).not.toContain("swordfish");
    if (process.platform === "linux") expect(environ).toMatch(/BEFORE=one\0[^]*AFTER=two\0[^]*ANOTHER_SECRET_WORD=kept\0/);
  });
});

test("one that was never there harms nothing", async () => {
  await forgetful({ BEFORE: "one" }, (told) => expect(JSON.parse(told)).toMatchObject({ BEFORE: "one" }));
});
