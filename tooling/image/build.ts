// By hand: node tooling/image/build.ts [suite] [engine,engine]    (bookworm and podman when not given)
import { Cleanup } from "../engines/cleanup.ts";
import { engineNames, ensureEngine, proveEngine } from "../engines/prepare.ts";
import { Unavailable } from "../engines/unavailable.ts";
import { ensureImage } from "./ensure-image.ts";
import { executionEnvironment } from "./recipe.ts";

const [suite = "bookworm", engines = "podman"] = process.argv.slice(2);
const cleanup = new Cleanup();
const say = (line: string): void => console.log(line);
try {
  const wanted = engineNames(engines);
  for (const engine of wanted) await ensureEngine(engine, cleanup, say);
  const recipe = executionEnvironment(suite);
  await ensureImage(recipe, wanted, say);
  for (const engine of wanted) await proveEngine(engine, recipe.reference, say);
  console.log(`${recipe.reference} is ready in ${wanted.join(" and ")}`);
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.error(error.message);
  process.exitCode = Unavailable.exitCode;
} finally {
  for (const problem of await cleanup.run()) console.error(problem);
}
