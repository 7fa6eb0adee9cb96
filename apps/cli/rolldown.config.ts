import { readFileSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { defineConfig, type Plugin } from "rolldown";
import { thirdPartyLicenses } from "../../tooling/third-party-licenses.ts";

export default defineConfig({
  input: { main: "src/main.ts", commands: "src/commands.ts" },
  platform: "node",
  resolve: { conditionNames: ["@distronode-runner/source", "node", "import", "default"] },
  // The server is a package of its own, with files beside its code, and only `serve` needs it.
  external: ["@distronode-runner/server"],
  plugins: [filesBesideModules(), asciiOnly(), thirdPartyLicenses()],
  output: {
    dir: "dist",
    format: "esm",
    cleanDir: true,
    chunkFileNames: "chunks/[name]-[hash].js",
    assetFileNames: "files/[name][extname]",
    sourcemap: false,
    // A third of the start is reading these files. Names of functions and classes stay: a stack tells something, and so does an error.
    minify: { mangle: { toplevel: false, keepNames: true }, compress: true, codegen: { removeWhitespace: true } },
  },
});

/** Node reads a file of ASCII alone faster, and keeps it in half the memory. */
function asciiOnly(): Plugin {
  return {
    name: "ascii-only",
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === "chunk") chunk.code = chunk.code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
      }
    },
  };
}

/** `new URL("../python/x.py", import.meta.url)` names a file beside a module: it is carried along, and found again. */
function filesBesideModules(): Plugin {
  return {
    name: "files-beside-modules",
    transform: {
      filter: { id: /\.ts$/, code: /import\.meta\.url/ },
      handler(code, id) {
        return code.replace(/new URL\(\s*(["'`])(\.[^"'`$]+)\1,\s*import\.meta\.url,?\s*\)/g, (whole, _quote, path: string) => {
          const file = resolve(dirname(id), path);
          if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
            this.error(`${id}: ${whole} is not a file; name each file, the bundle cannot carry a directory`);
          }
          const reference = this.emitFile({ type: "asset", name: basename(file), source: readFileSync(file) });
          return `new URL(import.meta.ROLLUP_FILE_URL_${reference})`;
        });
      },
    },
  };
}
