/** `npm run labs [-- NAME…]`: runs the experiments with many seeds and records their rows in assets/labs; minutes each. */

import * as capacity from "./capacity.js";
import * as collapse from "./collapse.js";
import * as specialisation from "./specialisation.js";
import * as twins from "./twins.js";

const labs: Readonly<Record<string, { run: (print: (line: string) => void) => Promise<void> }>> = {
  collapse,
  capacity,
  specialisation,
  twins,
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
    console.log(`${name}: recorded after ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
}
