/** Dense models of four sizes against mixtures of three, at three widths. Of each, the first seed is trained at several learning rates,
 *  and all seeds at the rate with which the first one ended lowest, or at the next where that is no good for the others (descent.ts).
 *  `--shard 1/2` trains every second model, `--merge` only records what is done, `--time` only measures seconds a step. A run is kept for as
 *  long as its settings stay the same and the library computes the same, whatever is committed meanwhile. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { crossoverConfig } from "../../lib/notebook/crossover/index.js";
import { TrainingError } from "../../lib/train/index.js";
import { descend, steadiest } from "./crossover/descent.js";
import { type DonePart, findPart, keepPart } from "./crossover/parts.js";
import { probe } from "./crossover/probe.js";
import { type RunRow, trainOne } from "./crossover/run.js";
import {
  CONTENDERS,
  corpus,
  EXPERTS,
  FIRST_RATE,
  nameOf,
  PLAN,
  planOf,
  type Run,
  SEEDS,
  SIZES,
  WIDTHS,
} from "./crossover/settings.js";
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
}

type Done = DonePart<RunRow>;

/** What is recorded: `rows` are those of all parts, with the run that each is of. */
interface File {
  readonly parts: readonly (Run & Omit<Done, "rows">)[];
  readonly rows: readonly (Omit<Run, "rate"> & RunRow)[];
  /** Of the first seed at the other rates: what it ended with, null where it fell apart; and its rows, as it may be the best one yet. */
  readonly tried: readonly (Run & Done & { readonly valLoss: number | null })[];
}

export async function run(print: (line: string) => void, { shard, merge, time }: CrossoverOptions = {}): Promise<void> {
  const text = await corpus();
  if (time) return measureTimes(text, TIMES, print);
  const losses = await probe(text);
  const words = hash(text.train, text.validation);
  const recorded = readParts();
  const [index, count] = shard ?? [1, 1];
  const found: Found[] = [];
  for (const [i, model] of CONTENDERS.entries()) {
    const isOurs = !merge && i % count === index - 1;
    /** A run that is done, or is done now; null where it is not, and is not ours to do. */
    const part = async (one: Run): Promise<Done | null> => {
      const [name, config, plan] = [nameOf(one), crossoverConfig(one), planOf(one)];
      const made = hash(JSON.stringify({ words, config, plan }));
      const kept = findPart(FOLDER, recorded, name, made, losses);
      if (kept || !isOurs) return kept;
      const done = { name, made, probe: losses, ...(await trained(() => trainOne(config, text, plan))) };
      keepPart(FOLDER, done);
      print(`${name}: ${done.failed ?? lastLoss(done)} after ${done.seconds} s`);
      return done;
    };
    const [first, ...others] = SEEDS;
    const at = (rate: number, seed: number): Run => ({ ...model, seed, rate });
    const { best, tried } = await descend(FIRST_RATE, async (rate) => {
      const done = await part(at(rate, first));
      return done && lastLoss(done);
    });
    const runs: { one: Run; part: Done }[] = [];
    const firstLosses = new Map<number, number>();
    for (const rate of tried) {
      const done = (await part(at(rate, first)))!;
      runs.push({ one: at(rate, first), part: done });
      firstLosses.set(rate, lastLoss(done));
    }
    const chosen =
      best === null
        ? null
        : await steadiest(firstLosses, async (rate) => {
            let [sum, there] = [firstLosses.get(rate)!, 1];
            for (const seed of others) {
              const done = await part(at(rate, seed));
              if (!done) continue;
              runs.push({ one: at(rate, seed), part: done });
              sum += lastLoss(done);
              there++;
            }
            return there === SEEDS.length ? sum / there : null;
          });
    for (const run of runs) found.push({ ...run, isBest: run.one.rate === chosen });
  }
  if (!shard) record(found);
  const done = found.filter(({ isBest }) => isBest).length;
  print(`${done} of ${CONTENDERS.length * SEEDS.length} runs are there, and ${found.length - done} at other rates`);
}

interface Found {
  readonly one: Run;
  readonly part: Done;
  /** Whether its rate is that of the lab, or one of those that were tried beside it. */
  readonly isBest: boolean;
}

/** What the training ended with; Infinity where it fell apart: a result as well. */
const lastLoss = ({ rows, failed }: Pick<Done, "rows" | "failed">): number =>
  failed === null ? rows.at(-1)!.valLoss : Infinity;

async function trained(train: () => Promise<RunRow[]>): Promise<Omit<Done, "name" | "made" | "probe">> {
  const started = performance.now();
  let [rows, failed]: [RunRow[], string | null] = [[], null];
  try {
    rows = await train();
  } catch (error) {
    if (!(error instanceof TrainingError)) throw error;
    failed = error.message;
  }
  const { commit, node } = madeBy();
  return { commit, node, seconds: Math.round((performance.now() - started) / 1000), failed, rows };
}

function hash(...parts: readonly (string | Int32Array)[]): string {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part);
  return sum.digest("hex").slice(0, 16);
}

function readParts(): Done[] {
  if (!existsSync(FILE)) return [];
  const {
    parts,
    rows,
    tried = [],
  } = JSON.parse(readFileSync(FILE, "utf8")) as Partial<File> & Pick<File, "parts" | "rows">;
  const best = parts.map((part) => ({ ...part, rows: rows.filter((row) => isOf(row, part)).map(runRow) }));
  return [...best, ...tried].map(({ name, made, probe, commit, node, seconds, failed, rows }) => ({
    ...{ name, made, probe, commit, node, seconds, failed, rows },
  }));
}

const isOf = (a: Omit<Run, "rate">, b: Omit<Run, "rate">): boolean =>
  a.contender === b.contender && a.width === b.width && a.size === b.size && a.seed === b.seed;

/** Without the run that it is of. */
const runRow = ({ step, valLoss, loss, peak, clipped, busiest, idle }: RunRow): RunRow => ({
  ...{ step, valLoss, loss, peak, clipped, busiest, idle },
});

function record(found: readonly Found[]): void {
  const done = found.filter(({ isBest }) => isBest);
  const wanted = CONTENDERS.flatMap((model) => SEEDS.map((seed) => ({ ...model, seed })));
  const missing = wanted.filter((one) => !done.some((own) => isOf(own.one, one)));
  const head = {
    command: "npm run labs -- crossover",
    commit: [...new Set(done.map(({ part }) => part.commit))].join(", "),
    node: [...new Set(done.map(({ part }) => part.node))].join(", "),
    seconds: found.reduce((sum, { part }) => sum + part.seconds, 0),
    seeds: SEEDS,
    settings: { text: "Moby Dick", widths: WIDTHS, sizes: SIZES, experts: EXPERTS, train: PLAN },
    missing: missing.map(({ contender, width, size, seed }) => `${contender} D${width} x${size} seed ${seed}`),
  };
  const list = (lines: readonly unknown[]): string => lines.map((line) => `    ${JSON.stringify(line)}`).join(",\n");
  const kept = done.map(({ one, part: { rows: _, ...part } }) => ({ ...one, ...part }));
  const rows = done.flatMap(({ one: { rate: _, ...one }, part }) => part.rows.map((row) => ({ ...one, ...row })));
  const others = found.filter(({ isBest }) => !isBest);
  const tried = others.map(({ one, part }) => ({
    ...{ ...one, valLoss: part.failed === null ? lastLoss(part) : null, ...part },
  }));
  const lists = { parts: kept, rows, tried };
  const text = Object.entries(lists).map(([name, lines]) => `  "${name}": [\n${list(lines)}\n  ]`);
  writeWhole(FILE, `${JSON.stringify(head, null, 2).slice(0, -2)},\n${text.join(",\n")}\n}\n`);
}
