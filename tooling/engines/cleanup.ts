/** What has to be undone at the end, last thing first. */
export class Cleanup {
  readonly #tasks: { readonly name: string; readonly undo: () => Promise<void> }[] = [];

  add(name: string, undo: () => Promise<void>): void {
    this.#tasks.push({ name, undo });
  }

  /** Runs every task once, whatever the others do; returns what went wrong. */
  async run(): Promise<readonly string[]> {
    const problems: string[] = [];
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) {
      try {
        await task.undo();
      } catch (error) {
        problems.push(`${task.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return problems;
  }
}
