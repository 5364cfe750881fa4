/** The worker that runs the cells of a page. A page that has been waiting for it too long ends it and starts another. */

import { inspect } from "node-inspect-extracted";
import { Session } from "../cells/session.js";
import type { Failure, Order, Report } from "../messages.js";
import { fetchNow, Files } from "./files.js";
import { moduleLoader } from "./modules.js";
import { nodeShim, type NodeShim } from "./node.js";
import { consoleOn, displaysOn, outputTo } from "./output.js";
import { quickTurns } from "./turns.js";

/** Milliseconds in which a loop may end in good order. */
const GRACE = 1500;

const report = (said: Report): void => postMessage(said);
const output = outputTo(report);
const here = globalThis as Record<string, unknown>;
const files = new Files(new URL(".", location.href).href, fetchNow);

let session: Session;
let node: NodeShim;
/** Ends the cell that runs now, where nothing else listens to the stop button. */
let end: ((error: Error) => void) | null = null;

class Interrupted extends Error {
  override readonly name = "Interrupted";
}

function start(environment: Readonly<Record<string, string>>): void {
  node = nodeShim(files, environment);
  here.process = node.process;
  Object.assign(console, consoleOn(output));
  const kernel = displaysOn(output, report);
  here.__tslab__ = { require: (id: string) => (id === "tslab" ? kernel : node.builtIn(id)) };
  quickTurns();
  const load = moduleLoader((name) => (name === "tslab" ? kernel : node.builtIn(name)));
  session = new Session(load, () => stopped);
  report({ type: "ready", threads: crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency || 1) : 1 });
}

let stopped = false;

async function run(cell: string, source: string): Promise<void> {
  output.cell = cell;
  stopped = false;
  report({ type: "began", cell });
  let failed: Failure | null = null;
  let names: readonly string[] = [];
  try {
    const interrupted = new Promise<never>((_, reject) => (end = reject));
    const { value, defines } = await Promise.race([session.run(source, cell), interrupted]);
    names = defines;
    if (value !== undefined && value !== null) console.log(value);
  } catch (error) {
    failed = failureOf(error);
  }
  end = null;
  output.flush();
  report({ type: "ended", cell, failed, names });
}

function failureOf(error: unknown): Failure {
  const isError = error instanceof Error;
  return {
    sentence: isError ? `${error.name}: ${error.message}` : `thrown: ${inspect(error)}`,
    place: session.placeOf(error),
    stack: isError ? (error.stack ?? "") : "",
    interrupted: error instanceof Interrupted,
  };
}

function stop(): void {
  stopped = true;
  if (node.interrupt()) return;
  // A loop that waits ends at its next step; a cell without one is left behind.
  const ends = end;
  setTimeout(() => {
    if (end === ends) ends?.(new Interrupted("stopped by you; what this cell declares is not known to later cells"));
  }, GRACE);
}

let queue: Promise<void> = Promise.resolve();

addEventListener("message", ({ data }: MessageEvent<Order>) => {
  if (data.type === "start" || data.type === "files") files.add(data.files);
  if (data.type === "start") start(data.environment);
  else if (data.type === "run") queue = queue.then(() => run(data.cell, data.source));
  else if (data.type === "stop") stop();
  else if (data.type === "ping") report({ type: "pong", number: data.number });
});

// A promise that nobody awaits fails below the cell that runs, or ran last, as in the notebook.
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  output.write("stderr", `${String(event.reason instanceof Error ? event.reason : inspect(event.reason))}\n`);
});
