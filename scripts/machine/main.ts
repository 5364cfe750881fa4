/**
 * npm run machine -- [--json] [--chart FILE.svg] [--width 512] [--batches 1,4,16] [--rounds 7] [--seconds 120]
 * Predicted and measured tokens per second of the MoE twin and of dense models of equal active and equal total size, and where the
 * time of a step goes. Two minutes; leave the machine alone meanwhile. --chart draws decoding; --width is D of the models.
 */
import { writeFileSync } from "node:fs";
import os from "node:os";
import { parseArgs } from "node:util";
import { machineFigure, machineText, measureMachine } from "../../lib/notebook/machine/index.js";
import { madeBy } from "../labs/record.js";

try {
  await main();
} catch (error) {
  console.error(`machine: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      chart: { type: "string" },
      width: { type: "string", default: "512" },
      batches: { type: "string", default: "1,4,16" },
      rounds: { type: "string", default: "7" },
      seconds: { type: "string", default: "120" },
    },
  });
  const dModel = Number(values.width);
  if (!(Number.isInteger(dModel) && dModel >= 1))
    throw new RangeError(`--width must be an integer from 1, got ${values.width}`);
  const nHead = Math.max(1, Math.floor(dModel / 64));
  const load = os.loadavg()[0].toFixed(1); // before our own
  const machine = await measureMachine({
    model: { vocabSize: 512, blockSize: 128, nLayer: 4, nHead, dModel, dHidden: 4 * dModel, nExpert: 8, topK: 2 },
    batches: values.batches.split(",").map(Number),
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    watch: (what) => console.error(`measuring ${what} …`),
  });
  const made = { ...madeBy(), load, date: new Date().toISOString().slice(0, 10) };
  const head = Object.entries(made).map(([name, value]) => `${name} ${value}`);
  console.log(
    values.json ? JSON.stringify({ ...made, ...machine }, null, 2) : `${head.join(" · ")}\n\n${machineText(machine)}`,
  );
  if (values.chart) writeFileSync(values.chart, machineFigure(machine, "decode").svg());
}
