import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Generator } from "../../../lib/index.js";
import { RunFolder } from "../../../lib/train/index.js";
import { stages, type Task } from "./saved.js";

/** A process takes two seconds to start, and many more where the machine is busy. */
const PATIENCE = 900_000;

const root = mkdtempSync(path.join(tmpdir(), "twinformer-kill-"));
afterAll(() => rmSync(root, { recursive: true }));

const started = (task: Task): ReturnType<typeof spawn> =>
  spawn(
    process.execPath,
    ["--import", "tsx", fileURLToPath(new URL("child.ts", import.meta.url)), JSON.stringify(task)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );

/** The signal that ended the process, or its code. */
async function endOf(child: ReturnType<typeof spawn>): Promise<string | number> {
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal ?? code!;
}

const filesOf = (name: string): Omit<Task, "kill"> => ({
  folder: path.join(root, name),
  log: path.join(root, `${name}.log`),
  result: path.join(root, `${name}.json`),
});

/** The row of each step that was logged last; rows that two processes logged must agree. */
function rowsOf({ log }: Pick<Task, "log">): string[] {
  const rows: string[] = [];
  for (const line of readFileSync(log, "utf8").trimEnd().split("\n")) {
    const { step } = JSON.parse(line) as { step: number };
    expect(rows[step - 1] ?? line).toBe(line);
    rows[step - 1] = line;
  }
  return rows;
}

describe("a run that is killed", () => {
  const straight = { ...filesOf("straight"), folder: null };
  beforeAll(async () => expect(await endOf(started(straight))).toBe(0), PATIENCE);

  const expectSame = (task: Omit<Task, "kill">): void => {
    expect(rowsOf(task)).toEqual(rowsOf(straight));
    expect(readFileSync(task.result, "utf8")).toBe(readFileSync(straight.result, "utf8"));
  };

  it(
    "at every stage of a save goes on each time, and ends with the same rows and bits",
    async () => {
      const task = filesOf("stages");
      for (const stage of stages) {
        expect(await endOf(started({ ...task, kill: { stage, save: 3 } }))).toBe("SIGKILL");
        const found = await new RunFolder(task.folder!).newest();
        expect(found?.note ?? null, stage).toBeNull(); // what has the name of a save is whole
      }
      expect(await endOf(started(task))).toBe(0);
      expect(readdirSync(task.folder!)).toEqual(["run-00000023.safetensors", "run-00000024.safetensors"]);
      expectSame(task);
    },
    PATIENCE,
  );

  it(
    "at random moments of its saves goes on each time, and ends with the same rows and bits",
    async () => {
      const task = filesOf("moments");
      const rng = new Generator(process.pid);
      let [kills, halves] = [0, 0];
      while (kills < 12) {
        const child = started(task);
        let waits = 1 + rng.below(2);
        const delay = 20 * rng.uniform();
        child.stdout!.on("data", () => {
          if (--waits === 0) setTimeout(() => child.kill("SIGKILL"), delay);
        });
        if ((await endOf(child)) === 0) break; // all steps were done before it was killed
        kills++;
        if (readdirSync(task.folder!).some((name) => name.endsWith(".part"))) halves++;
      }
      expect(await endOf(started(task))).toBe(0);
      console.info(`${kills} kills, ${halves} of them before a save had its name`);
      expectSame(task);
    },
    PATIENCE,
  );
});
