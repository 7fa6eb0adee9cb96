import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import { RunnerError } from "@distronode-runner/contract";

export const tokenVariable = "DISTRONODE_RUNNER_TOKEN";

export interface Token {
  readonly value: string;
  /** Made up just now: nobody knows it unless it is shown. */
  readonly generated: boolean;
}

/** The token clients must send: from the file, else from the environment, else a new one. */
export async function resolveToken(sources: { readonly file?: string | undefined; readonly environment: Readonly<Record<string, string | undefined>> }): Promise<Token> {
  if (sources.file !== undefined) return { value: checked(await readToken(sources.file), sources.file), generated: false };
  const fromEnvironment = sources.environment[tokenVariable];
  if (fromEnvironment !== undefined) return { value: checked(fromEnvironment, tokenVariable), generated: false };
  return { value: randomBytes(24).toString("base64url"), generated: true };
}

/** Compares without telling by its duration how much was right. */
export function sameToken(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

async function readToken(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new RunnerError("USAGE", `The token file ${file} can not be read.`, { cause: error, hint: "It is a text file with nothing but the token in it." });
  }
}

function checked(text: string, origin: string): string {
  const value = text.trim();
  if (!/^[\x21-\x7e]+$/.test(value)) throw new RunnerError("USAGE", `The token in ${origin} is empty, or has spaces or other characters that a header can not carry.`, { hint: "For example: openssl rand -hex 24" });
  return value;
}
