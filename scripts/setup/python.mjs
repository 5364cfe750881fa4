import { existsSync, readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { makeEnvironment, ownPython } from "./environment.mjs";
import { Problem, run } from "./run.mjs";

const windows = process.platform === "win32";
const oldest = [3, 10];

/** Prints one line of JSON about the Python that runs it. Must parse on Python 2, which is what `python` may be. */
const probe = `
import json, sys
about = {"version": list(sys.version_info[:2]), "executable": sys.executable, "lab": None, "venv": False}
try:
    import venv, ensurepip
    about["venv"] = True
except ImportError:
    pass
try:
    import jupyterlab, nbclient, nbconvert
    about["lab"] = jupyterlab.__version__
except Exception:
    pass
print(json.dumps(about))
`;

async function ask(command, args = []) {
  // Asking leaves no bytecode behind in an environment of the user's.
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  const { code, output } = await run(command, [...args, "-c", probe], { env });
  if (code !== 0) return null;
  try {
    return JSON.parse(output.trim().split("\n").pop());
  } catch {
    return null;
  }
}

const newEnough = ({ version }) => version[0] > oldest[0] || (version[0] === oldest[0] && version[1] >= oldest[1]);
const usable = (about) => about && newEnough(about) && /^4\./.test(about.lab ?? "");

/** The interpreter in the first line of the \`jupyter\` on PATH, which may be one that no \`python\` leads to (pipx, conda). */
function jupyterPython() {
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    const file = path.join(folder, "jupyter");
    if (!folder || !existsSync(file)) continue;
    const beside = path.join(path.dirname(realpathSync(file)), "python");
    const named = /^#!\s*(\S*python[\d.]*)\s*$/m.exec(readFileSync(file, "latin1").split("\n", 1)[0])?.[1];
    return [named, beside].filter((python) => python && existsSync(python)).map((python) => [python, []]);
  }
  return [];
}

const onPath = () =>
  windows
    ? [
        ["py", ["-3"]],
        ["python", []],
        ["python3", []],
      ]
    : ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"].map((name) => [
        name,
        [],
      ]);

/** The Python to run Jupyter with: the clone's own, else one that has JupyterLab 4 already; null where there is neither.
 *  TWINFORMER_PYTHON names one and ends the search. */
export async function findPython() {
  const named = process.env.TWINFORMER_PYTHON;
  if (named) {
    if (usable(await ask(named))) return named;
    throw new Problem(
      `TWINFORMER_PYTHON is ${named}, which is no Python >= 3.10 with JupyterLab 4, nbclient and nbconvert.`,
    );
  }
  const own = ownPython();
  if (own) return own;
  for (const [command, args] of [...jupyterPython(), ...onPath().slice(0, 3)]) {
    const about = await ask(command, args);
    if (usable(about)) return about.executable;
  }
  return null;
}

/** Makes the clone's own environment with the pinned JupyterLab, from the newest suitable Python that PATH leads to. */
export async function makePython() {
  const found = [];
  let base = null;
  for (const [command, args] of onPath()) {
    const about = await ask(command, args);
    if (!about) continue;
    found.push(`${command} is ${about.version.join(".")}`);
    if (newEnough(about) && (about.venv || !base)) base = about;
    if (base?.venv) break;
  }
  if (!base) {
    const seen = found.length ? `only an older one was found (${found.join(", ")})` : "none was found";
    throw new Problem(
      `JupyterLab needs Python 3.10 or newer, and ${seen}: install it from https://www.python.org/downloads/ or by your package manager (Debian, Ubuntu: sudo apt install python3 python3-venv) and run the command again.`,
    );
  }
  if (!base.venv) {
    throw new Problem(
      `${base.executable} cannot make virtual environments: install its venv module (Debian, Ubuntu: sudo apt install python3-venv) and run the command again.`,
    );
  }
  return makeEnvironment(base);
}
