export interface Step {
  readonly name: string;
  result: "ok" | "failed" | "not run";
  seconds: number;
}

/** What was done, in order, how it went and how long it took. */
export class Steps {
  readonly all: Step[] = [];

  /** Runs one step; a thrown error is printed and is the step's failure. */
  async run(name: string, work: () => Promise<boolean>): Promise<boolean> {
    const step: Step = { name, result: "not run", seconds: 0 };
    this.all.push(step);
    console.log(`\n== ${name}`);
    const begin = performance.now();
    try {
      step.result = (await work()) ? "ok" : "failed";
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      step.result = "failed";
    }
    step.seconds = (performance.now() - begin) / 1000;
    return step.result === "ok";
  }

  skip(name: string): void {
    this.all.push({ name, result: "not run", seconds: 0 });
  }

  get ok(): boolean {
    return this.all.every((step) => step.result === "ok");
  }

  table(): string {
    const width = Math.max(...this.all.map((step) => step.name.length));
    return this.all.map((step) => `${step.name.padEnd(width)}  ${step.result.padEnd(7)}  ${step.seconds.toFixed(1).padStart(7)} s`).join("\n");
  }
}
