/** The learning rate of each contender: one rate for all would favor whoever it happens to suit. From `START` it is doubled or halved
 *  for as long as the loss gets lower, with a seed that the lab itself does not use. */

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Corpus } from "../../../lib/data/index.js";
import { crossoverConfig, type CrossoverModel } from "../../../lib/notebook/crossover/index.js";
import { TrainingError } from "../../../lib/train/index.js";
import { writeWhole } from "../parts.js";
import { madeBy, root } from "../record.js";
import { trainOne } from "./run.js";
import { CONTENDERS, PLAN, START } from "./settings.js";

/** Validation loss of a contender after a short training; null where it fell apart. */
export interface RateRow extends CrossoverModel {
  readonly rate: number;
  readonly valLoss: number | null;
}

const STEPS = 500;
const SEED = 4;
const FOLDER = path.join(root, "build/labs/crossover/rates");
const FILE = path.join(root, "assets/labs/crossover-rates.json");

/** Tries rates of every contender of a shard; whoever finds all of them done records them. */
export async function tryRates(
  text: Corpus,
  [index, count]: readonly [number, number],
  print: (line: string) => void,
): Promise<void> {
  const all: RateRow[] = [];
  let missing = 0;
  for (const [i, one] of CONTENDERS.entries()) {
    const file = path.join(FOLDER, `${one.contender}-${one.width}-${one.size}.json`);
    if (!existsSync(file) && i % count === index - 1) {
      const rows = await descend(one, text);
      writeWhole(file, JSON.stringify(rows));
      print(`${one.contender} D${one.width} x${one.size}: ${rows.map((r) => `${r.rate} ${r.valLoss}`).join(", ")}`);
    }
    if (existsSync(file)) all.push(...(JSON.parse(readFileSync(file, "utf8")) as RateRow[]));
    else missing++;
  }
  if (missing > 0) {
    print(`${missing} contenders are missing`);
    return;
  }
  const head = { command: "npm run labs -- crossover --rates", ...madeBy(), steps: STEPS, seeds: [SEED] };
  const lines = all.map((row) => `    ${JSON.stringify(row)}`).join(",\n");
  writeWhole(FILE, `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "rows": [\n${lines}\n  ]\n}\n`);
}

/** Rows in rising order of the rate: the lowest loss is never at an end of them. */
async function descend(one: CrossoverModel, text: Corpus): Promise<RateRow[]> {
  const tried = new Map<number, RateRow>();
  const lossAt = async (rate: number): Promise<number> => {
    if (!tried.has(rate)) tried.set(rate, { ...one, rate, valLoss: await lossAfter(one, text, rate) });
    return tried.get(rate)!.valLoss ?? Infinity;
  };
  let best = START;
  for (let better = true; better;) {
    better = false;
    for (const rate of [2 * best, best / 2]) {
      if ((await lossAt(rate)) >= (await lossAt(best))) continue;
      [best, better] = [rate, true];
      break;
    }
  }
  return [...tried.values()].sort((a, b) => a.rate - b.rate);
}

async function lossAfter(one: CrossoverModel, text: Corpus, lr: number): Promise<number | null> {
  try {
    const plan = { ...PLAN, steps: STEPS, evalEvery: STEPS, lr, minLr: lr, seed: SEED };
    return (await trainOne(crossoverConfig(one), text, plan)).at(-1)!.valLoss;
  } catch (error) {
    if (error instanceof TrainingError) return null;
    throw error;
  }
}

/** What was recorded: of each contender the rate with the lowest loss. */
export function bestRates(): RateRow[] {
  const { rows } = JSON.parse(readFileSync(FILE, "utf8")) as { rows: RateRow[] };
  return CONTENDERS.map((one) =>
    rows.filter((row) => isOf(row, one)).reduce((a, b) => ((b.valLoss ?? Infinity) < (a.valLoss ?? Infinity) ? b : a)),
  );
}

export const rateOf = (best: readonly RateRow[], one: CrossoverModel): number =>
  best.find((row) => isOf(row, one))!.rate;

const isOf = (a: CrossoverModel, b: CrossoverModel): boolean =>
  a.contender === b.contender && a.width === b.width && a.size === b.size;
