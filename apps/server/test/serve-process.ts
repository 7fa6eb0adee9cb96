/** A server in a process of its own, to be killed. Arguments: the data directory, the runtime directory. Prints its address. */
import { createStandardRunner, nodeHost } from "@distronode-runner/standard";
import { createServer, listen } from "../src/index.ts";

const [dataDir = "", runtimeDir = ""] = process.argv.slice(2);
const runner = createStandardRunner({ host: { ...nodeHost(), runtimeDir } });
const app = await createServer({ runner, dataDirs: new Map([["demo", dataDir]]), token: "secret" });
process.stdout.write(`${await listen(app, { port: 0 })}\n`);
