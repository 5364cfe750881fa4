import { accessSync, constants } from "node:fs";
import { Problem, root } from "./run.mjs";

/** Throws one sentence where the clone cannot be written in: on a read-only file system, or where it is somebody else's. */
export function checkWritable() {
  try {
    accessSync(root, constants.W_OK);
  } catch (error) {
    throw new Problem(
      `Cannot write in ${root} (${error.code}): the project keeps its packages, builds and notebooks there, so clone it into a folder of yours.`,
    );
  }
}
