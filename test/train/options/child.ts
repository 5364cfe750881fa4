/** Calls everything of the table with every value, a line before and a line after each call: the process that starts this can tell which call
 *  does not come back, which no test in the same thread could. */

import { writeSync } from "node:fs";
import { cases, values } from "./cases.js";

/** One call: what became of it, and the processor's time in milliseconds. */
export interface Outcome {
  name: string;
  option: string;
  value: string;
  says: string;
  error: { type: string; message: string } | null;
  ms: number;
}

const tell = (line: object): unknown => writeSync(1, `${JSON.stringify(line)}\n`);

for (const [name, list] of Object.entries(cases)) {
  for (const [option, call, says = name] of list) {
    for (const value of values) {
      const called = { name, option, value: typeof value === "string" ? `"${value}"` : String(value), says };
      tell(called);
      const before = process.cpuUsage();
      let error: Outcome["error"] = null;
      try {
        await call(value as never);
      } catch (thrown) {
        const { name: type, message } = thrown as Error;
        error = { type, message };
      }
      const { user, system } = process.cpuUsage(before);
      tell({ ...called, error, ms: (user + system) / 1000 } satisfies Outcome);
    }
  }
}
