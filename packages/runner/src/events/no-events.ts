import { basename } from "node:path";
import type { ToolExit } from "../lifecycle/states.ts";

/** Tools that report events. What else a job runs may do so or not. */
const reporting = /^(ansible|distronode)(-playbook|-pull)?$/;

/** Options with which these only say something and run nothing. */
const onlyTelling = /^(--version|--help|-h|--syntax-check|--list-(tasks|hosts|tags))$/;

/** Exit codes of a tool that may have ended before it could report: wrong usage, wrong syntax, interrupted. A play that failed has some of these too. */
const perhapsEarly = new Set([1, 2, 3, 4, 5, 99, 250]);

/**
 * Whether a tool that had something to report connected to nobody. In doubt it had nothing.
 *
 * @param shown the beginning of what it printed
 */
export function missesEvents(command: readonly string[], exit: ToolExit & { readonly sources?: number }, shown: string): boolean {
  if (exit.sources !== 0 || exit.why !== null || exit.code === null) return false;
  if (!reporting.test(basename(command[0] ?? "")) || command.some((argument) => onlyTelling.test(argument))) return false;
  // 126 and 127: there was no tool.
  if (exit.code === 126 || exit.code === 127) return false;
  return !perhapsEarly.has(exit.code) || /^PLAY (\[|RECAP)/m.test(shown);
}
