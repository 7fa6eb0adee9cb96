import { Args, Flags } from "@oclif/core";

export const engineFlag = Flags.string({ helpValue: "ENGINE", default: "auto", description: "podman, docker, or another engine by its name (default: the first that is usable)" });

export const imageArgument = Args.string({ name: "image", description: "reference of an image, as in registry.example/team/ee:1", required: true, ignoreStdin: true });
