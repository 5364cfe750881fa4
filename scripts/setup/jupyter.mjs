import { mkdirSync } from "node:fs";
import path from "node:path";
import { root } from "./run.mjs";

/** Where Jupyter keeps what it writes: inside the clone, so that nobody's own Jupyter is touched or in the way. */
export const home = path.join(root, ".jupyter");
export const runtime = path.join(home, "runtime");

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
  // A shell that was started by another Jupyter passes on settings of that one.
  for (const name of Object.keys(env)) if (/^(JPY_|JUPYTER_(TOKEN|CONFIG_PATH|PREFER))/.test(name)) delete env[name];
  mkdirSync(runtime, { recursive: true });
  return env;
}
