/** Mutants that no test can notice, each with the reason: they are not counted. */

export interface Equivalent {
  file: string;
  /** The function or class around it, as the report shows it. */
  inside: string;
  original: string;
  text: string;
  why: string;
}

const inFile = (
  file: string,
  inside: string,
  [original, text]: readonly [string, string],
  why: string,
): Equivalent => ({
  file,
  inside,
  original,
  text,
  why,
});
const past = "one round more writes past the end of a typed array, which does nothing";

/** Loops over the numbers of a tensor, whose names are capitals: `i < DX.length`. */
export const writesPast = ({ original, text }: Pick<Equivalent, "original" | "text">): boolean =>
  /^\w+ < [A-Z]+\.length$/.test(original) && text === original.replace("<", "<=");

export const equivalents: readonly Equivalent[] = [
  ...["mean", "variance", "extremes", "extreme", "countTies", "sumTo"].map((inside) =>
    inFile("lib/tensor/ops/reduce.ts", inside, ["o < outer", "o <= outer"], past),
  ),
  inFile("lib/moe/select/table.ts", "shifted", ["i < copy.length", "i <= copy.length"], past),
  ...["value", "top"].map((name) =>
    inFile("lib/tensor/ops/reduce.ts", "extremes", [`${name} * sign`, `${name} / sign`], "sign is 1 or -1"),
  ),
  inFile("lib/tensor/ops/reduce.ts", "sumTo", ["isTail", "false"], "the general way gives the same, slower"),
  inFile("lib/tensor/topIndices.ts", "topIndices", ["j > place", "j >= place"], "what it moves to is written next"),
  inFile("lib/tensor/einsum.ts", "einsum.result.later", ["1", "0"], "an axis is only folded one product later"),
  inFile("lib/moe/select/base.ts", "cheapestChain", ["round++", "round--"], "the loop ends where nothing changes"),
  inFile("lib/moe/select/base.ts", "cheapestChain.end", ["1", "2"], "any number below 0 says that there is none yet"),
  inFile("lib/moe/select/selection.ts", "best", ["continue;", ""], "what is put behind the last place is taken away"),
  inFile("lib/moe/select/selection.ts", "byScore", ["1", "2"], "only the sign of a comparison counts"),
  inFile("lib/moe/capacity/capacity.ts", "chanceDropShare", ["x > 0", "x >= 0"], "a load of -1 has the probability 0"),
  inFile("lib/moe/metrics/load.ts", "loadEntropy", ["sum > 0", "sum >= 0"], "a sum over no terms is 0 too"),
  inFile("lib/nn/kvCache.ts", "KVCache.room", ["before?.keys.shape[2] ?? 0", "(0)"], "only grows in more steps"),
  inFile("lib/nn/kvCache.ts", "KVCache.room", ["2", "3"], "only grows in other steps"),
  inFile(
    "lib/nn/kvCache.ts",
    "KVCache",
    ["before.keys.shape[2] >= wanted", "before.keys.shape[2] > wanted"],
    "only moves to larger buffers one position earlier",
  ),
  ...["100001", "99999"].map((text) =>
    inFile("lib/nn/init.ts", "truncatedNormal", ["100_000", text], "as many tries are as hopeless"),
  ),
  ...(
    [
      ['this.activation === "silu"', "false"],
      ['"silu"', '""'],
    ] as const
  ).map((change) =>
    inFile("lib/nn/feedForward.ts", "FeedForward.forward", change, "the fused op agrees with the two it stands for"),
  ),
  inFile(
    "lib/train/probe.ts",
    "RouterProbe.split",
    ["0", "1"],
    "train has refused a validation split that is not empty and shorter than a block",
  ),
];
