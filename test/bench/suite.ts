import type { Bar } from "./products/chart.js";
import type { Spread } from "./measure.js";

/** What the command line asks of a suite. */
export interface BenchOptions {
  /** Arguments behind the suite's name: `--name value` or `--name`. */
  flags: Map<string, string>;
  /** Prints one line of progress or of a table; silent with --json. */
  print: (line: string) => void;
}

/** A suite's figures: plain objects, that --json writes as they are. */
export interface BenchResult {
  suite: string;
  rows: Record<string, string | number | boolean | null | Spread | Record<string, Spread>>[];
  notes?: string[];
  /** What --chart draws; the unit says what a bar measures. */
  chart?: { title: string; unit: string; bars: Bar[] };
}

/** test/bench/NAME.bench.ts exports `run` of this type and `peers`: whether it needs test/bench/node_modules. */
export interface BenchSuite {
  run: (options: BenchOptions) => Promise<BenchResult>;
  peers?: boolean;
}

export const showSpread = ({ median, low, high }: Spread, digits = 2) =>
  `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
