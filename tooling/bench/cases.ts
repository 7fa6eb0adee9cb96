import { join } from "node:path";
import { atOnce, contenders, ourProgram, type Contenders } from "./contenders.ts";
import { peer } from "../peer.ts";
import { reattach } from "./reattach.ts";
import { bigResult, events, hello, hosts, items, output, type Place, type Workload } from "./workloads.ts";

/** What is measured: one kind of job, or of start. */
export interface Case {
  readonly name: string;
  readonly title: string;
  /** Rounds that are enough, for cases whose single run takes long; fewer in containers, where the same is seen again, or none. Default: as many as asked for. */
  readonly enough?: { readonly host: number; readonly container: number };
  readonly onlyHost?: boolean;
  /** Only when it is named. */
  readonly long?: boolean;
  /** Measured before the first round, to fill caches. Default true. */
  readonly warmUp?: boolean;
  readonly budget?: Budget;
  prepare(place: Place, image: string): Promise<Prepared>;
}

/** What our figures must not exceed: ratios to the bare tool, and bytes of our own process. */
export interface Budget {
  readonly wall?: { readonly host: number; readonly container?: number };
  readonly cpu?: number;
  readonly memory?: number;
}

export interface Prepared {
  readonly contenders: Contenders;
  /** Removed at the end. */
  readonly directory?: string;
}

export interface Sizes {
  readonly items: number;
  readonly hosts: number;
  readonly megabytes: number;
  readonly outputBytes: number;
  readonly events: readonly { readonly count: number; readonly files: boolean }[];
  readonly jobs: number;
}

const eventCounts = (withFiles: readonly number[], without: readonly number[]): Sizes["events"] => [...withFiles.map((count) => ({ count, files: true })), ...without.map((count) => ({ count, files: false }))];

export const fullSizes: Sizes = { items: 5000, hosts: 20, megabytes: 46, outputBytes: 1e9, events: eventCounts([10_000, 100_000], [10_000, 100_000, 1_000_000]), jobs: 20 };
export const quickSizes: Sizes = { items: 500, hosts: 5, megabytes: 5, outputBytes: 1e8, events: eventCounts([10_000], [10_000, 50_000]), jobs: 5 };

const mebibyte = 1024 * 1024;
const flat = 120 * mebibyte;
/** Of raw output each line is an event; these are long enough to measure bytes, not lines. */
const lineBytes = 16 * 1024;

export const cases = (sizes: Sizes): readonly Case[] => [
  { name: "hello", title: "hello", budget: { wall: { host: 1.25, container: 1.05 } }, prepare: three(() => hello()) },
  { name: "items", title: `${sizes.items} items`, enough: { host: 7, container: 0 }, warmUp: false, budget: { wall: { host: 1.03, container: 1.03 }, cpu: 1.15 }, prepare: three(() => items(sizes.items)) },
  { name: "hosts", title: `${sizes.hosts} hosts x 3`, enough: { host: 7, container: 0 }, warmUp: false, budget: { wall: { host: 1.03, container: 1.03 } }, prepare: three(() => hosts(sizes.hosts)) },
  { name: "hosts-500", title: "500 hosts x 3", long: true, warmUp: false, budget: { wall: { host: 1.03, container: 1.03 } }, prepare: three(() => hosts(500)) },
  { name: "result", title: `one result of ${sizes.megabytes} MB at -v`, enough: { host: 7, container: 0 }, warmUp: false, budget: { wall: { host: 1.1, container: 1.1 } }, prepare: three(() => bigResult(sizes.megabytes)) },
  { name: "output", title: `${sizes.outputBytes / 1e6} MB of stdout, lines of 16 KiB`, enough: { host: 1, container: 0 }, warmUp: false, budget: { memory: flat }, prepare: three((place) => output(sizes.outputBytes, lineBytes, place)) },
  ...sizes.events.map(
    ({ count, files }): Case => ({
      name: "events",
      title: `${count} events (synthetic)${files ? "" : ", job_events: false"}`,
      enough: { host: 1, container: 1 },
      onlyHost: true,
      warmUp: false,
      budget: { memory: flat },
      prepare: only("ours", (place) => events(count, files, place)),
    }),
  ),
  {
    name: "jobs",
    title: `${sizes.jobs} jobs at once, a process each`,
    enough: { host: 3, container: 0 },
    warmUp: false,
    async prepare(place, image) {
      const prepared = await three(() => hello())(place, image);
      return { ...prepared, contenders: Object.fromEntries(Object.entries(prepared.contenders).map(([name, run]) => [name, atOnce(sizes.jobs, run)])) };
    },
  },
  {
    name: "jobs-library",
    title: `${sizes.jobs} jobs at once, one process, through the library`,
    enough: { host: 3, container: 1 },
    onlyHost: true,
    warmUp: false,
    budget: { memory: flat },
    async prepare(place, image) {
      const work = await hello();
      const { bare } = contenders(work, place, image);
      const library = [process.execPath, join(import.meta.dirname, "programs/many-jobs.ts"), work.dataDir, work.playbook, String(sizes.jobs)];
      return { directory: work.dataDir, contenders: { bare: atOnce(sizes.jobs, bare), ours: { argv: library } } };
    },
  },
  start("--version"),
  start("--help"),
  {
    name: "start",
    title: "explain",
    onlyHost: true,
    async prepare() {
      const work = await hello();
      return { directory: work.dataDir, contenders: { bare: { argv: ["ansible-playbook", "--version"] }, ours: { argv: [...ourProgram, "explain", work.dataDir, "-p", work.playbook] } } };
    },
  },
  { name: "reattach", title: "attach to a job whose runner was killed", enough: { host: 3, container: 3 }, warmUp: false, prepare: reattach },
];

function start(word: string): Case {
  return {
    name: "start",
    title: word,
    onlyHost: true,
    prepare: () => Promise.resolve({ contenders: { bare: { argv: ["ansible-playbook", word] }, ours: { argv: [...ourProgram, word] }, peer: { argv: [peer, word] } } }),
  };
}

function three(make: (place: Place) => Promise<Workload>): Case["prepare"] {
  return async (place, image) => {
    const work = await make(place);
    return { directory: work.dataDir, contenders: contenders(work, place, image) };
  };
}

function only(name: "ours", make: (place: Place) => Promise<Workload>): Case["prepare"] {
  return async (place, image) => {
    const work = await make(place);
    return { directory: work.dataDir, contenders: { [name]: contenders(work, place, image)[name] } };
  };
}
