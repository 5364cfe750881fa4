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
  ...(
    [
      ["balance/load.ts", "chanceToBeChosen", "n < nToken"],
      ["balance/quantile.ts", "updateQuantile", "n < nToken"],
      ["capacity/place.ts", "sequenceOf", "s + 1 < starts.length"],
      ["dispatch.ts", "planByExpert", "e < nExpert"],
      ["route.ts", "placesInSequence", "s + 1 < starts.length"],
      ["route.ts", "placesInSequence", "n < starts[s + 1]"],
      ["select/groupLimited.ts", "chooseGroups", "n < nToken"],
      ["select/gshard.ts", "selectGShard", "n < scored.nToken"],
      ["select/pool.ts", "selectPool", "e < nExpert"],
      ["select/sinkhorn.ts", "sinkhorn", "n < nToken"], // and no sum with what is past the end is above 0
      ["select/sinkhorn.ts", "sinkhorn", "e < nExpert"],
    ] as const
  ).map(([file, inside, condition]) =>
    inFile(`lib/moe/${file}`, inside, [condition, condition.replace("<", "<=")], past),
  ),
  ...(
    [
      ["capacity/place.ts", "place.taken", "sequenceStarts.length - 1", "sequenceStarts.length + 1"],
      ["capacity/place.ts", "place.taken", "1", "0"],
      ["balance/sequence.ts", "sequenceShares.f", "sequenceStarts.length - 1", "sequenceStarts.length + 1"],
      ["balance/sequence.ts", "sequenceShares.f", "1", "0"],
      ["balance/quantile.ts", "updateQuantile.order", "1", "2"],
    ] as const
  ).map(([file, inside, original, text]) =>
    inFile(`lib/moe/${file}`, inside, [original, text], "numbers beyond the last that is looked at"),
  ),
  inFile(
    "lib/moe/weights.ts",
    "masked",
    ["mask.includes(false)", "true"],
    "where nothing is masked, the same numbers are copied",
  ),
  inFile("lib/moe/route.ts", "routed.groups", ["0", "1"], "tokens before the first start are of the first group, too"),
  inFile(
    "lib/nn/state/duplicates.ts",
    "repeatedKey.key",
    ["isPlain", "false"],
    "the general way gives the same, slower",
  ),
  inFile("lib/moe/weights.ts", "weigh", ["scale === 1", "false"], "times 1"),
  inFile("lib/moe/noise.ts", "learnedNoise.std", ["scale === 1", "false"], "times 1"),
  inFile("lib/moe/shares.ts", "overSum", ["isZero.includes(1)", "true"], "0 is added"),
  inFile(
    "lib/moe/capacity/queue.ts",
    "placeOfToken",
    ["score > importance[n]", "score >= importance[n]"],
    "the same score",
  ),
  inFile("lib/moe/balance/cv2.ts", "cv2", ["total < 1e-30", "total <= 1e-30"], "no sum of float32 numbers is 1e-30"),
  inFile(
    "lib/moe/balance/selectionBias.ts",
    "updateSelectionBiases.counts",
    ["0", "1"],
    "one more for each: only differences count",
  ),
  ...(
    [
      ["changed && round < nExpert", "changed || round < nExpert"],
      ["round < nExpert", "round <= nExpert"],
      ["changed = false", "undefined"],
      ["false", "true"],
    ] as const
  ).map((change) =>
    inFile("lib/moe/select/base.ts", "cheapestChain", change, "rounds in which nothing changes any more"),
  ),
  ...["999999", "1000001"].map((text) =>
    inFile("lib/moe/select/base.ts", "finite", ["1e6", text], "any number larger than what a router says"),
  ),
  inFile(
    "lib/moe/select/selection.ts",
    "best",
    ["place >= k", "false"],
    "what is put behind the last place is taken away",
  ),
  inFile(
    "lib/moe/select/selection.ts",
    "best",
    ["place >= k", "place > k"],
    "what is put behind the last place is taken away",
  ),
  inFile("lib/moe/dispatch.ts", "planByExpert.e", ["0", "1"], "before the first expert there are no rows to add"),
  inFile("lib/moe/loop.ts", "moeByLoop", ["position < 0", "false"], "its weight is 0"),
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
  inFile("lib/moe/capacity/capacity.ts", "POWERS", ["400n", "401n"], "more than any float has, too"),
  ...["nToken - 1", "0"].map((text) =>
    inFile(
      "lib/moe/capacity/capacity.ts",
      "chanceDropShare.likeliest",
      text === "0" ? ["1", text] : ["nToken + 1", text],
      "probabilities are relative to that of a load near the likeliest, whichever it is",
    ),
  ),
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
  inFile("lib/train/clip.ts", "clipGradNorm", ["scale < 1", "scale <= 1"], "times 1"),
  inFile("lib/train/tick.ts", "tick", ["0", "1"], "a timer of 0 milliseconds waits for one"),
  inFile(
    "lib/train/lastGood.ts",
    "LastGood",
    ["[...this.#parameters, ...buffers]", "[...buffers, ...this.#parameters]"],
    "each is saved and restored by itself",
  ),
  inFile("lib/plot/account/modelMap.ts", "diagonals", ["from >= to", "from > to"], "a line without a length"),
  inFile(
    "lib/train/probe.ts",
    "RouterProbe.split",
    ["0", "1"],
    "train has refused a validation split that is not empty and shorter than a block",
  ),
];
