import { Command, type Config, type Interfaces } from "@oclif/core";
import { normalizeArguments, unmark } from "./arguments/argument-vector.ts";
import { knownFlags } from "./arguments/known-flags.ts";
import { usageError } from "./arguments/usage-error.ts";
import { Screen } from "./terminal/screen.ts";

type FlagValues = Interfaces.OutputFlags<Interfaces.FlagInput>;
type ArgumentValues = Interfaces.OutputArgs<Interfaces.ArgInput>;

/** What a command hands back: its text for stdout, and how the process ends. */
export interface Outcome {
  readonly text?: string;
  readonly exitCode?: number;
}

/** Commands return data; here is the place that prints it. What they throw is reported in `main`. */
export abstract class BaseCommand extends Command {
  protected readonly screen: Screen = new Screen(process.stdout, process.stderr);

  /** The library's own would load the configuration a second time. */
  static override async run<T extends Command>(this: new (argv: string[], config: Config) => T, argv: string[] = [], config?: Interfaces.LoadOptions): Promise<ReturnType<T["run"]>> {
    const command = new this(argv, config as Config);
    return (command as unknown as { _run(): Promise<ReturnType<T["run"]>> })._run();
  }

  protected abstract perform(): Promise<Outcome>;

  override async run(): Promise<void> {
    try {
      const outcome = await this.perform();
      if (outcome.text !== undefined) await this.screen.print(outcome.text);
      process.exitCode = outcome.exitCode ?? 0;
    } finally {
      // No line that shows progress stands before what `main` reports.
      await this.screen.flush();
    }
  }

  protected override async parse<F extends FlagValues, B extends FlagValues, A extends ArgumentValues>(
    options?: Interfaces.Input<F, B, A>,
    argv: string[] = this.argv,
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const flags = knownFlags(this.ctor.flags);
    try {
      const output = await super.parse(options, normalizeArguments(argv, flags));
      for (const values of [output.flags, output.args] as Record<string, unknown>[]) {
        for (const [name, value] of Object.entries(values)) values[name] = unmark(value);
      }
      return output;
    } catch (error) {
      throw usageError(error, (this.id ?? "").replaceAll(":", " "), flags.map((flag) => flag.name));
    }
  }

  protected override catch(error: Error): Promise<never> {
    return Promise.reject(error);
  }
}
