/** Mutants that no test can notice, each with the reason: they are not counted. */

export interface Equivalent {
  file: string;
  /** The function or class around it, as the report shows it. */
  inside: string;
  original: string;
  text: string;
  why: string;
}

const past = "one round more writes past the end of a typed array, which does nothing";

export const equivalents: readonly Equivalent[] = [
  ...["mean", "variance", "extremes", "extreme", "countTies", "sumTo"].map((inside) => ({
    file: "lib/tensor/ops/reduce.ts",
    inside,
    original: "o < outer",
    text: "o <= outer",
    why: past,
  })),
  {
    file: "lib/tensor/ops/reduce.ts",
    inside: "sumTo",
    original: "isTail",
    text: "false",
    why: "the general way gives the same, slower",
  },
  {
    file: "lib/moe/select/base.ts",
    inside: "cheapestChain",
    original: "round++",
    text: "round--",
    why: "the loop ends where a round changes nothing; the count of rounds is a second guard",
  },
  {
    file: "lib/nn/kvCache.ts",
    inside: "KVCache.room",
    original: "before?.keys.shape[2] ?? 0",
    text: "(0)",
    why: "room is made for all positions either way, only in more steps",
  },
  ...[
    ['this.activation === "silu"', "false"],
    ['"silu"', '""'],
  ].map(([original, text]) => ({
    file: "lib/nn/feedForward.ts",
    inside: "FeedForward.forward",
    original,
    text,
    why: "the fused op and the two that it stands for agree",
  })),
  {
    file: "lib/train/probe.ts",
    inside: "RouterProbe.split",
    original: "0",
    text: "1",
    why: "train has refused a validation split that is shorter than a block and not empty",
  },
];
