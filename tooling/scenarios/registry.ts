import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Registry {
  /** `address:port`, as it stands in image references. */
  readonly host: string;
  /** The authority that signed its certificate, as a PEM file; only with TLS. */
  readonly authority?: string;
  stop(): Promise<void>;
}

export interface RegistryOptions {
  /** Default 127.0.0.1. */
  readonly address?: string;
  readonly login?: { readonly username: string; readonly password: string };
  readonly tls?: boolean;
}

/** A real registry of Debian's, on a free port of this machine, whose images live in a directory of its own. */
export async function startRegistry({ address = "127.0.0.1", login, tls = false }: RegistryOptions = {}): Promise<Registry> {
  const directory = await mkdtemp(join(tmpdir(), "registry-"));
  const host = `${address}:${await freePort(address)}`;
  const authority = tls ? await certificate(directory, address) : undefined;
  if (login !== undefined) {
    // On stdin: what is given as an argument is everybody's to read.
    const child = spawn("htpasswd", ["-Bin", login.username], { stdio: ["pipe", "pipe", "ignore"] });
    child.stdin.end(login.password);
    const lines: Buffer[] = [];
    child.stdout.on("data", (bytes: Buffer) => lines.push(bytes));
    await once(child, "close");
    await writeFile(join(directory, "htpasswd"), Buffer.concat(lines));
  }
  const config = [
    "version: 0.1",
    "log: {level: error}",
    `storage: {filesystem: {rootdirectory: ${directory}/data}}`,
    `http: {addr: "${host}"${tls ? `, tls: {certificate: ${directory}/server.crt, key: ${directory}/server.key}` : ""}}`,
    ...(login === undefined ? [] : [`auth: {htpasswd: {realm: test, path: ${directory}/htpasswd}}`]),
  ];
  await writeFile(join(directory, "config.yml"), `${config.join("\n")}\n`);
  // It goes even when the tests are killed.
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "docker-registry", "serve", join(directory, "config.yml")], { stdio: "ignore" });
  const gone = once(child, "exit");
  await listening(host);
  return {
    host,
    ...(authority === undefined ? {} : { authority }),
    async stop() {
      child.kill();
      await gone;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export async function freePort(address = "127.0.0.1"): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** An authority of its own and a server certificate that it signed. */
async function certificate(directory: string, address: string): Promise<string> {
  const path = (name: string): string => join(directory, name);
  await run("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test authority", "-keyout", path("ca.key"), "-out", path("ca.crt")]);
  await run("openssl", ["req", "-newkey", "rsa:2048", "-nodes", "-subj", `/CN=${address}`, "-keyout", path("server.key"), "-out", path("server.csr")]);
  await writeFile(path("san"), `subjectAltName=IP:${address}\n`);
  await run("openssl", ["x509", "-req", "-days", "2", "-in", path("server.csr"), "-CA", path("ca.crt"), "-CAkey", path("ca.key"), "-CAcreateserial", "-extfile", path("san"), "-out", path("server.crt")]);
  return path("ca.crt");
}

async function listening(host: string): Promise<void> {
  const [address, port] = [host.slice(0, host.lastIndexOf(":")), Number(host.slice(host.lastIndexOf(":") + 1))];
  for (let tries = 0; tries < 200; tries += 1) {
    const socket = connect(port, address);
    const open = await new Promise<boolean>((resolve) => socket.once("connect", () => resolve(true)).once("error", () => resolve(false)));
    socket.destroy();
    if (open) return;
    await sleep(50);
  }
  throw new Error(`The registry does not listen on ${host}.`);
}
