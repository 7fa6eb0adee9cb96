import { cut } from "../render/width.ts";
import { Output } from "./output.ts";

interface Terminal extends NodeJS.WriteStream {
  readonly isTTY: boolean;
}

/** The two streams of a command. Progress is a line of stderr that is replaced in place, on a terminal only. */
export class Screen {
  readonly #out: Output;
  readonly #err: Output;
  readonly #terminal: Terminal;
  #progress = "";
  #begun: number | undefined;
  #clock: NodeJS.Timeout | undefined;

  constructor(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream) {
    this.#out = new Output(stdout);
    this.#err = new Output(stderr);
    this.#terminal = stderr as Terminal;
  }

  /** Nobody gets what is printed. */
  get gone(): boolean {
    return this.#out.gone;
  }

  /** To stdout. Awaiting the result is what keeps a slow reader from filling our memory. */
  print(text: string | Uint8Array): Promise<void> | undefined {
    this.#clearProgress();
    return this.#out.write(text);
  }

  /** To stderr. */
  tell(text: string): void {
    this.#clearProgress();
    void this.#err.write(text);
  }

  progress(message: string): void {
    if (!this.#terminal.isTTY || message === this.#progress) return;
    this.#progress = message;
    this.#show();
    // It is seen to go on also while nothing is heard.
    this.#begun ??= Date.now();
    this.#clock ??= setInterval(() => this.#show(), 1000).unref();
  }

  #show(): void {
    const seconds = this.#begun === undefined ? 0 : Math.floor((Date.now() - this.#begun) / 1000);
    const message = seconds < 2 ? this.#progress : `${this.#progress}, ${seconds} s`;
    void this.#err.write(`\r\u001b[K${cut(message, (this.#terminal.columns || 80) - 1)}`);
  }

  async flush(): Promise<void> {
    this.#clearProgress();
    await Promise.all([this.#out.flush(), this.#err.flush()]);
  }

  #clearProgress(): void {
    if (this.#progress === "") return;
    this.#progress = "";
    clearInterval(this.#clock);
    [this.#clock, this.#begun] = [undefined, undefined];
    void this.#err.write("\r\u001b[K");
  }
}
