import { build, built } from "./setup/build.mjs";
import { install, installed } from "./setup/install.mjs";
import { alone } from "./setup/lock.mjs";
import { findPython, makePython } from "./setup/python.mjs";
import { checkWritable } from "./setup/writable.mjs";

/** Makes the clone ready for a command: packages installed, dist/ built and, where `python` is asked for, a Python with
 *  JupyterLab 4. What is there already costs a few milliseconds. Resolves to { python }: its path, or null. */
export async function setup({ build: wantBuild = true, python: wantPython = false } = {}) {
  checkWritable();
  let python = wantPython ? await findPython() : null;
  if (installed() && (!wantBuild || built()) && (!wantPython || python)) return { python };
  return alone(async () => {
    if (!installed()) await install();
    if (wantBuild && !built()) await build();
    if (wantPython && !python) python = (await findPython()) ?? (await makePython());
    return { python };
  });
}
