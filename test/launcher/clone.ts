import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export const project = path.resolve(import.meta.dirname, "../..");

/** A clone in a temporary folder, small enough to set up in two seconds: the project's scripts, one source file, and the
 *  installed packages by a link. `bin` is its whole PATH: what is not put there does not exist. */
export class Clone {
  root = mkdtempSync(path.join(tmpdir(), "twinformer clone ü "));
  bin = path.join(this.root, "bin");
  private readonly runs: Run[] = [];

  /** @param seed a clone of the same test file that was built already: its dist/ is taken over */
  constructor(seed?: Clone) {
    for (const name of [
      "scripts",
      "jupyter",
      "package.json",
      "package-lock.json",
      "tsconfig.json",
      "tsconfig.build.json",
    ]) {
      cpSync(path.join(project, name), path.join(this.root, name), { recursive: true });
    }
    symlinkSync(path.join(project, "node_modules"), path.join(this.root, "node_modules"));
    for (const folder of ["bin", "lib", "notebooks"]) mkdirSync(path.join(this.root, folder));
    this.write("lib/index.ts", "export const answer = 42;\n");
    if (seed) cpSync(path.join(seed.root, "dist"), path.join(this.root, "dist"), { recursive: true });
    this.write("bin/package.json", '{ "type": "commonjs" }\n');
    symlinkSync(process.execPath, path.join(this.bin, "node"));
    for (const tool of ["sh", "env", "ps"]) symlinkSync(`/usr/bin/${tool}`, path.join(this.bin, tool));
  }

  write(file: string, text: string) {
    mkdirSync(path.dirname(path.join(this.root, file)), { recursive: true });
    writeFileSync(path.join(this.root, file), text);
  }

  /** Puts a program on the clone's PATH. */
  program(name: string, text: string) {
    this.write(`bin/${name}`, text);
    chmodSync(path.join(this.bin, name), 0o755);
  }

  /** Says that the folder has another name now. */
  movedTo(root: string) {
    this.root = root;
    this.bin = path.join(root, "bin");
  }

  async remove() {
    for (const run of this.runs) run.child.kill(); // a test that failed half-way leaves its command running
    await Promise.all(this.runs.map((run) => run.code));
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Runs a program of Node in the clone. `env` is added to a bare environment. */
  run(args: string[], env: Record<string, string> = {}) {
    const run = new Run(this.root, args, { PATH: this.bin, HOME: this.root, ...env });
    this.runs.push(run);
    return run;
  }
}

/** A command that was started: its output so far, and its end. */
export class Run {
  output = "";
  readonly child: ChildProcess;
  readonly code: Promise<number>;

  constructor(cwd: string, args: string[], env: Record<string, string | undefined>) {
    this.child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (this.output += text));
    }
    this.code = new Promise((resolve) => this.child.on("close", (code, signal) => resolve(code ?? (signal ? 128 : 1))));
  }

  /** Waits for a text in the output; rejects with the output where the command ends without it. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    let ended = false;
    void this.code.then(() => (ended = true));
    for (;;) {
      const found = pattern.exec(this.output);
      if (found) return found;
      if (ended) throw new Error(`ended without printing ${pattern}:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Runs one of the project's own commands, as `npm run` does but without npm. */
export const command = (args: string[], env: Record<string, string> = {}) =>
  new Run(project, args, { ...process.env, ...env });

/** A program that stands in for a Python: it says which JupyterLab it has (null: none), can make environments, whose Python
 *  has one, and as JupyterLab answers on the port that it is given and writes the file that tells so. */
export const jupyterPython = ({ lab }: { lab: string | null }) => `#!/usr/bin/env node
const fs = require("node:fs");
const { env, argv, pid } = process;
const [, , flag, task, ...rest] = argv;
if (flag === "-c") {
  console.log(JSON.stringify({ version: [3, 12], executable: __filename, lab: ${JSON.stringify(lab)}, venv: true }));
  process.exit();
}
if (task === "venv") {
  const bin = rest.at(-1) + "/bin";
  fs.mkdirSync(bin, { recursive: true });
  const inside = fs.readFileSync(__filename, "utf8").replace("lab: null", 'lab: "4.4.0"');
  fs.writeFileSync(bin + "/python", inside, { mode: 0o755 });
  process.exit();
}
if (task === "pip") {
  if (env.FAKE_PIP) console.error("no network");
  process.exit(env.FAKE_PIP ? 1 : 0);
}
if (env.FAKE_CRASH) {
  console.error("ImportError: no module named tornado");
  process.exit(3);
}
const option = (name) => argv.find((arg) => arg.startsWith("--ServerApp." + name + "="))?.split("=").pop();
let port = Number(option("port"));
const server = require("node:http").createServer((request, response) => {
  response.statusCode = request.headers.authorization === "token " + env.JUPYTER_TOKEN ? 200 : 403;
  response.end("{}");
});
server.on("error", () => (option("port_retries") === "0" ? process.exit(1) : server.listen(++port, option("ip"))));
server.listen(port, option("ip"));
server.on("listening", () => {
  const url = "http://127.0.0.1:" + port + "/";
  const about = { url, port, pid, token: env.JUPYTER_TOKEN };
  const file = env.JUPYTER_RUNTIME_DIR + "/jpserver-" + pid;
  fs.mkdirSync(env.IPYTHONDIR, { recursive: true });
  fs.writeFileSync(file + "-open.html", url + "?token=" + env.JUPYTER_TOKEN, { mode: 0o644 }); // as the real one does
  fs.writeFileSync(file + ".json", JSON.stringify(about), { mode: 0o600 });
  fs.writeFileSync("asked.json", JSON.stringify({ argv: argv.slice(2), path: env.JUPYTER_PATH, names: Object.keys(env) }));
});
process.on("SIGTERM", () => { fs.writeFileSync("ended", ""); process.exit(0); });
`;
