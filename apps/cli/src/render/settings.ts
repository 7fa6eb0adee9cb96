import type { EffectiveSetting } from "@distronode-runner/contract";
import type { RunChoice } from "../arguments/run-choices.ts";
import { renderColumns } from "./columns.ts";
import { printable } from "./printable.ts";

/** What a run would use: what it was told, then every setting; with `origin`, who said so. */
export interface Configuration {
  readonly choices: readonly RunChoice[];
  readonly settings: readonly EffectiveSetting[];
}

export function renderConfiguration({ choices, settings }: Configuration, origin: boolean): string {
  const row = ({ key, value, from }: EffectiveSetting): string[] => [key, value === undefined ? "-" : JSON.stringify(value), ...(origin ? [from] : [])];
  const header = ["SETTING", "VALUE", ...(origin ? ["FROM"] : [])];
  const run = choices.length === 0 ? [] : [["RUN", "", ...(origin ? [""] : [])], ...choices.map(row), ["", "", ""]];
  return `${printable(renderColumns([...run, header, ...settings.map(row)]))}\n`;
}

/** The same as JSON: key -> value, with `origin` key -> value and from. */
export function configurationJson({ choices, settings }: Configuration, origin: boolean): string {
  const object = (rows: readonly EffectiveSetting[]): object => Object.fromEntries(rows.map(({ key, value = null, from }) => [key, origin ? { value, from } : value]));
  return `${JSON.stringify({ run: object(choices), settings: object(settings) }, null, 2)}\n`;
}
