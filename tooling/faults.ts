// ./pnpmw test:faults [--rounds 200] [--executions host,podman,docker] [--victims runner,shim,tool,service,keeper] [--owner-gone continue,cancel] [--seed N]
// Kills a process of a running job at a random moment, again and again, and says what was left or lost. Without --rounds: 200.
import { parseArgs } from "node:util";
import { round, undisturbed, type RoundResult, type Undisturbed } from "./faults/round.ts";
import { exists, victims, type Victim } from "./faults/victims.ts";
import { Workbench } from "./faults/workbench.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "200" }, executions: { type: "string", default: "host,podman,docker" }, victims: { type: "string", default: victims.join(",") }, "owner-gone": { type: "string", default: "continue,cancel" }, seed: { type: "string" } } });
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || !Number.isInteger(seed)) refuse("--rounds and --seed are whole numbers.");
const chosen: readonly Victim[] = namesOf("victims", victims);
const policies = namesOf("owner-gone", ["continue", "cancel"]);
const executions = namesOf("executions", ["host", "podman", "docker"]);

function namesOf<T extends string>(option: "victims" | "owner-gone" | "executions", known: readonly T[]): readonly T[] {
  return values[option].split(",").map((name) => known.find((each) => each === name) ?? refuse(`--${option}: there is no ${JSON.stringify(name)}, but ${known.join(", ")}.`));
}

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}

console.log(`${rounds} rounds, seed ${seed}`);
let state = seed;
/** Between 0 and 1, the same for the same seed (mulberry32). */
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}

const benches = { continue: await Workbench.make("continue"), cancel: await Workbench.make("cancel") };
const likes = new Map<string, Undisturbed>();
const results = new Map<string, RoundResult[]>();
let faults = 0;
try {
  const places = executions.flatMap((execution) => chosen.filter((victim) => exists(victim, execution)).map((victim) => ({ execution, victim })));
  for (const execution of executions) likes.set(execution, await undisturbed(benches.continue, execution));
  for (let number = 1; number <= rounds; number += 1) {
    const { execution, victim } = places[number % places.length]!;
    const policy = policies[Math.floor(number / places.length) % policies.length]!;
    const like = likes.get(execution)!;
    const at = Math.round(random() * like.milliseconds);
    const result = await round({ bench: benches[policy], ident: `round-${number}`, execution, victim, at, ...(policy === "continue" || victim === "service" || victim === "keeper" ? { like } : {}) });
    const key = `${execution} ${victim} ${policy}`;
    results.set(key, [...(results.get(key) ?? []), result]);
    faults += result.faults.length;
    for (const fault of result.faults) console.log(`round ${number}: ${key}, killed after ${at} ms: ${fault}`);
    if (number % 10 === 0) console.log(`${number} rounds, ${faults} faults`);
  }
} finally {
  await Promise.all(Object.values(benches).map((bench) => bench.remove()));
}
for (const [key, list] of [...results].sort(([a], [b]) => a.localeCompare(b))) {
  const outcomes = Object.entries(Object.groupBy(list, ({ outcome }) => outcome)).map(([outcome, some]) => `${outcome} ${some!.length}`);
  console.log(`${key.padEnd(26)} ${String(list.length).padStart(4)} rounds: ${outcomes.join(", ")}`);
}
console.log(`${rounds} rounds, ${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
