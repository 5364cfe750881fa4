/**
 * `npm run bench -- plots`: how long it takes to draw each figure of twinformer/plot from many rows, those of test/plot/cases, and how
 * many bytes it has. Drawn is the figure and its HTML without the still image. The cases are packed into one file first, as the built
 * package is: what runs file by file keeps the names of functions, which costs time that no user pays.
 * `--only NAME` (a figure), `--rounds N` (7), `--clock cpu` for a busy machine.
 */
import { rolldown } from "rolldown";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { CaseName, Cases } from "../plot/cases/case.js";
import { type Clock, type Spread, spread, timed } from "./measure.js";
import { showSpread, type BenchOptions, type BenchResult } from "./suite.js";

/** What no drawing may take longer than, in ms. */
export const LIMIT = 200;
const MANY: readonly CaseName[] = ["10,000 rows", "256 experts"];
const WARM_UP = 2; // draws

export interface Drawn {
  figure: string;
  ms: Spread;
  kB: number;
}

export async function run({ flags, print }: BenchOptions): Promise<BenchResult> {
  const clock = (flags.get("clock") ?? "wall") as Clock;
  const rounds = Number(flags.get("rounds") ?? 7);
  const only = flags.get("only");
  const cases = await packedCases();
  if (only !== undefined && !(only in cases))
    throw new Error(`--only names no figure with rows: "${only}" is none of ${Object.keys(cases).join(", ")}`);
  print(`plots; ms by ${clock} clock; median (quartiles) of ${rounds} draws`);
  const rows: Drawn[] = [];
  for (const [figure, own] of Object.entries(cases))
    for (const name of MANY)
      if (own[name] && (only ?? figure) === figure)
        rows.push({ figure: `${figure}, ${name}`, ...(await drawing(own[name], clock, rounds)) });
  rows.sort((a, b) => b.ms.median - a.ms.median);
  for (const line of table(rows)) print(`  ${line}`);
  const bars = rows.slice(0, 20).map(({ figure, ms }) => ({ name: figure, value: ms }));
  const chart = { title: "The figures that take longest to draw", unit: `ms by ${clock} clock`, bars };
  return { suite: "plots", rows: rows.map((row) => ({ ...row })), chart, notes: [`clock: ${clock}`] };
}

async function drawing(
  draw: NonNullable<Cases[CaseName]>,
  clock: Clock,
  rounds: number,
): Promise<Pick<Drawn, "ms" | "kB">> {
  let html = "";
  const { time } = timed("draw", clock, () => (html = draw({ width: 680 }).html({ still: false })));
  await time(WARM_UP);
  const times = [];
  for (let round = 0; round < rounds; round++) times.push(await time(1));
  return { ms: spread(times), kB: Buffer.byteLength(html) / 1000 };
}

/** The slowest first, and which of them are too slow. */
export function table(rows: readonly Drawn[]): string[] {
  const sorted = [...rows].sort((a, b) => b.ms.median - a.ms.median);
  const slow = sorted.filter(({ ms }) => ms.median > LIMIT).map(({ figure }) => figure);
  return [
    `${"figure".padEnd(36)} ${"ms".padEnd(20)} kB`,
    ...sorted.map(({ figure, ms, kB }) => `${figure.padEnd(36)} ${showSpread(ms, 0).padEnd(20)} ${kB.toFixed(0)}`),
    slow.length > 0 ? `over ${LIMIT} ms: ${slow.join("; ")}` : `none over ${LIMIT} ms`,
  ];
}

async function packedCases(): Promise<Readonly<Record<string, Cases>>> {
  const at = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
  const file = at("../../build/bench/plots.mjs");
  const bundle = await rolldown({
    input: at("../plot/cases/index.ts"),
    platform: "node",
    external: /^[^./]/,
    resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
  });
  await bundle.write({ file, codeSplitting: false });
  await bundle.close();
  const { cases } = (await import(pathToFileURL(file).href)) as { cases: Readonly<Record<string, Cases>> };
  return cases;
}
