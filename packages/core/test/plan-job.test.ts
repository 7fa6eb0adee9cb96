import { isRunnerError, type ContainerExecution, type JobRequest } from "@distronode-runner/contract";
import { describe, expect, test } from "vitest";
import { planJob, type DataDirSnapshot, type PathKind } from "../src/index.ts";

const snapshot = (more: Partial<DataDirSnapshot> = {}): DataDirSnapshot => ({
  root: "/data", projectDir: "/data/project", hasProject: true, hasInventory: true, entries: [], envEntries: [], env: {}, playbook: { found: true, similar: [] }, ...more,
});
const context = (paths: Record<string, PathKind> = {}) => ({
  cwd: "/work", home: "/home/me", environment: { HOME: "/home/me" }, real: (path: string): string => path, probe: (path: string): PathKind => paths[path] ?? "missing", sshDirectory: () => undefined, newIdent: "fresh", jobId: "job-1", owner: "host:1", runtimeDir: "/run/runner", version: "1.2.3",
});
const request = (more: Partial<JobRequest> = {}): JobRequest => ({ privateDataDir: "/data", playbook: "site.yml", ...more });
const inContainer: Partial<JobRequest> = { processIsolation: true, containerImage: "localhost/ee:1" };
const plan = (asked: Partial<JobRequest> = {}, found: Partial<DataDirSnapshot> = {}, paths: Record<string, PathKind> = {}) => planJob(request(asked), snapshot(found), context(paths));

function failure(work: () => unknown): { code: string; message: string; hint: string | undefined; location: unknown; problems: readonly string[] } {
  try {
    work();
  } catch (error) {
    if (isRunnerError(error)) return { code: error.code, message: error.message, hint: error.hint, location: error.location, problems: error.problems };
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("the command", () => {
  test("has its parts in the peer's order [PDD-05] [PDD-21]", () => {
    const { command } = plan({ limit: "web", verbosity: 2 }, { env: { cmdline: "--forks 3 --tags 'a b'", extravars: "x: 1" } }).plan;
    expect(command).toEqual(["ansible-playbook", "--forks", "3", "--tags", "a b", "-i", "/data/inventory", "--limit", "web", "-e", "@/data/env/extravars", "-vv", "site.yml"]);
  });

  test("uses the container's paths in a container [PDD-02]", () => {
    const { plan: made } = plan(inContainer, { env: { extravars: "x: 1" } });
    expect(made.command).toEqual(["ansible-playbook", "-i", "/runner/inventory", "-e", "@@JOB_DIR@/extravars.yml", "site.yml"]);
    expect(made.cwd).toBe("/runner/project");
  });

  test("prefers the distronode tool where it exists [FRK-01]", () => {
    expect(plan().plan.candidates).toEqual(["distronode-playbook", "ansible-playbook"]);
  });

  test("takes the inventory from the caller's directory first, then from the private data directory [CLI-15]", () => {
    const here = { "/work/hosts": "file", "/data/inventory/hosts": "file" } as const;
    expect(plan({ inventory: "hosts" }, {}, here).plan.command).toContain("/work/hosts");
    expect(plan({ inventory: "hosts" }, {}, { "/data/inventory/hosts": "file" }).plan.command).toContain("/data/inventory/hosts");
    expect(plan({ inventory: "a,b" }).plan.command).toContain("a,b");
    expect(plan({ inventory: "a,b" }, {}, { "/work/a,b": "file" }).plan.command, "a path with a comma").toContain("/work/a,b");
    expect(plan({ inventory: ["/else/hosts,old", "c,"], ...inContainer }, {}, { "/else/hosts,old": "file" }).plan.command.slice(1, 5)).toEqual(["-i", "/else/hosts,old", "-i", "c,"]);
    expect(failure(() => plan({ inventory: "hosts" }))).toMatchObject({ code: "REQUEST_INVALID", message: "The inventory hosts does not exist." });
  });

  test("runs in the project, or in the private data directory where there is none [PDD-22]", () => {
    expect(plan().plan.cwd).toBe("/data/project");
    expect(plan({}, { hasProject: false }).plan.cwd).toBe("/data");
  });
});

describe("the environment", () => {
  test("has what the events need and leaves the user's stdout callback alone [PDD-19] [PDD-20]", () => {
    const { environment } = plan({}, { env: { envvars: "ANSIBLE_STDOUT_CALLBACK: minimal\nANSIBLE_CALLBACK_PLUGINS: /mine" } }).plan;
    expect(environment).toMatchObject({
      ANSIBLE_STDOUT_CALLBACK: { value: "minimal" },
      ANSIBLE_CALLBACK_PLUGINS: { value: "/mine:@JOB_DIR@/callback" },
      ANSIBLE_RETRY_FILES_ENABLED: { value: "False" },
      ANSIBLE_HOST_KEY_CHECKING: { value: "@CONFIGURED@" },
      ANSIBLE_CACHE_PLUGIN: { value: "jsonfile" },
      ANSIBLE_CACHE_PLUGIN_CONNECTION: { value: "/data/artifacts/fresh/fact_cache" },
      AWX_ISOLATED_DATA_DIR: { value: "/data/artifacts/fresh" },
    });
  });

  test("a value of env/envvars is named in the plan, and its text is nowhere in it [SEC-01]", () => {
    const planned = plan({}, { env: { envvars: "API_TOKEN: hunter2\nGREETING: hello\nANSIBLE_FORKS: 7\nANSIBLE_BECOME_PASS: pw-in-ansible-var" } });
    expect(planned.plan.environment["API_TOKEN"]).toEqual({ secret: "env/envvars#API_TOKEN" });
    expect(planned.plan.environment["ANSIBLE_FORKS"]).toEqual({ value: "7" });
    expect(planned.secrets.get("env/envvars#API_TOKEN")).toBe("hunter2");
    expect(JSON.stringify(planned.plan)).not.toMatch(/hunter2|hello|pw-in-ansible-var/);
  });

  test("host key checking stays as the user has it", () => {
    expect(plan({}, { env: { envvars: "ANSIBLE_HOST_KEY_CHECKING: True" } }).plan.environment["ANSIBLE_HOST_KEY_CHECKING"]).toEqual({ value: "True" });
  });
});

describe("a container", () => {
  test("shows the private data directory at /runner and is named after the ident [CON-02] [CON-04]", () => {
    const { execution } = plan({ ...inContainer, ident: "a b" }).plan;
    expect(execution).toMatchObject({ kind: "container", engine: "podman", image: "localhost/ee:1", pull: "missing", mounts: [{ source: "/data/artifacts/a b/.job/root", target: "/runner", readOnly: false, relabel: "private" }, { source: "/data/project", target: "/runner/project" }, { source: "/data/artifacts/a b/.job/env", target: "/runner/env", readOnly: true }] });
    expect((execution as { containerName: string }).containerName).toMatch(/^distronode_runner_a_b_[0-9a-f]{8}$/);
  });

  test("idents that look alike give different containers [CON-05]", () => {
    const names = ["a b", "a:b", "a_b", "a.b"].map((ident) => (plan({ ...inContainer, ident }).plan.execution as { containerName: string }).containerName);
    expect(new Set(names).size).toBe(names.length);
  });

  test("with an artifact directory elsewhere the tool still finds its own at /runner/artifacts", () => {
    const { execution, environment } = plan({ ...inContainer, artifactDir: "/else" }).plan;
    expect(execution).toMatchObject({ mounts: [{ source: "/else/fresh/.job/root", target: "/runner" }, {}, {}] });
    expect(environment["AWX_ISOLATED_DATA_DIR"]).toEqual({ value: "/runner/artifacts/fresh" });
  });

  test("takes mounts with labels, a single file as a single file, and expands ~ and variables [CON-06] [CON-07]", () => {
    const paths = { "/etc/hosts": "file", "/home/me/x": "directory" } as const;
    const { execution } = plan({ ...inContainer, containerVolumeMounts: ["/etc/hosts:/x/hosts:ro,Z", "~/x:rel", "$HOME/x:/y/:O"] }, {}, paths).plan;
    expect((execution as ContainerExecution).mounts.slice(3)).toEqual([
      { source: "/etc/hosts", target: "/x/hosts", readOnly: true, relabel: "private" },
      { source: "/home/me/x", target: "/runner/project/rel", readOnly: false, relabel: "none" },
      { source: "/home/me/x", target: "/y", readOnly: false, relabel: "none", overlay: true },
    ]);
  });

  test.each([
    ["/missing:/x", /does not exist/], ["nocolon", /not of the form/], ["/:/x", /would mount \//], ["/etc:/usr", /would mount \/usr/], ["/etc:/home/", /would mount \/home/], ["/etc:/x:wat", /label "wat"/],
  ])("refuses the mount %j [CON-07] [CON-08]", (mount, message) => {
    expect(failure(() => plan({ ...inContainer, containerVolumeMounts: [mount] }, {}, { "/etc": "directory", "/": "directory" }))).toMatchObject({ code: "MOUNT_REFUSED", message: expect.stringMatching(message) as string });
  });

  test("translates options as the engines' command lines spell them [CON-13]", () => {
    const { execution, labels } = plan({
      ...inContainer,
      containerOptions: ["--network=none", "--user", "1000:1000", "-e", "A=b=c", "-m=512m", "--cpus=1.5", "--cap-add=NET_ADMIN", "--label=team=x", "--rm", "--tmpfs=/scratch:size=1m", "--ulimit", "nofile=1:2", "--pull=never"],
    }).plan;
    expect(execution).toMatchObject({
      pull: "never",
      limits: { memoryBytes: 512 * 2 ** 20, cpus: 1.5 },
      options: { network: "none", user: "1000:1000", environment: { A: { secret: "--container-option#A" } }, capabilities: { add: ["NET_ADMIN"], drop: ["MKNOD"] }, tmpfs: [{ target: "/scratch", options: "size=1m" }], ulimits: [{ name: "nofile", soft: 1, hard: 2 }] },
    });
    expect(labels).toMatchObject({ team: "x", "org.distronode.runner.ident": "fresh" });
  });

  test("has the values of a container's own variables for the engine alone, but for those that configure the tool", () => {
    const planned = plan({ ...inContainer, containerOptions: ["--env=API_TOKEN=s3cret-value", "--env=ANSIBLE_FORKS=3"] });
    expect((planned.plan.execution as ContainerExecution).options.environment).toEqual({ API_TOKEN: { secret: "--container-option#API_TOKEN" }, ANSIBLE_FORKS: { value: "3" } });
    expect(JSON.stringify(planned.plan)).not.toContain("s3cret-value");
    expect(planned.secrets.get("--container-option#API_TOKEN")).toBe("s3cret-value");
    expect(planned.sensitive.map(({ value }) => value)).toContain("s3cret-value");
  });

  test.each([
    ["--netwrok=none", "Did you mean network?"], ["--memory=much", "See the manual"], ["--memory", "--container-option=--memory=VALUE"], ["network=none", "--network=host"],
  ])("refuses the option %j and says what to do", (option, hint) => {
    expect(failure(() => plan({ ...inContainer, containerOptions: [option] }))).toMatchObject({ code: "REQUEST_INVALID", hint: expect.stringContaining(hint) as string });
  });

  test("needs an image", () => {
    expect(failure(() => plan({ processIsolation: true }))).toMatchObject({ code: "REQUEST_INVALID", message: expect.stringContaining("container_image is required") as string });
  });
});

describe("settings", () => {
  test("what was said explicitly beats env/settings [PDD-16]", () => {
    const settings = "process_isolation: true\ncontainer_image: file\nprocess_isolation_executable: docker\njob_timeout: 5\n";
    expect(plan({}, { env: { settings } }).plan.execution).toMatchObject({ kind: "container", image: "file", engine: "docker" });
    expect(plan({ containerImage: "flag" }, { env: { settings } }).plan.execution).toMatchObject({ image: "flag", engine: "docker" });
    expect(plan({ settings: { job_timeout: 9 } }, { env: { settings } }).plan.clocks.job).toBe(9);
  });

  test("an unknown key is an error with its line and the key that was meant [PDD-08]", () => {
    expect(failure(() => plan({}, { env: { settings: "job_timeout: 1\nproces_isolation: true\n" } }))).toMatchObject({
      code: "SETTINGS_INVALID", location: { file: "/data/env/settings", line: 2, key: "proces_isolation" }, hint: "Did you mean process_isolation?",
    });
  });

  test("every fault is listed", () => {
    const { problems } = failure(() => plan({}, { env: { settings: "job_timeout: soon\ncontainer_options: 3\n" } }));
    expect(problems).toEqual(["/data/env/settings:1: the setting job_timeout must be a number or null", "/data/env/settings:2: the setting container_options must be text or a list"]);
  });

  test("keys of event plugins pass [SET-08]", () => {
    expect(plan({}, { env: { settings: "runner_http_url: http://127.0.0.1/\n" } }).plan.execution.kind).toBe("host");
  });

  test("a single mount may stand as text [SET-09]", () => {
    const { execution } = plan({}, { env: { settings: "process_isolation: yes\ncontainer_image: x\ncontainer_volume_mounts: /etc:/x:ro\n" } }, { "/etc": "directory" }).plan;
    expect((execution as ContainerExecution).mounts).toHaveLength(4);
  });
});

describe("refusals", () => {
  test.each(["", "..", ".", "a/b", "/abs", "a\nb"])("the ident %j is refused [ART-02]", (ident) => {
    expect(failure(() => plan({ ident }))).toMatchObject({ code: "REQUEST_INVALID", location: { key: "ident" } });
  });

  test("a playbook that is not there is refused, with the one that was meant", () => {
    expect(failure(() => plan({ playbook: "sit.yml" }, { playbook: { found: false, similar: ["other.yml", "site.yml"] } }))).toMatchObject({ code: "REQUEST_INVALID", hint: "Did you mean site.yml?" });
    expect(plan({ playbook: "ns.col.play" }, { playbook: { found: false, similar: [] } }).plan.command.at(-1)).toBe("ns.col.play");
  });

  test.each(["port: !!str 8080\n", "a: [1,\n2\n]\n", 'a: {\n"b": 1\n}\n', "a: [1\nb: x: y\n"])("env/extravars is the tool's to judge: %j is handed over as it is", (extravars) => {
    const { plan: made, secrets } = plan(inContainer, { env: { extravars } });
    expect(made.command).toContain("@@JOB_DIR@/extravars.yml");
    expect(secrets.get("env/extravars")).toBe(extravars);
    expect(plan({}, { env: { extravars } }).plan.command).toContain("@/data/env/extravars");
  });

  test("when the runner cannot read env/extravars, it says how it masks", () => {
    expect(plan({}, { env: { extravars: "a: [1\nb: x: y\n" } }).plan.warnings.join()).toMatch(/env\/extravars is handed to the tool as it is.*masked by the look of its lines/);
    expect(plan({}, { env: { extravars: "a: [\n1\n]\n" } }).plan.warnings).toEqual([]);
  });

  test.each<[string, Partial<JobRequest>, Partial<DataDirSnapshot>]>([
    ["a file of variables that is none", { extravars: "db_password=hunter2" }, {}],
    ["a name that no environment can hold", {}, { env: { envvars: "DB_PASSWORD=hunter2:\n" } }],
    ["a container's option", { ...inContainer, containerOptions: ["--enf=DB_PASSWORD=hunter2"] }, {}],
    ["an alias of nothing", {}, { env: { secrets: "become: *hunter2" } }],
    ["a list of secrets", {}, { env: { secrets: "become: [hunter2]" } }],
    ["an open quote", {}, { env: { cmdline: "-e 'db_password=hunter2" } }],
  ])("an error about %s does not repeat a secret", (_what, asked, found) => {
    let told: unknown;
    try {
      plan(asked, found);
    } catch (error) {
      told = error;
    }
    expect(isRunnerError(told)).toBe(true);
    expect(`${JSON.stringify(told)} ${(told as Error).stack} ${String((told as Error).cause)}`).not.toContain("hunter2");
  });

  test("an unclosed quote in a cmdline is told without the text around it", () => {
    const error = failure(() => plan({ cmdline: "-e 'db_password=hunter2" }));
    expect(error).toMatchObject({ code: "REQUEST_INVALID" });
    expect(`${JSON.stringify(error)}${String((error as { cause?: unknown }).cause)}`).not.toContain("hunter2");
  });

  test.each(["envvars", "passwords", "secrets", "settings"] as const)("broken YAML in env/%s is refused with its line", (name) => {
    expect(failure(() => plan({}, { env: { [name]: "a: 1\nb: 'open\n" } }))).toMatchObject({ code: "DATA_DIR_INVALID", location: { file: `/data/env/${name}` } });
  });

  test("an unclosed quote in env/cmdline is refused with its line", () => {
    expect(failure(() => plan({}, { env: { cmdline: "--forks 3\n--tags 'a" } }))).toMatchObject({ code: "DATA_DIR_INVALID", location: { file: "/data/env/cmdline", line: 2 } });
  });

  test("a variable name that no environment can hold is refused", () => {
    expect(failure(() => plan({}, { env: { envvars: "'A=B': 1" } }))).toMatchObject({ code: "DATA_DIR_INVALID", location: { line: 1 } });
  });
});

test("what has no effect is said", () => {
  expect(plan({}, { env: { settings: "process_isolation_hide_paths: /x" } }).plan.warnings).toEqual(["process_isolation_hide_paths has no effect: it is for jobs in a sandbox (process_isolation with process_isolation_executable bwrap)."]);
});

test("a plan can not be changed, and survives JSON", () => {
  const made = plan(inContainer).plan;
  expect(() => ((made.clocks as { job: number }).job = 1)).toThrow(TypeError);
  expect(JSON.parse(JSON.stringify(made))).toEqual(made);
});

describe("what runs", () => {
  test("a module runs ad hoc: pattern last, in the private data directory, with callbacks loaded [PDD-21] [PDD-22] [EVT-14]", () => {
    const { plan: made } = planJob({ privateDataDir: "/data", module: "ping", moduleArgs: "data=x", hosts: "web", forks: 3 }, snapshot(), context());
    expect(made.command).toEqual(["ansible", "-i", "/data/inventory", "--forks", "3", "-m", "ping", "-a", "data=x", "web"]);
    expect(made.cwd).toBe("/data");
    expect(made.environment).toMatchObject({ AD_HOC_COMMAND_ID: { value: "1" }, ANSIBLE_LOAD_CALLBACK_PLUGINS: { value: "1" } });
    expect(made.candidates).toEqual(["distronode", "ansible"]);
  });

  test("a role becomes a play in the job's own directory, beside a view of the project; the project stays as it is [CLI-21] [CLI-22]", () => {
    const { plan: made, secrets } = planJob({ privateDataDir: "/data", role: "greeter", roleVars: { a: "b c" }, hosts: "web", rolesPath: "more" }, snapshot(), context({ "/data/roles": "directory" }));
    expect(made.command.at(-1)).toBe("@JOB_DIR@/project/play.json");
    expect(made.mirrors).toEqual({ project: "/data/project" });
    expect(JSON.parse(secrets.get("plays")!)).toEqual([{ hosts: "web", gather_facts: true, roles: [{ name: "greeter", vars: { a: "b c" } }] }]);
    expect(made.environment["ANSIBLE_ROLES_PATH"]).toEqual({ value: "/work/more:/data/roles:@CONFIGURED@" });
  });

  test("plays may be given as data, one or several [PDD-12] [PDD-15]", () => {
    const { secrets } = planJob({ privateDataDir: "/data", playbook: { hosts: "all" } }, snapshot(), context());
    expect(JSON.parse(secrets.get("plays")!)).toEqual([{ hosts: "all" }]);
  });

  test.each([
    ["localhost ansible_connection=local", "localhost ansible_connection=local\n"],
    ["web ansible_ssh_common_args='-o A=b,c'", "web ansible_ssh_common_args='-o A=b,c'\n"],
    ["a=1", "a=1\n"],
  ])("an inventory of one line, %s, is a text when it is the path of nothing [PDD-11]", (inventory, text) => {
    const { plan: made, secrets } = planJob(request({ inventory }), snapshot(), context());
    expect([made.command[2], secrets.get("inventory")]).toEqual(["@JOB_DIR@/inventory/hosts", text]);
    expect(plan({ inventory }, {}, { [`/data/inventory/${inventory}`]: "file" }).plan.command).toContain(`/data/inventory/${inventory}`);
  });

  test("a list of hosts is one with blanks, too; a word that names nothing, and a name in a list of inventories, stay errors [CLI-15] [PDD-11]", () => {
    expect(plan({ inventory: "web1, web2" }).plan.command).toContain("web1, web2");
    for (const inventory of ["hots", ["my hosts"]]) expect(failure(() => plan({ inventory }))).toMatchObject({ code: "REQUEST_INVALID", message: `The inventory ${[inventory].flat()[0]} does not exist.` });
  });

  test("a plan says in a few words what it runs, without arguments", () => {
    const runs = (asked: Partial<JobRequest>): string | undefined => planJob({ privateDataDir: "/data", ...asked }, snapshot(), context()).plan.runs;
    expect([runs({ playbook: "site.yml" }), runs({ module: "shell", moduleArgs: "x", hosts: "all" }), runs({ role: "web" }), runs({ playbook: [{ hosts: "all" }] }), runs({ command: ["/usr/bin/tool", "--password", "x"] })]).toEqual(["site.yml", "module shell", "role web", "plays given as data", "tool"]);
  });

  test("artifacts that this user may not see are no matter of the plan", () => {
    const closed = { ...context(), probe: (path: string): PathKind => {
      if (path.includes("/artifacts/")) throw new Error("EACCES");
      return context().probe(path);
    } };
    expect(planJob(request({ ident: "nightly" }), snapshot(), closed).plan.warnings).toEqual([]);
  });

  test("a plan warns that artifacts of an ended job give way to those of the next one with its ident", () => {
    const kept = { "/data/artifacts/nightly/status": "file" } as const;
    expect(plan({ ident: "nightly" }, {}, kept).plan.warnings).toEqual(["The job nightly that ended here before gives way: its artifacts are replaced."]);
    expect([plan({ ident: "nightly" }).plan.warnings, plan({}, {}, kept).plan.warnings]).toEqual([[], []]);
  });

  test("an inventory may be given as data or as text, and variables beside the directory's own still count [PDD-11]", () => {
    const { plan: made, secrets } = planJob(request({ inventory: { all: { hosts: { web: { port: 1 } } } } }), snapshot(), context());
    expect(made.command).toEqual(["ansible-playbook", "-i", "@JOB_DIR@/inventory/hosts.json", "site.yml"]);
    expect([made.files, made.mirrors]).toEqual([{ "inventory/hosts.json": { secret: "inventory" } }, { inventory: "/data/inventory" }]);
    expect(JSON.parse(secrets.get("inventory")!)).toEqual({ all: { hosts: { web: { port: 1 } } } });
    const text = planJob(request({ ...inContainer, inventory: "[web]\none\n" }), snapshot(), context());
    expect([text.plan.command[2], text.plan.mirrors, text.secrets.get("inventory")]).toEqual(["@JOB_DIR@/inventory/hosts", { inventory: "/runner/inventory" }, "[web]\none\n"]);
    expect(plan({ inventory: {} }, { hasInventory: false }).plan.mirrors).toEqual({});
    expect(plan({ inventory: [] }).plan.command).toEqual(["ansible-playbook", "site.yml"]);
  });

  test("a tool's command shows the files that it names in the container, and runs there where it is told", () => {
    const { plan: made } = planJob({ privateDataDir: "/data", ...inContainer, command: ["ansible-inventory", "--list", "-i", "/else/hosts", "--playbook-dir", "/data/project/play"], containerWorkdir: "/in/there", containerVolumeMounts: ["/here:below"] }, snapshot(), context({ "/else/hosts": "file", "/data/project/play": "directory", "/here": "directory" }));
    expect(made.command).toEqual(["ansible-inventory", "--list", "-i", "/else/hosts", "--playbook-dir", "/runner/project/play"]);
    const { mounts } = made.execution as ContainerExecution;
    expect(mounts.map(({ source, target }) => `${source}:${target}`)).toEqual(expect.arrayContaining(["/else/hosts:/else/hosts", "/here:/in/there/below"]) as string[]);
    expect(made.cwd).toBe("/in/there");
  });

  test.each([
    ["-e@/else/vars.yml -i/else/hosts", ["-e@/else/vars.yml", "-i/else/hosts"], ["/else/hosts", "/else/vars.yml"]],
    ["-e @/else/vars.yml --inventory=/else/a,b", ["-e", "@/else/vars.yml", "--inventory=/else/a,b"], ["/else/a,b", "/else/vars.yml"]],
    ["-i /else/a,b -i x,y", ["-i", "/else/a,b", "-i", "x,y"], ["/else/a,b"]],
    ["-e@/data/project/vars.yml -M/data/library", ["-e@/runner/project/vars.yml", "-M/runner/library"], []],
    ["-eplain=/else/hosts -i/not/there", ["-eplain=/else/hosts", "-i/not/there"], []],
  ])("the cmdline %s names files of this machine, which a container is shown", (cmdline, expected, sources) => {
    const paths = { "/else/vars.yml": "file", "/else/hosts": "file", "/else/a,b": "file", "/data/project/vars.yml": "file", "/data/library": "directory" } as const;
    const made = plan({ ...inContainer, cmdline }, { hasInventory: false }, paths).plan;
    expect(made.command.slice(1, -1)).toEqual(expected);
    const { mounts } = made.execution as ContainerExecution;
    expect(mounts.filter(({ source }) => source.startsWith("/else/")).map(({ source, target, readOnly }) => `${source} ${target === source} ${readOnly}`).sort()).toEqual(sources.map((source) => `${source} true true`));
  });

  test("an args file is the whole command; a binary replaces the tool and drops the target [PDD-10] [CLI-07]", () => {
    const args = { args: { text: "bash -c 'echo hi'\n", file: "/data/args" } };
    expect(plan({}, args).plan.command).toEqual(["bash", "-c", "echo hi"]);
    expect(plan({ binary: "/bin/mine", limit: "x" }).plan.command).toEqual(["/bin/mine", "-i", "/data/inventory", "--limit", "x"]);
  });

  test("a module without hosts is refused with the tool's exit code, unless a cmdline may name them", () => {
    const refuse = (request: Partial<JobRequest>): unknown => failure(() => planJob({ privateDataDir: "/data", module: "ping", ...request }, snapshot(), context()));
    expect(refuse({})).toMatchObject({ code: "USAGE", message: "No hosts were named for the module ping.", hint: expect.stringContaining("--hosts") as string });
    expect(planJob({ privateDataDir: "/data", module: "ping", cmdline: "all" }, snapshot(), context()).plan.command).toEqual(["ansible", "all", "-i", "/data/inventory", "-m", "ping"]);
  });

  test("nothing, or more than one thing, to run is refused [CLI-12] [CLI-14]", () => {
    const refuse = (asked: Partial<JobRequest>) => failure(() => planJob({ privateDataDir: "/data", ...asked }, snapshot(), context()));
    expect(refuse({})).toMatchObject({ code: "REQUEST_INVALID", message: expect.stringContaining("Nothing was named to run") as string });
    expect(refuse({ playbook: "a", module: "b" })).toMatchObject({ message: "Only one of playbook, module and role can be run, but playbook and module were given." });
    expect(refuse({ playbook: "a", hosts: "b" })).toMatchObject({ location: { key: "hosts" } });
  });

  test("the words for tags and forks come after the verbosity, as with the peer [CLI-13] [PDD-21]", () => {
    expect(plan({ verbosity: 1, tags: "a", skipTags: "b", forks: "5" }).plan.command.slice(3)).toEqual(["-v", "--tags", "a", "--skip-tags", "b", "--forks", "5", "site.yml"]);
  });
});

describe("data that came with the request", () => {
  test("extra variables stand in a file in memory, after those of env/, and in no argument [PDD-02] [PDD-18]", () => {
    const planned = plan({ extravars: { token: "hunter2" } }, { env: { extravars: "a: 1" } });
    expect(planned.plan.command.filter((word) => word.startsWith("@"))).toEqual(["@/data/env/extravars", "@@JOB_DIR@/extravars.json"]);
    expect(planned.secrets.get("extravars")).toBe('{"token":"hunter2"}');
    expect(JSON.stringify(planned.plan)).not.toContain("hunter2");
  });

  test("env/envvars beats variables of the request, env/passwords beats passwords of the request [PDD-18]", () => {
    const planned = plan({ envvars: { A: "request", B: true }, passwords: { "one:": "request", "two:": 2 } }, { env: { envvars: "A: file", passwords: "'one:': file\n'none:': null\n" } });
    expect(planned.secrets.get("env/envvars#A")).toBe("file");
    expect(planned.secrets.get("env/envvars#B")).toBe("True");
    expect(planned.plan.prompts.map(({ pattern }) => pattern)).toEqual(["one:", "two:"]);
    expect(planned.secrets.get("env/passwords#one:")).toBe("file");
    expect(planned.secrets.get("passwords#two:")).toBe("2");
  });

  test("a numeric password is text [PDD-04]", () => {
    expect(plan({}, { env: { passwords: "'pw:': 1234\n" } }).secrets.get("env/passwords#pw:")).toBe("1234");
  });

  test("a key of the request beats env/ssh_key, and neither is in the plan [PDD-06] [PDD-18]", () => {
    const planned = plan({ sshKey: "REQUEST KEY" }, { env: { ssh_key: "FILE KEY" } });
    expect(planned.plan.sshKey).toEqual({ secret: "sshKey" });
    expect(planned.secrets.get("sshKey")).toBe("REQUEST KEY");
    expect(JSON.stringify(plan({}, { env: { ssh_key: "FILE KEY" } }).plan)).not.toContain("FILE KEY");
  });
});

describe("paths of this machine in a container", () => {
  const mounted = (made: { readonly execution: unknown }): unknown[] => (made.execution as ContainerExecution).mounts.slice(3).map(({ source, target, readOnly }) => ({ source, target, readOnly }));

  test("an inventory, roles and files named in the cmdline that lie elsewhere are mounted read-only at their own path [CON-09] [PDD-11]", () => {
    const paths = { "/etc/hosts.ini": "file", "/opt/roles": "directory", "/secret/vault": "file" } as const;
    const { plan: made } = plan({ ...inContainer, inventory: "/etc/hosts.ini", rolesPath: "/opt/roles", cmdline: "--vault-id prod@/secret/vault --private-key=/image/key" }, {}, paths);
    expect(mounted(made)).toEqual(["/secret/vault", "/etc/hosts.ini", "/opt/roles"].map((path) => ({ source: path, target: path, readOnly: true })));
    expect(made.command).toContain("--private-key=/image/key");
    expect(made.environment["ANSIBLE_ROLES_PATH"]).toEqual({ value: "/opt/roles:@CONFIGURED@" });
  });

  test("what lies in the private data directory is where that is mounted", () => {
    const { plan: made } = plan({ ...inContainer, inventory: "/data/inventory/prod" }, {}, { "/data/inventory/prod": "file" });
    expect(made.command).toContain("/runner/inventory/prod");
    expect(mounted(made)).toEqual([]);
  });

  test("a system directory is refused by name", () => {
    expect(failure(() => plan({ ...inContainer, inventory: "/usr" }, {}, { "/usr": "directory" }))).toMatchObject({ code: "MOUNT_REFUSED", location: { key: "--inventory" } });
  });
});

test("a terminal that is there for prompts does not bring colours; asking for them does", () => {
  const passwords = "'a:': b\n";
  const colours = (asked: Partial<JobRequest>, env: DataDirSnapshot["env"]): unknown[] => {
    const { environment } = plan(asked, { env }).plan;
    return [environment["ANSIBLE_NOCOLOR"], environment["ANSIBLE_FORCE_COLOR"]];
  };
  expect(colours({}, { passwords })).toEqual([{ value: "1" }, undefined]);
  expect(colours({ color: true }, { passwords })).toEqual([undefined, { value: "1" }]);
  expect(colours({}, { passwords, envvars: "ANSIBLE_FORCE_COLOR: 1" })).toEqual([undefined, { value: "1" }]);
  expect(colours({}, {})).toEqual([undefined, undefined]);
});

test("an image named for a job on the host is mentioned, and what is no name of an image is refused", () => {
  expect(plan({ containerImage: "x" }).plan.warnings).toEqual(["container_image has no effect: it is for jobs in containers (process_isolation with a container engine)."]);
  expect(failure(() => plan({ processIsolation: true, containerImage: "localhost/no such:img" }))).toMatchObject({ code: "REQUEST_INVALID", message: '"localhost/no such:img" is not the name of an image.' });
});
