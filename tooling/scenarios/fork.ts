import { execFile } from "node:child_process";
import { chmod, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** ansible-core under the name of the fork, as the fork was made: every `ansible` in names and text is `distronode`. */
const rename = `
set -e
python=$1 place=$2
core=$("$python" -c 'import ansible, os; print(os.path.dirname(ansible.__file__))')
cp -r "$core" "$place/distronode"
cd "$place"
find distronode -name __pycache__ -prune -exec rm -rf {} +
grep -rlIi ansible distronode | xargs sed -i 's/ansible/distronode/g; s/ANSIBLE/DISTRONODE/g; s/Ansible/Distronode/g'
find distronode -depth -name '*ansible*' | while read -r path; do mv "$path" "$(dirname "$path")/$(basename "$path" | sed s/ansible/distronode/)"; done
`;

export interface Fork {
  /** Directory with the fork's `distronode-playbook`, for PATH. The caller removes it. */
  readonly directory: string;
  /** A text as the fork's vault encrypts it with this password, indented for YAML. */
  encrypt(text: string, password: string, indent: string): Promise<string>;
}

/** `python` runs the ansible-core that is installed. */
export async function makeFork(python = "/usr/bin/python3"): Promise<Fork> {
  const directory = await mkdtemp(join(tmpdir(), "distronode-fork-"));
  await run("/bin/sh", ["-c", rename, "sh", python, directory]);
  const tool = join(directory, "distronode-playbook");
  await writeFile(tool, `#!${python}\nimport sys\nsys.path.insert(0, ${JSON.stringify(directory)})\nfrom distronode.cli.playbook import main\nmain()\n`);
  await chmod(tool, 0o755);
  const encrypting = `import sys
sys.path.insert(0, sys.argv[1])
from distronode.parsing.vault import VaultLib, VaultSecret
print(VaultLib([("default", VaultSecret(sys.argv[3].encode()))]).encrypt(sys.argv[2]).decode())`;
  return {
    directory,
    encrypt: async (text, password, indent) => (await run(python, ["-c", encrypting, directory, text, password])).stdout.trimEnd().replaceAll(/^/gm, indent),
  };
}
