import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { alone, birth } from "../../scripts/setup/lock.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "twinformer-lock-"));
let file: string;
let others: ChildProcess[];
beforeEach(() => {
  file = path.join(mkdtempSync(path.join(folder, "clone-")), "build/setup.lock");
  mkdirSync(path.dirname(file));
  others = [];
});
afterEach(() => {
  for (const other of others) other.kill("SIGKILL");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Another process, that lives until the test ends. */
function other(): number {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  others.push(child);
  return child.pid!;
}

/** What the lock says while this process has it: its id, and when it began. */
const mine = (patience?: number) =>
  alone(() => Promise.resolve(readFileSync(file, "utf8")), patience ? { file, patience } : { file });

test("the lock is there while the work is done, names its owner, and is gone afterwards, also where the work fails", async () => {
  expect(await mine()).toMatch(new RegExp(`^${process.pid} .+\\n$`));
  expect(existsSync(file)).toBe(false);
  await expect(alone(() => Promise.reject(new Error("no")), { file })).rejects.toThrow("no");
  expect(existsSync(file)).toBe(false);
});

test.concurrent.each([
  ["nothing", ""],
  ["process 0", "0"],
  ["process 0, with a time", "0 somewhen\n"],
  ["a negative id", "-1 somewhen\n"],
  ["no number", "NaN\n"],
  ["half of a line", `${process.pid} 8f3a`],
  ["an id of another program, without a time", "1"],
  ["an id of another program, as an earlier version wrote it", `${process.ppid}\n`],
  ["a huge id", "99999999999999999999 x\n"],
  ["a process that is gone", "999999999 somewhen\n"],
  ["the id of another program, at another time", "1 somewhen\n"],
  ["our own id, at another time", `${process.pid} somewhen\n`],
  ["bytes", "\0\0\0\0\ufffd"],
])("a lock that holds %s is taken within seconds", async (_, text) => {
  const file = path.join(mkdtempSync(path.join(folder, "one-")), "setup.lock");
  writeFileSync(file, text);
  const since = performance.now();
  expect(await alone(() => Promise.resolve(readFileSync(file, "utf8")), { file })).toMatch(
    new RegExp(`^${process.pid} `),
  );
  expect(performance.now() - since).toBeLessThan(8000);
  expect(existsSync(file)).toBe(false);
});

test("a folder in the lock's place is taken, too", async () => {
  mkdirSync(file);
  expect(await mine()).toMatch(new RegExp(`^${process.pid} `));
});

test("a living owner is waited for, by name; with patience at its end one sentence names the process and the file", async () => {
  const pid = other();
  writeFileSync(file, `${pid} ${birth(pid)}\n`);
  await expect(mine(1000)).rejects.toThrow(`Process ${pid} has been setting this clone up`);
  await expect(mine(500)).rejects.toThrow(file);
  setTimeout(() => others[0].kill("SIGKILL"), 500);
  expect(await mine(20_000)).toMatch(new RegExp(`^${process.pid} `));
});

test("many at once take turns", async () => {
  let working = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++working);
    await new Promise((resolve) => setTimeout(resolve, 20));
    working--;
  };
  await Promise.all(Array.from({ length: 5 }, () => alone(work, { file })));
  expect(most).toBe(1);
});

test("what another took meanwhile is not released", async () => {
  const replace = () => {
    writeFileSync(file, "another's");
    return Promise.resolve();
  };
  await alone(replace, { file });
  expect(readFileSync(file, "utf8")).toBe("another's");
});
