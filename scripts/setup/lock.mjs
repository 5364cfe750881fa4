import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { alive } from "./parent.mjs";
import { Problem, root } from "./run.mjs";

const lock = path.join(root, "build", "setup.lock");
/** A lock that is no more than begun belongs to a process that is writing it, or to one that was killed then. */
const BEING_WRITTEN = 2000;
const PATIENCE = 20 * 60_000;

/** When a process began, in words that no later process with the same id shares; "unknown" where the system does not tell. */
export function birth(pid) {
  try {
    if (process.platform !== "linux") {
      const env = { ...process.env, LC_ALL: "C" };
      const began = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", env });
      return began.trim() || "unknown";
    }
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1"); // "pid (name) state ppid …"; field 22 is the start, in ticks
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()} ${ticks}`;
  } catch {
    return "unknown";
  }
}

/** Tries to own the lock; returns what it says where another process has it. */
function take(file, mine) {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, mine, { flag: "wx" });
    return null;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  return read(file);
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // gone by now, or no file that we may read
  }
}

/** The id of the living process that wrote the lock: 0 where that has ended (another may have its id by now), null where the lock
 *  does not say. */
function ownerOf(text) {
  const [, pid, began] = /^([1-9]\d*) (.+)\n$/.exec(text) ?? [];
  if (!pid) return null;
  if (!alive(Number(pid))) return 0;
  const now = birth(pid);
  return began === "unknown" || now === "unknown" || now === began ? Number(pid) : 0;
}

/** Removes the lock if it still says what it said. */
function remove(file, text) {
  if (read(file) !== text) return;
  try {
    rmSync(file, { force: true, recursive: true });
  } catch (error) {
    throw new Problem(`Cannot remove ${file} (${error.code}): remove it and run the command again.`);
  }
}

/** Runs `work` while no other command of this clone installs or builds: two starts at once would break each other.
 *  @param patience milliseconds to wait for another command at most */
export async function alone(work, { file = lock, patience = PATIENCE } = {}) {
  const mine = `${process.pid} ${birth(process.pid)}\n`;
  const since = performance.now();
  let [last, unchangedSince, told] = [null, since, false];
  for (let text = take(file, mine); text !== null; text = take(file, mine)) {
    const now = performance.now();
    if (text !== last) [last, unchangedSince] = [text, now];
    const owner = ownerOf(text);
    if (owner === 0 || (owner === null && now - unchangedSince > BEING_WRITTEN)) {
      remove(file, text);
      continue;
    }
    if (now - since > patience) {
      throw new Problem(
        `Process ${owner} has been setting this clone up for over ${Math.round(patience / 60_000)} minutes: end it, or remove ${file} if that process is no command of this clone, and run the command again.`,
      );
    }
    if (!told && owner !== null) {
      console.log(`Waiting for process ${owner}, which is setting this clone up …`);
      told = true;
    }
    await sleep(200);
  }
  const release = () => remove(file, mine);
  process.on("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}
