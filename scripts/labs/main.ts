/** `npm run labs [-- NAME…]`: runs the experiments with many seeds, records their rows in assets/labs and checks
 *  what they are said to show; minutes each. A run that was killed goes on where it ended (its rows so far are in build/labs), if
 *  commit, changes, Node and settings are the same. */

import { parseArgs } from "node:util";
import * as ablation from "./ablation.js";
import * as capacity from "./capacity.js";
import * as crossover from "./crossover.js";
import * as collapse from "./collapse.js";
import * as playground from "./playground.js";
import * as specialization from "./specialization.js";
import * as twins from "./twins.js";
import {
  ablationFindings,
  capacityFindings,
  collapseFindings,
  type Finding,
  specializationFindings,
  twinsFindings,
} from "./findings.js";
import { readRecorded } from "./record.js";

const findings: Readonly<Record<string, (rows: never) => Finding[]>> = {
  collapse: collapseFindings,
  capacity: capacityFindings,
  specialization: specializationFindings,
  twins: twinsFindings,
  ablation: ablationFindings,
  playground: () => [], // what each preset shows is in its rows
  crossover: () => [], // who wins depends on the contract: notebook 10 counts it
};

const labs: Readonly<
  Record<string, { run: (print: (line: string) => void, options: crossover.CrossoverOptions) => Promise<void> }>
> = {
  collapse,
  capacity,
  specialization,
  twins,
  ablation,
  playground,
  crossover,
};

/** Whoever trains one shard, or measures times, has no rows yet to check. */
const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    shard: { type: "string" },
    merge: { type: "boolean" },
    time: { type: "boolean" },
    rates: { type: "boolean" },
  },
});
const { shard: given, ...flags } = values;
const shard = given?.split("/").map(Number) as [number, number] | undefined;
const problem = wrong();
if (problem !== null) {
  console.error(problem);
  process.exitCode = 1;
} else {
  for (const name of names.length > 0 ? names : Object.keys(labs)) {
    const started = performance.now();
    await labs[name].run((line) => console.log(`${name}: ${line}`), { ...flags, ...(shard ? { shard } : {}) });
    if (shard || values.time) continue;
    for (const { says, holds } of findings[name](readRecorded(name) as never)) {
      console.log(`${name}: ${holds ? "ok  " : "FAIL"} ${says}`);
      if (!holds) process.exitCode = 1;
    }
    console.log(`${name}: recorded after ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
}

function wrong(): string | null {
  const unknown = names.find((name) => !(name in labs));
  if (unknown !== undefined) return `there is no lab "${unknown}"; the labs are ${Object.keys(labs).join(", ")}`;
  if (Object.keys(values).length > 0 && names.join() !== "crossover")
    return "--shard, --merge and --time are for the lab crossover: npm run labs -- crossover --shard 1/2";
  if (shard && !(shard.length === 2 && shard.every(Number.isInteger) && 1 <= shard[0] && shard[0] <= shard[1]))
    return `--shard must be like 1/2, from 1/n to n/n, got ${given}`;
  return null;
}
