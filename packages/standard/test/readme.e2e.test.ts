import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

// What the READMEs show is run as it stands, in an empty directory in which the packages are installed.

const call = promisify(execFile);
const packages = join(import.meta.dirname, "../..");

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "distronode-readme-"));
  const scope = join(root, "node_modules/@distronode-runner");
  await mkdir(scope, { recursive: true });
  for (const name of ["standard", "runner", "contract", "artifacts", "engine-process"]) await symlink(join(packages, name), join(scope, name));
  await writeFile(join(root, "package.json"), '{ "type": "module" }');
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function blocks(path: string, language: string): Promise<string[]> {
  const text = await readFile(join(packages, path), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(([, code]) => code!);
}

let examples = 0;
/** `runtime`: what the example knows of other jobs is its own. What it leaves among temporary files is removed with the rest. */
async function runExample(code: string, runtime = "runtime"): Promise<string> {
  const name = `example-${(examples += 1)}.ts`;
  await writeFile(join(root, name), code);
  const { stdout } = await call(process.execPath, ["--conditions=@distronode-runner/source", name], { cwd: root, env: { ...process.env, TMPDIR: root, DISTRONODE_RUNNER_RUNTIME_DIR: join(root, runtime) } });
  return stdout;
}

test("the examples of standard's README run as they stand and show what they promise", async () => {
  for (const script of await blocks("standard/README.md", "sh")) await call("sh", ["-ec", script], { cwd: root });
  const [one, several, handlers, others, questions, ...more] = await blocks("standard/README.md", "ts");
  expect(more).toEqual([]);
  const said = await Promise.all([one!, several!, handlers!, others!, questions!].map((code, index) => runExample(code, `runtime-${index}`)));
  expect(said[0]).toMatch(/^successful 0 \{[^]*ok: \{ localhost: 1 \}/);
  expect(said[1]).toBe("localhost Greet Hello world\nsuccessful 0 true\n");
  expect(said[2]).toMatch(/^status starting\nstatus running\nstatus successful\nfinished 0 .*\/demo\/artifacts\//);
  expect(said[3]).toMatch(/^Hello world\nsuccessful\n\S+ successful ended\n$/);
  expect(said[4]).toMatch(/pong[^]*ansible_connection: 'local'[^]*'CACHE_PLUGIN'[^]*\n0 ansible \[core .*\n5\n$/);
});

test("the example of runner's README runs as it stands", async () => {
  const [code] = await blocks("runner/README.md", "ts");
  expect(await runExample(code!)).toBe("successful hello\n");
});

test("the program in the project's README runs as it stands", async () => {
  await cp(join(packages, "../examples"), join(root, "examples"), { recursive: true });
  const [code] = await blocks("../README.md", "ts");
  expect(await runExample(code!)).toMatch(/playbook_on_start[^]*status: 'successful'/);
});
