import { strict as assert } from "node:assert";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mount } from "@distronode-runner/contract";
import { containers, sharedDisk, type Case } from "./case.ts";

const mount = (source: string, target: string, readOnly: boolean): Mount => ({ source, target, readOnly, relabel: "none" });

export const insideCases: readonly Case[] = [
  {
    name: "environment variables arrive with every character",
    async run(context) {
      const value = "a b=c $HOME 'x' \"y\" \\ ü 日本\nsecond line";
      const { stdout } = await context.run(context.script.variable("SUITE_VALUE"), { environment: { SUITE_VALUE: value, OTHER: "" } });
      assert.equal(stdout.toString(), value);
    },
  },
  {
    name: "arguments arrive with every character",
    async run(context) {
      const values = ["a b", "", "'single'", '"double"', "$HOME", "back\\slash", "ü 日本", "--flag=x,y:z", "*"];
      const { stdout } = await context.run(context.script.arguments(values));
      assert.equal(stdout.toString(), values.map((value) => `${value}\n`).join(""));
    },
  },
  {
    name: "the working directory is the one asked for",
    async run(context) {
      const { stdout } = await context.run(context.script.workdir(), { workdir: "/tmp" });
      assert.equal(stdout.toString(), "/tmp\n");
    },
  },
  {
    name: "the user is the one asked for",
    needs: containers,
    async run(context) {
      const { stdout } = await context.run(context.script.user(), { user: "1234:1234" });
      assert.equal(stdout.toString(), "1234\n");
    },
  },
  {
    name: "an entrypoint of the specification stands in front of the command",
    needs: containers,
    async run(context) {
      const [program = "", ...rest] = context.script.print({ stdout: "by entrypoint" });
      const { stdout } = await context.run(rest, { entrypoint: [program] });
      assert.equal(stdout.toString(), "by entrypoint");
    },
  },
  {
    name: "a directory mounted for writing is read and written",
    needs: sharedDisk,
    async run(context) {
      const directory = await context.directory();
      await writeFile(join(directory, "in"), "from outside");
      const mounts = [mount(directory, "/suite", false)];
      assert.equal((await context.run(context.script.read("/suite/in"), { mounts })).stdout.toString(), "from outside");
      assert.equal((await context.run(context.script.write("/suite/out", "from inside"), { mounts })).exit.exitCode, 0);
      assert.equal(await readFile(join(directory, "out"), "utf8"), "from inside");
    },
  },
  {
    name: "a directory mounted for reading can not be written",
    needs: sharedDisk,
    async run(context) {
      const directory = await context.directory();
      await writeFile(join(directory, "in"), "from outside");
      await chmod(directory, 0o777);
      const mounts = [mount(directory, "/suite", true)];
      assert.equal((await context.run(context.script.read("/suite/in"), { mounts })).stdout.toString(), "from outside");
      assert.notEqual((await context.run(context.script.write("/suite/in", "x"), { mounts })).exit.exitCode, 0);
      assert.equal(await readFile(join(directory, "in"), "utf8"), "from outside");
    },
  },
  {
    name: "a single file can be mounted",
    needs: sharedDisk,
    async run(context) {
      const file = join(await context.directory(), "file");
      await writeFile(file, "one file");
      assert.equal((await context.run(context.script.read("/suite-file"), { mounts: [mount(file, "/suite-file", true)] })).stdout.toString(), "one file");
    },
  },
  {
    name: "paths with colons, commas and spaces can be mounted",
    needs: sharedDisk,
    async run(context) {
      const directory = join(await context.directory(), "a:b,c d=e");
      await mkdir(directory);
      await writeFile(join(directory, "in"), "odd path");
      const mounts = [mount(directory, "/suite:x,y z", false)];
      assert.equal((await context.run(context.script.read("/suite:x,y z/in"), { mounts })).stdout.toString(), "odd path");
    },
  },
  {
    name: "a mount that asks for an SELinux label works on systems without SELinux too",
    needs: sharedDisk,
    async run(context) {
      const directory = await context.directory();
      await writeFile(join(directory, "in"), "labelled");
      for (const relabel of ["private", "shared"] as const) {
        for (const readOnly of [true, false]) {
          const mounts = [{ ...mount(directory, "/suite", readOnly), relabel }];
          assert.equal((await context.run(context.script.read("/suite/in"), { mounts })).stdout.toString(), "labelled");
        }
      }
    },
  },
  {
    name: "changes in an overlay mount do not reach the source",
    needs: (supports) => sharedDisk(supports) ?? (supports.overlayMounts ? undefined : "overlayMounts"),
    async run(context) {
      const directory = await context.directory();
      await writeFile(join(directory, "in"), "original");
      const mounts = [{ ...mount(directory, "/suite", false), overlay: true }];
      assert.equal((await context.run(context.script.write("/suite/in", "changed"), { mounts })).exit.exitCode, 0);
      assert.equal(await readFile(join(directory, "in"), "utf8"), "original");
    },
  },
  {
    name: "a read-only root can be written only where something is mounted",
    needs: containers,
    async run(context) {
      const spec = { readOnlyRoot: true, tmpfs: [{ target: "/suite", options: "rw,size=1m" }] };
      assert.notEqual((await context.run(context.script.write("/suite-file", "x"), spec)).exit.exitCode, 0);
      assert.equal((await context.run(context.script.write("/suite/file", "x"), spec)).exit.exitCode, 0);
    },
  },
];
