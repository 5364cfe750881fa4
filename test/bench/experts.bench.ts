/** npm run bench -- experts: one mixture-of-experts layer with 8 and with 64 experts at equal width and top-k. The matmuls do equally
 *  many rows; what differs is sorting, and how few rows each of many experts gets. */
import { Generator, randn, sum } from "../../lib/index.js";
import { recyclingIntermediates } from "../../lib/nn/recycling.js";
import { MoE, type Routing } from "../../lib/moe/index.js";
import { interleaveTimed, repeatsFor, spread, timed } from "./measure.js";
import { type BenchOptions, type BenchResult, showSpread } from "./suite.js";

const TOKENS = 768;
const shape = { dModel: 64, dExpert: 128, topK: 2 };

export async function run({ print }: BenchOptions): Promise<BenchResult> {
  const x = randn([TOKENS, shape.dModel], new Generator(2));
  const counts = [8, 64];
  const layers = counts.map(
    (nExpert) =>
      new MoE(shape.dModel, shape.dExpert, { rng: new Generator(1), nExpert, topK: shape.topK, bias: false }),
  );
  const rowsOf = layers.map((layer) => {
    const routings: Routing[] = [];
    layer.forward(x, { routings });
    return routings[0].rowsExecuted;
  });
  const contenders = layers.map((layer, i) =>
    timed(`${counts[i]} experts`, "wall", () => {
      layer.zeroGrad();
      // As `train` does: what a step leaves behind is free at its end.
      recyclingIntermediates(layer, () => sum(layer.forward(x)).backward());
    }),
  );
  const times = await interleaveTimed(contenders, 15, await repeatsFor(contenders, 200), 0);
  const rows = contenders.map(({ name }, i) => ({
    name,
    rowsExecuted: rowsOf[i],
    milliseconds: spread(times[i]),
    ratio: spread(times[i].map((t, round) => t / times[0][round])),
  }));
  print(
    `\n${TOKENS} tokens, D ${shape.dModel}, expert width ${shape.dExpert}, top-${shape.topK}, forward and backward`,
  );
  for (const row of rows) {
    print(
      `${row.name.padEnd(12)} ${row.rowsExecuted} rows  ${showSpread(row.milliseconds)} ms  ${showSpread(row.ratio)} × 8 experts`,
    );
  }
  return { suite: "experts", rows };
}
