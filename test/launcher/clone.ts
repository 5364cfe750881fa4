import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export const project = path.resolve(import.meta.dirname, "../..");

/** A clone in a temporary folder, small enough to set up in two seconds: the project's scripts, one source file, and the
 *  installed packages by a link. `bin` is its whole PATH: what is not put there does not exist. */
export class Clone {
  readonly root = mkdtempSync(path.join(tmpdir(), "twinformer clone ü "));
  readonly bin = path.join(this.root, "bin");
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
