/** Dense models of four sizes against mixtures of three, at three widths, three seeds: 63 runs. `--shard 1/2` trains every second of
 *  them, `--merge` only records what is done, `--time` only measures seconds a step. A run is kept for as long as its settings stay the
 *  same and the library computes the same, whatever is committed meanwhile. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { crossoverConfig } from "../../lib/notebook/crossover/index.js";
import { TrainingError } from "../../lib/train/index.js";
import { type DonePart, findPart, keepPart } from "./crossover/parts.js";
import { probe } from "./crossover/probe.js";
import { type RunRow, trainOne } from "./crossover/run.js";
import { corpus, EXPERTS, nameOf, PLAN, planOf, type Run, RUNS, SEEDS, SIZES, WIDTHS } from "./crossover/settings.js";
import { bestRates, rateOf, tryRates } from "./crossover/rates.js";
import { measureTimes } from "./crossover/times.js";
import { writeWhole } from "./parts.js";
import { madeBy, root } from "./record.js";

const FOLDER = path.join(root, "build/labs/crossover");
const FILE = path.join(root, "assets/labs/crossover.json");
const TIMES = path.join(root, "assets/labs/crossover-times.json");

export interface CrossoverOptions {
  /** This part of all runs, from [1, n] to [n, n]. */
  readonly shard?: readonly [number, number];
  /** Only records what is done. */
  readonly merge?: boolean;
  /** Only measures seconds a step. */
  readonly time?: boolean;
  /** Only looks for the learning rate of each contender. */
  readonly rates?: boolean;
}

type Done = DonePart<RunRow>;

/** What is recorded: `rows` are those of all parts, with the run that each is of. */
interface File {
  readonly parts: readonly (Run & Omit<Done, "rows">)[];
  readonly rows: readonly (Run & RunRow)[];
}

export async function run(
  print: (line: string) => void,
  { shard, merge, time, rates }: CrossoverOptions = {},
): Promise<void> {
  const text = await corpus();
  if (time) return measureTimes(text, TIMES, print);
  if (rates) return tryRates(text, shard ?? [1, 1], print);
  const losses = await probe(text);
  const best = bestRates();
  const words = hash(text.train, text.validation);
  const recorded = readParts();
  const [index, count] = shard ?? [1, 1];
  const parts = new Map<string, Done>();
  for (const [i, one] of RUNS.entries()) {
    const [name, config, plan] = [nameOf(one), crossoverConfig(one), planOf(one, rateOf(best, one))];
    const made = hash(JSON.stringify({ words, config, plan }));
    const found = findPart(FOLDER, recorded, name, made, losses);
    if (found) parts.set(name, found);
    if (found || merge || i % count !== index - 1) continue;
    const started = performance.now();
    let [rows, failed]: [RunRow[], string | null] = [[], null];
    try {
      rows = await trainOne(config, text, plan);
    } catch (error) {
      if (!(error instanceof TrainingError)) throw error;
      failed = error.message; // a result as well: somebody's training fell apart
    }
    const seconds = Math.round((performance.now() - started) / 1000);
    const { commit, node } = madeBy();
    const part: Done = { name, made, probe: losses, commit, node, seconds, failed, rows };
    keepPart(FOLDER, part);
    parts.set(name, part);
    print(`${name}: ${failed ?? rows.at(-1)?.valLoss.toFixed(4)} after ${seconds} s`);
  }
  if (!shard) record(parts);
  print(`${parts.size} of ${RUNS.length} runs are there`);
}

function hash(...parts: readonly (string | Int32Array)[]): string {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part);
  return sum.digest("hex").slice(0, 16);
}

function readParts(): Done[] {
  if (!existsSync(FILE)) return [];
  const { parts, rows } = JSON.parse(readFileSync(FILE, "utf8")) as File;
  return parts.map((part) => {
    const { name, made, probe, commit, node, seconds, failed } = part;
    const own = rows.filter((row) => nameOf(row) === name);
    return { name, made, probe, commit, node, seconds, failed, rows: own.map(runRow) };
  });
}

/** Without the run that it is of. */
const runRow = ({ step, valLoss, loss, peak, clipped, busiest, idle }: RunRow): RunRow => ({
  ...{ step, valLoss, loss, peak, clipped, busiest, idle },
});

function record(parts: ReadonlyMap<string, Done>): void {
  const done = RUNS.flatMap((one) => {
    const part = parts.get(nameOf(one));
    return part ? [{ one, part }] : [];
  });
  const head = {
    command: "npm run labs -- crossover",
    commit: [...new Set(done.map(({ part }) => part.commit))].join(", "),
    node: [...new Set(done.map(({ part }) => part.node))].join(", "),
    seconds: done.reduce((sum, { part }) => sum + part.seconds, 0),
    seeds: SEEDS,
    settings: {
      text: "Moby Dick",
      widths: WIDTHS,
      sizes: SIZES,
      experts: EXPERTS,
      rates: "assets/labs/crossover-rates.json",
      train: PLAN,
    },
    missing: RUNS.filter((one) => !parts.has(nameOf(one))).map(nameOf),
  };
  const list = (lines: readonly unknown[]): string => lines.map((line) => `    ${JSON.stringify(line)}`).join(",\n");
  const kept = done.map(({ one, part: { rows: _, ...part } }) => ({ ...one, ...part }));
  const rows = done.flatMap(({ one, part }) => part.rows.map((row) => ({ ...one, ...row })));
  writeWhole(
    FILE,
    `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "parts": [\n${list(kept)}\n  ],\n  "rows": [\n${list(rows)}\n  ]\n}\n`,
  );
}
