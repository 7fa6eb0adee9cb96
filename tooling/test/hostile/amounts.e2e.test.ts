// A job that leaves more than anybody can want: the runner takes what is bounded, removes the rest, and ends.
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { attacking, fight, isolated, makeArena } from "./arena.ts";

const attack = `
os.makedirs(mine + "/many")
for directory, count in ((mine + "/many", 102000), (root + "/artifacts/others", 3000)):
    os.makedirs(directory, exist_ok=True)
    for number in range(count): os.close(os.open(directory + "/%d" % number, os.O_CREAT | os.O_WRONLY))
for number in range(20000): os.symlink("/", root + "/link-%d" % number)
os.makedirs(root + "/deep"); os.chdir(root + "/deep")
for level in range(3000):
    os.mkdir("d" * 200); os.chdir("d" * 200); put("file")
os.chdir(root)
with open(mine + "/sparse", "w") as file: file.truncate(1 << 40)
put(mine + "/zz-last")
print("left all", flush=True)
`;

// Making so many files is what takes the time.
describe.each(isolated.slice(0, 2))("a job on %s", (where) => {
  test("that leaves 105,000 files, 20,000 links, 3,000 levels of directories and a file of a terabyte ends, and no more than is bounded stays of it", async () => {
    const arena = await makeArena(attack);
    try {
      const ident = `hostile-amounts-${where}`;
      const fought = await fight(attacking(arena, where, ident));
      expect(fought, JSON.stringify([fought.error, fought.stdout])).toMatchObject({ status: "successful", rc: 0, stdout: "left all\n" });
      const artifacts = join(arena.dataDir, "artifacts", ident);
      expect(readdirSync(artifacts)).not.toContain(".job");
      expect(readdirSync(join(artifacts, "many")).length).toBeGreaterThan(99_000);
      const { size, blocks } = lstatSync(join(artifacts, "sparse"));
      expect({ size, small: blocks * 512 < 1024 ** 2 }).toEqual({ size: 2 ** 40, small: true });
      let depth = 0;
      for (let path = join(arena.dataDir, "deep"); depth < 100; depth += 1) {
        const [next] = readdirSync(path).filter((name) => name.startsWith("d"));
        if (next === undefined) break;
        path = join(path, next);
      }
      expect(depth).toBeLessThan(10);
      expect(fought.warnings.length).toBeLessThan(30);
      expect(fought.warnings.at(-1)).toMatch(/^\d+ more files were left out of the artifacts\.$/);
    } finally {
      await arena.remove();
    }
  });
});
