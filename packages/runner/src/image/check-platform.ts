import { RunnerError, type ContainerExecution, type Engine, type ImageInfo } from "@distronode-runner/contract";

/** Refuses an image for another machine, whose first process would end with nothing but `exec format error`. A platform that was asked for by name is the asker's business. */
export async function checkPlatform(engine: Engine, execution: Pick<ContainerExecution, "image" | "options">, image: ImageInfo): Promise<void> {
  if (execution.options.platform !== undefined || image.architecture === undefined || image.architecture === "") return;
  const { architecture } = await engine.info();
  const [made, here] = [common(image.architecture), common(architecture)];
  if (made === here || architecture === "") return;
  throw new RunnerError("IMAGE_UNSUITABLE", `The image ${execution.image} is for ${image.os ?? "linux"}/${made}, but ${engine.name} runs on ${here}.`, {
    location: { key: "container_image" },
    hint: `Use an image for ${here}; if this machine emulates the other, ask for it with --container-option=--platform=${image.os ?? "linux"}/${made}.`,
  });
}

/** Kernel and compilers, images and Node.js each have their names for processors. */
function common(architecture: string): string {
  const names: Readonly<Record<string, string>> = { x86_64: "amd64", x64: "amd64", aarch64: "arm64", armv7l: "arm", ia32: "386", i386: "386", i686: "386" };
  return names[architecture] ?? architecture;
}
