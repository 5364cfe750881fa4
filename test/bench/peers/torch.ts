import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Clock, TimedContender } from "../measure.js";

/** A Python with torch (PYTHON names another than python3), or a sentence that says that there is none. */
export function findTorch(print: (line: string) => void): string | null {
  const python = process.env.PYTHON ?? "python3";
  if (spawnSync(python, ["-c", "import torch"], { stdio: "ignore" }).status === 0) return python;
  print(`torch: ${python} has no torch, so it is not compared (PYTHON=… names another Python)`);
  return null;
}

/** PyTorch on one thread, in a process of its own that waits while others are timed: it reads how many steps to run and
 *  answers with milliseconds per step. */
export class TorchStep implements TimedContender {
  readonly name = "torch";
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string, undefined>;

  constructor(python: string, config: object, clock: Clock) {
    const script = fileURLToPath(new URL("step_torch.py", import.meta.url));
    this.#process = spawn(python, [script, JSON.stringify({ ...config, clock })], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, OMP_NUM_THREADS: "1" },
    });
    this.#answers = createInterface(this.#process.stdout!)[Symbol.asyncIterator]();
  }

  async time(repeats: number): Promise<number> {
    this.#process.stdin!.write(`${repeats}\n`);
    const answer: IteratorResult<string, undefined> = await this.#answers.next();
    if (answer.done) throw new Error("step_torch.py ended; see its message above");
    return Number(answer.value);
  }

  stop(): void {
    this.#process.stdin!.end();
  }
}
