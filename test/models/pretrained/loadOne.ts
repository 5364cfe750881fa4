/** Loads a model in a process of its own, and says how much memory that took: loadOne.js <folder> -> { parameters, sum, peak }, `peak`
 *  in bytes beyond what the process had before. */

import { loadPretrained } from "../../../lib/models/pretrained/index.js";

const [, , folder] = process.argv;
const peak = (): number => process.resourceUsage().maxRSS * 1024;

const before = peak();
const { model } = await loadPretrained(folder);
const after = peak();
let sum = 0;
for (const x of model.parameters()) for (const value of x.toTypedArray()) sum += value;
console.log(JSON.stringify({ parameters: model.totalParameters(), sum, peak: after - before }));
