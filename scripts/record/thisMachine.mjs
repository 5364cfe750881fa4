import { spawnSync } from "node:child_process";
import os from "node:os";
import { root } from "../setup/run.mjs";

/** What a measurement is said with: where, with what, at which commit and when. */
export function thisMachine() {
  const git = (...args) => spawnSync("git", ["-C", root, ...args], { encoding: "utf8" });
  const head = git("rev-parse", "--short", "HEAD");
  const dirty = git("status", "--porcelain").stdout !== "";
  return {
    cpu: `${os.cpus()[0]?.model ?? "unknown"} × ${os.availableParallelism()}`,
    node: process.version,
    v8: process.versions.v8,
    commit: head.status === 0 ? head.stdout.trim() + (dirty ? "+changes" : "") : "none",
    // Above the number of processors, something else was running: look at the spread before the medians.
    load: os.loadavg()[0].toFixed(1),
    date: new Date().toISOString().slice(0, 10),
  };
}
