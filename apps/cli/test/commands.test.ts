import { expect, test } from "vitest";
import { commands } from "../src/commands.ts";

test("commands and flags are a promise: a change here is a change for users", () => {
  const shape = Object.entries(commands).map(([name, { args, flags }]) => {
    const words = Object.entries(flags).map(([flag, { char }]) => (char === undefined ? `--${flag}` : `-${char} --${flag}`));
    return [name, ...Object.keys(args).map((arg) => arg.toUpperCase()), ...words].join(" ");
  });
  expect(shape).toMatchInlineSnapshot(`
    [
      "run PRIVATE_DATA_DIR -p --playbook -m --module -a --args -r --role --role-vars --role-skip-facts --roles-path --hosts -b --binary --inventory --limit --forks -v --verbose --cmdline --project-dir --terminal -j --json -q --quiet -i --ident --artifact-dir --rotate-artifacts --omit-event-data --only-failed-event-data --omit-env-files --process-isolation --process-isolation-executable --container-image --pull-policy --no-ssh-mounts --offline --container-volume-mount --container-option --process-isolation-path --process-isolation-hide-paths --process-isolation-show-paths --process-isolation-ro-paths --directory-isolation-base-path --debug --logfile -d --detach",
      "ps -a --all -j --json",
      "ls -j --json",
      "attach JOB --from -j --json",
      "logs JOB -f --follow --from -j --json",
      "events JOB --host --task --kind -f --follow --from -j --json",
      "wait JOB -j --json",
      "cancel JOB --force",
      "answer JOB",
      "rm JOB",
      "start PRIVATE_DATA_DIR -p --playbook -m --module -a --args -r --role --role-vars --role-skip-facts --roles-path --hosts -b --binary --inventory --limit --forks -v --verbose --cmdline --project-dir --terminal -j --json -q --quiet -i --ident --artifact-dir --rotate-artifacts --omit-event-data --only-failed-event-data --omit-env-files --process-isolation --process-isolation-executable --container-image --pull-policy --no-ssh-mounts --offline --container-volume-mount --container-option --process-isolation-path --process-isolation-hide-paths --process-isolation-show-paths --process-isolation-ro-paths --directory-isolation-base-path --debug --logfile",
      "stop PRIVATE_DATA_DIR -p --playbook -m --module -a --args -r --role --role-vars --role-skip-facts --roles-path --hosts -b --binary --inventory --limit --forks -v --verbose --cmdline --project-dir --terminal -j --json -q --quiet -i --ident --artifact-dir --rotate-artifacts --omit-event-data --only-failed-event-data --omit-env-files --process-isolation --process-isolation-executable --container-image --pull-policy --no-ssh-mounts --offline --container-volume-mount --container-option --process-isolation-path --process-isolation-hide-paths --process-isolation-show-paths --process-isolation-ro-paths --directory-isolation-base-path --debug --logfile",
      "is-alive PRIVATE_DATA_DIR -p --playbook -m --module -a --args -r --role --role-vars --role-skip-facts --roles-path --hosts -b --binary --inventory --limit --forks -v --verbose --cmdline --project-dir --terminal -j --json -q --quiet -i --ident --artifact-dir --rotate-artifacts --omit-event-data --only-failed-event-data --omit-env-files --process-isolation --process-isolation-executable --container-image --pull-policy --no-ssh-mounts --offline --container-volume-mount --container-option --process-isolation-path --process-isolation-hide-paths --process-isolation-show-paths --process-isolation-ro-paths --directory-isolation-base-path --debug --logfile",
      "worker:cleanup --file-pattern --exclude-strings --grace-period --remove-images --image-prune --process-isolation-executable",
      "explain PRIVATE_DATA_DIR -p --playbook -m --module -a --args -r --role --role-vars --role-skip-facts --roles-path --hosts -b --binary --inventory --limit --forks -v --verbose --cmdline --project-dir --terminal -q --quiet -i --ident --artifact-dir --rotate-artifacts --omit-event-data --only-failed-event-data --omit-env-files --process-isolation --process-isolation-executable --container-image --pull-policy --no-ssh-mounts --offline --container-volume-mount --container-option --process-isolation-path --process-isolation-hide-paths --process-isolation-show-paths --process-isolation-ro-paths --directory-isolation-base-path --debug --logfile -j --json",
      "config:show PRIVATE_DATA_DIR --origin -j --json -p --playbook -m --module -a --args -r --role --role-vars --role-skip-facts --roles-path --hosts -b --binary --inventory --limit --forks -v --verbose --cmdline --project-dir --terminal -q --quiet -i --ident --artifact-dir --rotate-artifacts --omit-event-data --only-failed-event-data --omit-env-files --process-isolation --process-isolation-executable --container-image --pull-policy --no-ssh-mounts --offline --container-volume-mount --container-option --process-isolation-path --process-isolation-hide-paths --process-isolation-show-paths --process-isolation-ro-paths --directory-isolation-base-path --debug --logfile",
      "doctor IMAGE --json --fix --try",
      "engines PRIVATE_DATA_DIR -j --json",
      "images:list --engine -j --json",
      "images:pull IMAGE --engine --platform -q --quiet",
      "images:remove IMAGE --engine --force",
      "images:save IMAGE -o --output --engine",
      "images:load -i --input --engine",
      "serve --host --port --data-dir --root --token-file --allow-engine --allow-image --ssh-mounts --cmdline --max-jobs --max-queue --max-streams --max-requests",
      "completion SHELL",
      "daemon PRIVATE_DATA_DIR",
    ]
  `);
});
