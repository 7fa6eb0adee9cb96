import { expect, test } from "vitest";
import { commands } from "../src/commands.ts";

test("commands and flags are a promise: a change here is a change for users", () => {
  const shape = Object.entries(commands).map(([name, { args, flags }]) => {
    const words = Object.entries(flags).map(([flag, { char }]) => (char === undefined ? `--${flag}` : `-${char} --${flag}`));
    return [name, ...Object.keys(args).map((arg) => arg.toUpperCase()), ...words].join(" ");
  });
  expect(shape).toMatchInlineSnapshot(`
    [
      "run PRIVATE_DATA_DIR -p --playbook -i --ident -j --json -q --quiet -v --verbose --inventory --limit --cmdline --artifact-dir --project-dir --process-isolation --process-isolation-executable --container-image --container-volume-mount --container-option",
      "explain PRIVATE_DATA_DIR -p --playbook -i --ident -q --quiet -v --verbose --inventory --limit --cmdline --artifact-dir --project-dir --process-isolation --process-isolation-executable --container-image --container-volume-mount --container-option -j --json",
      "doctor --json",
      "serve --host --port --data-dir --root --token-file",
    ]
  `);
});
