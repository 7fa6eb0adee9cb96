import { createHash } from "node:crypto";

/** What decides an image's content. Two equal recipes are one image, so a changed one is built anew. */
export interface Recipe {
  /** As engines name it: docker and podman agree on names that begin with localhost/. */
  readonly reference: string;
  readonly suite: string;
  /** Installed as on a machine, or only unpacked: enough for a program that needs nothing else. */
  readonly how: "installed" | "unpacked";
  readonly packages: readonly string[];
  readonly dpkgOptions: readonly string[];
  /** Shell; $1 is the root directory of the image. */
  readonly hook: string;
  /** Dockerfile words that both `import` commands take. */
  readonly changes: readonly string[];
}

const changes = ["ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "ENV LANG=C.UTF-8", "ENV HOME=/home/runner", "WORKDIR /runner"];

/** The execution environment: the automation tool from Debian's archive, and what it calls; with `more`, for tests alone. */
export function executionEnvironment(suite: string, more: readonly string[] = []): Recipe {
  return {
    reference: `localhost/distronode-runner-ee:${suite}`,
    suite,
    how: "installed",
    // Older suites have it by its former name only.
    packages: ["python3-minimal", suite === "bullseye" ? "ansible" : "ansible-core", "openssh-client", "sshpass", "ca-certificates", ...more],
    dpkgOptions: [
      "force-unsafe-io", // a build that is interrupted is thrown away, so nothing needs flushing to disk
      ...["doc", "man", "info", "locale", "lintian", "bash-completion"].map((name) => `path-exclude=/usr/share/${name}/*`),
      "path-include=/usr/share/doc/*/copyright",
    ],
    // Any user may be given to a container, and the tool writes below HOME. The packages' own scripts compile
    // Python as they are configured; without that every start of the tool is 0.6 s slower.
    hook: 'cd "$1" && mkdir -p home/runner runner/project runner/inventory runner/env runner/artifacts && chmod 0777 home/runner runner runner/artifacts',
    changes: [...changes, 'CMD ["/bin/bash"]'],
  };
}

/** A shell and nothing else: an image that can not run a job, for the tests of how that is said. */
export function bareImage(suite: string): Recipe {
  return {
    reference: `localhost/distronode-runner-bare:${suite}`,
    suite,
    how: "unpacked",
    packages: ["busybox-static"],
    dpkgOptions: [],
    hook: 'cd "$1" && mkdir -p bin && rm -rf usr/share && { test -e bin/busybox || cp usr/bin/busybox bin/busybox; } && for name in sh true false cat echo env id ls sleep; do ln -sf busybox "bin/$name"; done',
    changes: ["ENV PATH=/bin", 'CMD ["/bin/sh"]'],
  };
}

export function recipeHash(recipe: Recipe): string {
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 16);
}
