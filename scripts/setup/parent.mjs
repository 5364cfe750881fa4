import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The process id of the npm that runs us, or null. Between npm and us there may be a shell, which passes no signal on. */
function npmProcess() {
  if (!process.env.npm_lifecycle_event || process.platform === "win32") return null;
  try {
    const about = execFileSync("ps", ["-o", "ppid=,comm=", "-p", String(process.ppid)], { encoding: "utf8" });
    const [, above, name] = /^\s*(\d+)\s+(.*)$/m.exec(about);
    return /(^|\/)-?(sh|dash|bash|zsh|ash|ksh)$/.test(name.trim()) ? Number(above) : process.ppid;
  } catch {
    return null; // no `ps` here
  }
}

/** Is there a process of this id that has not ended? */
export function alive(pid) {
  try {
    if (/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"))) return false; // ended, and nobody has asked how
  } catch {
    // a system without /proc
  }
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Ends this process in order, as by a signal, soon after npm or the shell that npm started us by has gone. */
export function endWithNpm() {
  const npm = npmProcess();
  const parent = process.ppid;
  if (npm === null) return;
  const gone = () => process.ppid !== parent || !alive(npm);
  const watch = setInterval(() => {
    if (!gone()) return;
    clearInterval(watch); // once: a second signal means impatience
    process.kill(process.pid, "SIGTERM");
  }, 500).unref();
}
