import type { AttachedJob, JournalEntry } from "@distronode-runner/contract";
import { readAnswer } from "../terminal/read-answer.ts";

export interface TerminalAnswers {
  see(entry: JournalEntry): void;
  close(): void;
}

/** Asks whoever sits at the terminal what the job asks, one question at a time. Without a terminal a question is a warning like any other. */
export function answerOnTerminal(job: AttachedJob, tell: (text: string) => void): TerminalAnswers {
  const over = new AbortController();
  let asking: Promise<void> = Promise.resolve();
  const ask = async (question: string): Promise<void> => {
    try {
      await job.answer(await readAnswer(question, over.signal));
    } catch (error) {
      if (!over.signal.aborted) tell(`The question was not answered: ${(error as Error).message}\n`);
    }
  };
  return {
    see(entry) {
      if (entry.type !== "notice" || entry.kind !== "prompt" || !process.stdin.isTTY) return;
      asking = asking.then(() => ask(entry.message));
    },
    close: () => over.abort(),
  };
}
