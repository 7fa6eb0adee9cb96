import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { JobEvent } from "@distronode-runner/contract";
import { expect, test } from "vitest";
import { cases, type Case } from "../differential/cases.ts";
import { runCli } from "../scenarios/cli.ts";
import { makeDataDir } from "../scenarios/data-dir.ts";
import { Normaliser } from "../scenarios/normalise.ts";
import { classicEvents, runPeer, sequence, startsFirst } from "../scenarios/peer.ts";

const ident = "same";

/**
 * Modules go to Python through a pipe instead of over files: a quarter of the time of a job, for both alike. One host after the other: in which order several are
 * done is chance.
 */
const environment = { ANSIBLE_NOCOLOR: "1", ANSIBLE_PIPELINING: "1", ANSIBLE_FORKS: "1" };

/** What the peer adds by its terminal or its age, named one by one; everything else has to be equal. */
function data(event: JobEvent): unknown {
  const { event_data: eventData, event: kind, parent_uuid: parent, verbosity } = event;
  return { kind, hasParent: parent !== undefined, verbosity, eventData };
}

async function dataDirOf({ tasks, playbook, files }: Case): Promise<string> {
  const indented = (tasks ?? "").split("\n").map((line) => `    ${line}`).join("\n");
  return makeDataDir({ "project/site.yml": playbook ?? `- hosts: localhost\n  gather_facts: false\n  tasks:\n${indented}\n`, ...files });
}

interface Left {
  readonly rc: number;
  readonly status: string;
  readonly stdout: string;
  readonly sequence: readonly string[];
  readonly events: unknown;
  readonly facts: unknown;
}

async function left(dataDir: string, rc: number): Promise<Left> {
  const directory = join(dataDir, "artifacts", ident);
  const normaliser = new Normaliser(dataDir);
  const events = await classicEvents(directory);
  // The peer drops blank lines at the end of an event's text (the one after the recap, say); ours keeps every byte. So texts are compared event by event.
  const text = events.map((event) => event.stdout.replaceAll("\r\n", "\n")).filter((line) => line !== "").join("\n");
  return {
    rc,
    status: await readFile(join(directory, "status"), "utf8"),
    stdout: normaliser.text(text),
    sequence: sequence(events).map((line) => normaliser.text(line)),
    events: normaliser.value(JSON.parse(JSON.stringify(startsFirst(events).map(data))) as never),
    facts: await readFile(join(directory, "fact_cache/localhost"), "utf8").then((facts) => normaliser.value(JSON.parse(facts) as never), () => "none"),
  };
}

test.each(cases.map((one) => [one.name, one] as const))("%s: exit code, status, output, events and facts are the peer's", async (_name, one) => {
  const [theirs, ours] = [await dataDirOf(one), await dataDirOf(one)];
  try {
    const words = [...(one.argv ?? ["-p", "site.yml"]), ...(one.more ?? []), "-i", ident];
    const [peer, mine] = await Promise.all([runPeer(theirs, words, environment), runCli(["run", ours, ...words], environment)]);
    const [expected, found] = [await left(theirs, peer.rc), await left(ours, mine.exitCode)];
    expect({ rc: found.rc, status: found.status }).toEqual({ rc: expected.rc, status: expected.status });
    if (one.decision !== undefined) return;
    expect(found.stdout).toBe(expected.stdout);
    expect(found.sequence).toEqual(expected.sequence);
    expect(found.events).toEqual(expected.events);
    expect(found.facts).toEqual(expected.facts);
  } finally {
    await Promise.all([theirs, ours].map((directory) => rm(directory, { recursive: true, force: true })));
  }
});
