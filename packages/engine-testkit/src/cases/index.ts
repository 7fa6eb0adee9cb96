import { abortCases } from "./abort.ts";
import { archiveCases } from "./archives.ts";
import type { Case } from "./case.ts";
import { concurrencyCases } from "./concurrency.ts";
import { execCases } from "./exec.ts";
import { exitCases } from "./exit.ts";
import { failureCases } from "./failures.ts";
import { imageCases } from "./images.ts";
import { inputCases } from "./input.ts";
import { insideCases } from "./inside.ts";
import { listCases } from "./list.ts";
import { outputCases } from "./output.ts";
import { readerCases } from "./readers.ts";
import { removeCases } from "./remove.ts";
import { reportCases } from "./reports.ts";
import { signalCases } from "./signal.ts";

export type { Case };

/** Every law of `Engine`, as sentences that can be tried. */
export const cases: readonly Case[] = [
  ...exitCases,
  ...abortCases,
  ...outputCases,
  ...inputCases,
  ...readerCases,
  ...signalCases,
  ...removeCases,
  ...listCases,
  ...execCases,
  ...failureCases,
  ...insideCases,
  ...archiveCases,
  ...imageCases,
  ...concurrencyCases,
  ...reportCases,
];
