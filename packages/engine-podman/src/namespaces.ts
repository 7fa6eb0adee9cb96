interface Namespace {
  readonly nsmode: string;
  readonly value?: string;
}

/** `host`, `private`, `keep-id:uid=1`, `container:name`, `ns:/path`: a mode, perhaps with a value. */
export function namespaceOf(text: string | undefined): Namespace | undefined {
  if (text === undefined) return undefined;
  const colon = text.indexOf(":");
  if (colon < 0) return { nsmode: text };
  const nsmode = text.slice(0, colon);
  return { nsmode: nsmode === "ns" ? "path" : nsmode, value: text.slice(colon + 1) };
}

const modes = new Set(["host", "none", "private", "pod", "container", "ns"]);

/** The same for the network; what is no mode is the name of a network, or several, that the container joins through a bridge. */
export function networkOf(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  const [mode = "", ...rest] = text.split(":");
  if (modes.has(mode)) return { netns: namespaceOf(text) };
  if (mode === "slirp4netns" || mode === "pasta") {
    return { netns: { nsmode: mode }, ...(rest.length === 0 ? {} : { network_options: { [mode]: rest.join(":").split(",") } }) };
  }
  if (text === "bridge") return { netns: { nsmode: "bridge" } };
  return { netns: { nsmode: "bridge" }, networks: Object.fromEntries(text.split(",").map((name) => [name, {}])) };
}
