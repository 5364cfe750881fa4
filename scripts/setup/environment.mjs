import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Problem, root, run, step, tail } from "./run.mjs";

// The clone's own Python environment. It does not live in `.venv`: that name belongs to the user and to their editor.
const folder = path.join(root, ".twinformer", "python");
const name = path.relative(root, folder);
const python = path.join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
/** Says that we made the folder, from its first moment on; and, once all is installed, for which versions. */
const stamp = path.join(folder, "twinformer-requirements");
const requirements = path.join(root, "jupyter/requirements.txt");

const wanted = () => createHash("sha256").update(readFileSync(requirements)).digest("hex");

/** The environment's Python, or null where it is missing, half made or made for other versions. */
export function ownPython() {
  try {
    return existsSync(python) && readFileSync(stamp, "utf8") === wanted() ? python : null;
  } catch {
    return null;
  }
}

/** Empties the folder. Only what we made is deleted: no link is followed, and a folder of somebody else's is left alone. */
function clear() {
  for (const at of [path.dirname(folder), folder]) {
    const about = lstatSync(at, { throwIfNoEntry: false });
    if (!about || about.isDirectory()) continue;
    const what = about.isSymbolicLink() ? "a symbolic link" : "a file";
    throw new Problem(`${at} is ${what}, and a folder is needed there: move it away and run the command again.`);
  }
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(stamp)) {
    throw new Problem(
      `${folder} holds files that were not put there by this project: move it away and run the command again.`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(stamp, "");
}

/** pip must install into our environment alone, whatever the user's settings say of theirs. */
function pipEnv() {
  const env = { ...process.env, PIP_USER: "0", PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_REQUIRE_VIRTUALENV: "0" };
  for (const elsewhere of ["PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON"]) delete env[elsewhere];
  return env;
}

/** Makes the environment with the pinned JupyterLab. @param base a Python: { executable, version } */
export async function makeEnvironment(base) {
  const env = pipEnv();
  await step(`Making a Python environment in ${name} (Python ${base.version.join(".")})`, async () => {
    clear();
    const { code, output } = await run(base.executable, ["-m", "venv", folder], { env });
    if (code !== 0) throw new Problem(`Could not make ${name} with ${base.executable}:\n${tail(output)}`);
  });
  // JupyterLab runs a CommonJS file of its own by node; without this, the clone's "type": "module" would apply to it.
  writeFileSync(path.join(folder, "package.json"), '{ "type": "commonjs" }\n');
  await step(`Installing JupyterLab into ${name} (pip, about 100 MB)`, async () => {
    // Only files with the recorded hashes are installed, wherever pip finds them.
    const how = ["--quiet", "--no-input", "--prefer-binary", "--require-hashes"];
    const { code, output } = await run(python, ["-m", "pip", "install", ...how, "-r", requirements], { env });
    if (code !== 0) throw new Problem(`pip could not install JupyterLab:\n${tail(output)}`);
  });
  writeFileSync(stamp, wanted());
  return python;
}
