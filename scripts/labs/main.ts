/** `npm run labs [-- NAME…]`: runs the experiments with many seeds, records their rows in assets/labs and checks
 *  what they are said to show; minutes each. A run that was killed goes on where it ended (its rows so far are in build/labs), if
 *  commit, changes, Node and settings are the same. */

import * as ablation from "./ablation.js";
import * as capacity from "./capacity.js";
import * as collapse from "./collapse.js";
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
};

const labs: Readonly<Record<string, { run: (print: (line: string) => void) => Promise<void> }>> = {
  collapse,
  capacity,
  specialization,
  twins,
  ablation,
};

const names = process.argv.slice(2);
const unknown = names.find((name) => !(name in labs));
if (unknown !== undefined) {
  console.error(`there is no lab "${unknown}"; the labs are ${Object.keys(labs).join(", ")}`);
  process.exitCode = 1;
} else {
  for (const name of names.length > 0 ? names : Object.keys(labs)) {
    const started = performance.now();
    await labs[name].run((line) => console.log(`${name}: ${line}`));
    for (const { says, holds } of findings[name](readRecorded(name) as never)) {
      console.log(`${name}: ${holds ? "ok  " : "FAIL"} ${says}`);
      if (!holds) process.exitCode = 1;
    }
    console.log(`${name}: recorded after ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
}
