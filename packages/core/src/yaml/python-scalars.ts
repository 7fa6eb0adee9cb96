import type { ScalarTag } from "yaml";

/**
 * Plain scalars as PyYAML's safe loader reads them (YAML 1.1, PyYAML's own narrower patterns), so that `env/*` files mean here what
 * they mean to the automation tool: `1e3`, `08` and `y` are text, `1:30` is 90, `yes` is true.
 * Source of the patterns: PyYAML, resolver.py.
 */

/** A number written with a fraction or exponent; kept apart from integers because Python prints `1.0`, not `1`. */
export class PythonFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A date or time, kept as Python's `str()` would print it. */
export class PythonDate {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const digits = (text: string): string => text.replaceAll("_", "");

function sexagesimal(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  return sign * digits(text.replace(/^[-+]/, "")).split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

function integer(text: string): number | bigint {
  const sign = text.startsWith("-") ? -1n : 1n;
  const bare = digits(text.replace(/^[-+]/, ""));
  if (bare.includes(":")) return sexagesimal(text);
  const value = sign * (/^0[0-7]+$/.test(bare) ? BigInt(`0o${bare.slice(1)}`) : BigInt(bare));
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function float(text: string): PythonFloat {
  const bare = digits(text).toLowerCase();
  if (bare.endsWith(".inf")) return new PythonFloat(bare.startsWith("-") ? -Infinity : Infinity);
  if (bare.endsWith(".nan")) return new PythonFloat(Number.NaN);
  return new PythonFloat(bare.includes(":") ? sexagesimal(bare) : Number(bare));
}

function timestamp(text: string): PythonDate {
  const match = /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(Z|([-+])(\d\d?)(?::?(\d\d))?))?)?$/.exec(text);
  if (match === null) return new PythonDate(text);
  const two = (part: string | undefined): string => (part ?? "0").padStart(2, "0");
  const date = `${match[1]}-${two(match[2])}-${two(match[3])}`;
  if (match[4] === undefined) return new PythonDate(date);
  const micro = (match[7] ?? "").slice(0, 6).padEnd(6, "0");
  const fraction = Number(micro) === 0 ? "" : `.${micro}`;
  const zone = match[8] === undefined ? "" : match[8] === "Z" ? "+00:00" : `${match[9]}${two(match[10])}:${two(match[11])}`;
  return new PythonDate(`${date} ${two(match[4])}:${match[5]}:${match[6]}${fraction}${zone}`);
}

const scalar = (tag: string, test: RegExp, resolve: (text: string) => unknown): ScalarTag => ({ tag: `tag:yaml.org,2002:${tag}`, default: true, test, resolve });

export const pythonScalars: readonly ScalarTag[] = [
  scalar("null", /^(?:~|null|Null|NULL|)$/, () => null),
  scalar("bool", /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON|no|No|NO|false|False|FALSE|off|Off|OFF)$/, (text) => /^(?:y|t|on)/i.test(text)),
  scalar("float", /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/, float),
  scalar("int", /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/, integer),
  scalar("timestamp", /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?))?)$/, timestamp),
];
