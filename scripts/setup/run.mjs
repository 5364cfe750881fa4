import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { endWithNpm } from "./parent.mjs";

/** The clone's top folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** Something the user can mend: printed as its one sentence, without a stack. */
export class Problem extends Error {
  name = "Problem";
}

const children = new Set();
// A command that is ended takes what it started with it.
process.on("exit", () => children.forEach((child) => child.kill()));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    // A command that ends more gently (scripts/start.mjs) has a handler of its own.
    if (process.listenerCount(signal) === 1) process.exit(signal === "SIGINT" ? 130 : 143);
  });
}

endWithNpm();

/** Runs a program to its end. Resolves to { code, output }; `output` is stdout and stderr as they came.
 *  A program that cannot be started has code 127. @param options.show passes the output through as it comes.
 *  @returns {Promise<{ code: number, output: string }>} */
export function run(command, args, { cwd = root, env = process.env, show = false, log = null } = {}) {
  return new Promise((resolve) => {
    if (log) mkdirSync(path.dirname(log), { recursive: true });
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
    let output = "";
    const take = (text) => {
      output += text;
      if (show) process.stdout.write(text);
      if (log) appendFileSync(log, text);
    };
    children.add(child);
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.on("error", (error) => {
      children.delete(child);
      resolve({ code: 127, output: error.message });
    });
    child.on("close", (code) => {
      children.delete(child);
      resolve({ code: code ?? 1, output });
    });
  });
}

/** Runs npm, by the same Node and the same npm that run us where npm started us. */
export function npm(args, options) {
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.c?js$/.test(script)) return run(process.execPath, [script, ...args], options);
  return process.platform === "win32" ? run("cmd", ["/c", "npm", ...args], options) : run("npm", args, options);
}

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** A progress line for a long step: says what begins, and how many seconds it took. */
export async function step(title, work) {
  const since = performance.now();
  process.stdout.write(`${title} … `);
  try {
    const result = await work();
    console.log(seconds(since));
    return result;
  } catch (error) {
    console.log(`failed after ${seconds(since)}`);
    throw error;
  }
}

/** The last lines of a long output, for a sentence that has to show why something failed. */
export const tail = (text, lines = 25) => text.trimEnd().split("\n").slice(-lines).join("\n");
