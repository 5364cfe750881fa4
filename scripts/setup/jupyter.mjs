import { chmodSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { Problem, root } from "./run.mjs";

/** Where Jupyter keeps what it writes: inside the clone, so that nobody's own Jupyter is touched or in the way. */
export const home = path.join(root, ".jupyter");
export const runtime = path.join(home, "runtime");

/** Takes everybody's leave but the owner's to read or write `at` and all below it. Links are not followed. */
export function keepPrivate(at) {
  try {
    const about = lstatSync(at);
    if (about.isSymbolicLink()) return;
    const mode = about.isDirectory() ? 0o700 : 0o600;
    if ((about.mode & 0o777) !== mode) chmodSync(at, mode);
    if (about.isDirectory()) for (const entry of readdirSync(at)) keepPrivate(path.join(at, entry));
  } catch (error) {
    if (error.code !== "ENOENT") throw error; // removed meanwhile, by a Jupyter that runs
  }
}

/** Makes the folder, for its owner alone: Jupyter writes the server's token there into files that everybody may read.
 *  One that an earlier version left open is closed. */
function makeHome() {
  for (const folder of [home, runtime]) {
    if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new Problem(
        `${folder} is a symbolic link, and a folder is needed there: move it away and run the command again.`,
      );
    }
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  try {
    keepPrivate(home);
  } catch (error) {
    if (error.code !== "EPERM") throw error;
    throw new Problem(`${error.path} belongs to another user: remove ${home} and run the command again.`);
  }
}

/** The environment of every Jupyter process that the project starts. */
export function jupyterEnv() {
  const env = {
    ...process.env,
    // The kernel is started as `node`: let that be the Node that runs us.
    PATH: path.dirname(process.execPath) + path.delimiter + (process.env.PATH ?? ""),
    JUPYTER_PATH: path.join(root, "jupyter"), // holds kernels/tslab/kernel.json
    JUPYTER_CONFIG_DIR: path.join(home, "config"),
    JUPYTER_DATA_DIR: path.join(home, "data"),
    JUPYTER_RUNTIME_DIR: runtime,
    IPYTHONDIR: path.join(home, "ipython"),
    PYTHONUTF8: "1",
  };
  // A shell that was started by another Jupyter passes on settings of that one. The token is not for the kernels to see.
  for (const name of Object.keys(env)) {
    if (/^(JPY_|JUPYTER_(TOKEN|CONFIG_PATH|PREFER)|TWINFORMER_TOKEN$)/.test(name)) delete env[name];
  }
  makeHome();
  return env;
}
