/** Shown when no command was named. */
export function usageSummary(bin: string): string {
  return `
These are common commands of ${bin}:

    execute a playbook of a private data directory:

        ${bin} run ./demo -p site.yml
        ${bin} start ./demo -p site.yml
        ${bin} stop ./demo
        ${bin} is-alive ./demo

    execute a module or a role directly:

        ${bin} run . -m command -a "ls -l" --hosts web
        ${bin} run . -r role_name --hosts web

\`${bin} --help\` lists all commands
`;
}
