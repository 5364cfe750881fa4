/** Reads one tensor of a checkpoint in a process of its own, and says how much memory that took:
 *  readOne.js <path> <tensor> -> { bytes, sum, peak }, `peak` beyond what the process had before. */

import { Checkpoint } from "../../../lib/nn/state/checkpoint.js";

const [, , path, name] = process.argv;
const peak = (): number => process.resourceUsage().maxRSS * 1024;

const before = peak();
const checkpoint = await Checkpoint.open(path);
const { data } = await checkpoint.read(name);
const after = peak();
let sum = 0;
for (let i = 0; i < data.length; i++) sum += data[i];
console.log(JSON.stringify({ bytes: data.byteLength, sum, peak: after - before }));
