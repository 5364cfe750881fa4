import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./run.mjs";

const file = path.join(root, "build", "setup.lock");

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Tries to own the lock; returns the process id of the owner where another one is alive. */
function take() {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return null;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  const owner = Number(readFileSync(file, "utf8"));
  if (alive(owner)) return owner;
  rmSync(file, { force: true }); // left by a process that was killed
  return take();
}

/** Runs `work` while no other command of this clone installs or builds: two starts at once would break each other. */
export async function alone(work) {
  for (let owner = take(), told = false; owner !== null; owner = take()) {
    if (!told) console.log(`Waiting for process ${owner}, which is setting this clone up …`);
    told = true;
    await sleep(200);
  }
  const release = () => rmSync(file, { force: true });
  process.on("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}
