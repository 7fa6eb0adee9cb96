import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JournalEntry } from "@distronode-runner/contract";
import { describe, expect, test } from "vitest";
import { earlyForger, forger } from "./forgeries.ts";
import { dataDirOf, discard, eventsOf, isAllowedAll, noticesOf, places, run, seen, where } from "./hostile-job.ts";

interface Said {
  readonly direct: string;
  readonly orphan: string;
  readonly heir: string;
  readonly nested: number;
  readonly tool: Readonly<Record<string, string>>;
  readonly supervisor: Readonly<Record<string, string>>;
  readonly inherited: readonly string[];
  readonly variable: boolean;
}

const jsonOf = (entries: readonly JournalEntry[]): string => JSON.stringify(entries.filter((entry) => entry.type === "event"));

describe.each(places)("on %s", (place) => {
  test("a task can report no events, neither itself nor by others, and sees nothing of what only the tool and its supervisor know", async () => {
    const dataDir = await dataDirOf(place, "", {});
    try {
      await writeFile(join(dataDir, "project/forge.py"), forger);
      await writeFile(join(dataDir, "project/site.yml"), `- hosts: localhost\n  gather_facts: false\n  tasks:\n    - command: python3 ${seen(place, dataDir, "forge.py")}\n`);
      const { result, entries } = await run({ privateDataDir: dataDir, playbook: "site.yml", ...where(place) });
      expect(result, JSON.stringify(result.error)).toMatchObject({ status: "successful" });
      expect(eventsOf(entries)).toEqual(["playbook_on_start", "playbook_on_play_start", "playbook_on_task_start", "runner_on_start", "runner_on_ok", "playbook_on_stats"]);
      const ok = entries.find((entry) => entry.type === "event" && entry.event.event === "runner_on_ok") as Extract<JournalEntry, { type: "event" }>;
      const { stdout } = ok.event.event_data!["res"] as { readonly stdout: string };
      const said = JSON.parse(stdout.split("\n")[0]!) as Said;
      expect(said).toMatchObject({ direct: "refused", orphan: "refused", heir: "refused", nested: 0, inherited: [], variable: false });
      expect(jsonOf(entries)).not.toContain('"forged":true');
      expect(jsonOf(entries)).not.toContain("forged by a play within");
      expect(noticesOf(entries)).toContain("events_refused");
      // Text with the marks of another token is text.
      expect(stdout).toContain("forged text");
      const denied = { environ: "denied", mem: "denied", fd: "denied" };
      if (isAllowedAll(place)) {
        expect([said.tool["environ"], said.supervisor["environ"]]).toEqual(["no token", "no token"]);
      } else {
        expect(said.tool).toEqual(denied);
        expect(said.supervisor).toEqual(denied);
      }
    } finally {
      await discard(dataDir);
    }
  });

  test("what the tool runs before it reports is found out, and the tool's own events are complete", async () => {
    const dataDir = await dataDirOf(place, "", { "inventory/hosts": earlyForger, "project/site.yml": "- hosts: all\n  gather_facts: false\n  tasks: [{debug: {var: said}}]\n" });
    try {
      await chmod(join(dataDir, "inventory/hosts"), 0o755);
      const { result, entries } = await run({ privateDataDir: dataDir, playbook: "site.yml", ...where(place) });
      expect(result, JSON.stringify(result.error)).toMatchObject({ status: "successful" });
      if (jsonOf(entries).includes('"forged":true')) expect(noticesOf(entries)).toContain("events_forged");
      expect(eventsOf(entries).filter((event) => event === "playbook_on_play_start")).toHaveLength(1);
      expect(eventsOf(entries).at(-1)).toBe("playbook_on_stats");
    } finally {
      await discard(dataDir);
    }
  });
});
