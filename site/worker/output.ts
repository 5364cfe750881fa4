/** What cells write: a console that speaks as Node's does, and the displays of a kernel. */

import { formatWithOptions, inspect } from "node-inspect-extracted";
import type { Report, Stream } from "../messages.js";

export interface Output {
  /** The cell that runs now: what is written belongs to it. */
  cell: string;
  write(stream: Stream, text: string): void;
  /** What is still held back is said now. */
  readonly flush: () => void;
}

/** Text is said in one piece for each turn of the worker: a cell that prints a thousand lines is one message. */
export function outputTo(report: (report: Report) => void): Output {
  let held: { cell: string; stream: Stream; text: string } | null = null;
  const output: Output = {
    cell: "",
    write(stream, text) {
      if (held && (held.stream !== stream || held.cell !== output.cell)) output.flush();
      if (!held) {
        held = { cell: output.cell, stream, text: "" };
        queueMicrotask(output.flush);
      }
      held.text += text;
      if (held.text.length > 1e5) output.flush();
    },
    flush: () => {
      if (held) report({ type: "text", ...held });
      held = null;
    },
  };
  return output;
}

/** console, its words formatted as in Node. */
export function consoleOn(output: Output): Partial<Console> {
  let depth = 0;
  const say =
    (stream: Stream) =>
    (...values: unknown[]): void => {
      const text = formatWithOptions({}, ...(values as [unknown]));
      // A figure shows itself, and leaves no words.
      output.write(stream, `${text.replace(/^/gm, "  ".repeat(depth))}\n`);
    };
  const [log, error] = [say("stdout"), say("stderr")];
  const times = new Map<string, number>();
  return {
    ...{ log, info: log, debug: log, error, warn: error },
    trace: (...values: unknown[]) => error("Trace:", ...values),
    dir: (value, options) => output.write("stdout", `${inspect(value, options as object)}\n`),
    table: (value) => log(value),
    assert: (holds?: boolean, ...values: unknown[]) => {
      if (!holds) error("Assertion failed", ...values);
    },
    group: (...values: unknown[]) => {
      if (values.length > 0) log(...values);
      depth++;
    },
    groupEnd: () => void (depth = Math.max(0, depth - 1)),
    time: (label = "default") => void times.set(label, performance.now()),
    timeEnd: (label = "default") => log(`${label}: ${(performance.now() - (times.get(label) ?? 0)).toFixed(3)}ms`),
  };
}

/** The part of tslab that the library asks for. */
export function displaysOn(output: Output, report: (report: Report) => void) {
  let made = 0;
  return {
    newDisplay() {
      const display = ++made;
      const { cell } = output; // that which runs now: a loop that was left behind writes where it began
      return {
        html(html: string): void {
          output.flush();
          report({ type: "html", cell, display, html });
        },
      };
    },
  };
}
