import { defineConfig } from "rolldown";

export default defineConfig({
  input: { main: "src/main.ts", commands: "src/commands.ts" },
  platform: "node",
  resolve: { conditionNames: ["@distronode-runner/source", "node", "import", "default"] },
  // The server is a package of its own, with files beside its code, and only `serve` needs it.
  external: ["@distronode-runner/server"],
  output: {
    dir: "dist",
    format: "esm",
    cleanDir: true,
    chunkFileNames: "chunks/[name]-[hash].js",
    sourcemap: false,
  },
});
