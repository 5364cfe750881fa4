import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A Python that has a module (PYTHON names another than python3), or a sentence that says that there is none. */
export function pythonWith(name: string, print: (line: string) => void): string | null {
  const python = process.env.PYTHON ?? "python3";
  if (spawnSync(python, ["-c", `import ${name}`], { stdio: "ignore" }).status === 0) return python;
  print(`${name}: ${python} has no ${name}, so it is not compared (PYTHON=… names another Python)`);
  return null;
}

/** A Python program on one thread, in a process of its own that waits while others are timed: a line of JSON asks it something,
 *  and it answers with a line. */
export class PythonPeer {
  readonly #script: string;
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string, undefined>;

  constructor(python: string, script: string, ...args: string[]) {
    this.#script = script;
    const threads = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
    this.#process = spawn(python, [fileURLToPath(new URL(script, import.meta.url)), ...args], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...threads },
    });
    this.#answers = createInterface(this.#process.stdout!)[Symbol.asyncIterator]();
  }

  async ask(question: unknown): Promise<string> {
    this.#process.stdin!.write(`${JSON.stringify(question)}\n`);
    const answer: IteratorResult<string, undefined> = await this.#answers.next();
    if (answer.done) throw new Error(`${this.#script} ended; see its message above`);
    return answer.value;
  }

  stop(): void {
    this.#process.stdin!.end();
  }
}
