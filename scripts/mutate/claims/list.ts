/** For each claim of the ledger, something that it rests on, broken. */

import type { ClaimId } from "../../../lib/notebook/claims/ledger.js";

export interface Edit {
  readonly file: string;
  /** Words that are in the file exactly once, and what stands there instead. */
  readonly text: string;
  readonly by: string;
}

export interface Break {
  readonly claim: ClaimId;
  /** The notebook whose run must show it. */
  readonly notebook: string;
  /** What is broken, in words. */
  readonly breaks: string;
  readonly edits: readonly Edit[];
}

const broken = (claim: ClaimId, notebook: string, breaks: string, ...edits: readonly Edit[]): Break =>
  ({ claim, notebook, breaks, edits }); // prettier-ignore
const edit = (file: string, text: string, by: string): Edit => ({ file, text, by });

export const breaks: readonly Break[] = [
  broken(
    "A1",
    "03-twin",
    "the mixture normalizes in another way than its twin",
    edit(
      "lib/models/twins.ts",
      "moe: transformer({ ...input, nExpert }, { seed })",
      'moe: transformer({ ...input, nExpert, normalization: "rmsNorm" }, { seed })',
    ),
  ),
  broken(
    "A2",
    "02-transformer",
    "attention sees the last four tokens alone",
    edit("lib/nn/attention.ts", "    this.window = window;", "    this.window = window ?? 4;"),
  ),
  broken(
    "A3",
    "02-transformer",
    "rotary positions turn every token by the same angle",
    edit("lib/nn/positions.ts", "(_, i) => start + i", "(_, i) => 0 * (start + i)"),
  ),
  broken(
    "A4",
    "02-transformer",
    "a block keeps its residual whatever its config says",
    edit(
      "lib/models/transformer.ts",
      "    return this.residual ? add(x, y) : y;",
      "    return this.residual || y.size > 0 ? add(x, y) : y;",
    ),
  ),
  broken(
    "A5",
    "02-transformer",
    "a step of the RNN does not wait for the one before",
    edit(
      "lib/nn/recurrent/rnn.ts",
      "linear(h as Tensor<[number, number]>",
      "linear((all.length > 0 ? zeros(shape) : h) as Tensor<[number, number]>",
    ),
  ),
  broken(
    "A6",
    "03-twin",
    "experts are as wide as the layer that they replace, whatever the config says",
    edit("lib/models/twins.ts", "const { dExpert, activation,", "const { dHidden: dExpert, activation,"),
  ),
  broken(
    "A7",
    "03-twin",
    "the attention of a mixture has first weights of its own",
    edit(
      "lib/models/transformer.ts",
      'new Block(config, d, place("attention"), feedForward)',
      "new Block(config, d, place(`attention of ${config.nExpert}`), feedForward)",
    ),
  ),
  broken(
    "A8",
    "02-transformer",
    "the feed-forward layer adds up all tokens of a text",
    edit(
      "lib/nn/feedForward.ts",
      "const hidden: Tensor = up.forward(x);",
      "const hidden: Tensor = up.forward(add(x, sum(x, x.rank - 2, { keepdim: true })));",
    ),
    edit(
      "lib/nn/feedForward.ts",
      "import * as unary from",
      'import { sum } from "../tensor/ops/reduce.js";\nimport * as unary from',
    ),
  ),
  broken(
    "B1",
    "04-routing",
    "half of the router's gradient is lost",
    edit("lib/moe/weights.ts", "? relative(logits, selection", "? relative(add(logits, logits.detach()), selection"),
  ),
  broken(
    "B2",
    "00-twins",
    "one expert more runs for each token than the config says",
    edit(
      "lib/models/twins.ts",
      "...routerPart(config), topK, vocabSize }",
      "...routerPart(config), topK: Math.min(nExpert, topK + 1), vocabSize }",
    ),
  ),
  broken(
    "B3",
    "04-routing",
    "the router reads zeros in place of the tokens",
    edit(
      "lib/moe/router.ts",
      "return linear(rows, this.weight as Matrix, this.bias",
      "return linear(zeros([...rows.shape]), this.weight as Matrix, this.bias",
    ),
  ),
  broken(
    "B4",
    "03-twin",
    "the router reads noise in place of the tokens",
    edit(
      "lib/moe/router.ts",
      "return linear(rows, this.weight as Matrix, this.bias",
      "return linear(randn([...rows.shape], this.rng), this.weight as Matrix, this.bias",
    ),
  ),
  broken(
    "B5",
    "04-routing",
    "an expert computes a little more than the dense layer with the same weights",
    edit(
      "lib/moe/experts.ts",
      ": activationNamed(this.activation)(up);",
      ": activationNamed(this.activation)(mul(up, 1.01));",
    ),
    edit(
      "lib/moe/experts.ts",
      'import { noGrad } from "../tensor/autograd.js";',
      'import { noGrad } from "../tensor/autograd.js";\nimport { mul } from "../tensor/ops/elementwise.js";',
    ),
  ),
  broken(
    "B6",
    "08-inference",
    "a batch touches no more experts than one of its tokens",
    edit(
      "lib/cost/coverage.ts",
      "-Math.expm1(tokens * Math.log1p(-p))",
      "-Math.expm1(Math.min(1, tokens) * Math.log1p(-p))",
    ),
  ),
  broken(
    "C1",
    "05-parameters",
    "all experts of Mixtral count as active",
    edit("lib/account/families/moe/mixtral.ts", '["num_experts_per_tok", 2]', '["num_local_experts", 8]'),
  ),
  broken(
    "C2",
    "05-parameters",
    "all experts of a twin count as active",
    edit(
      "lib/models/parameters.ts",
      "(parameter.size / nExpert) * active",
      "(parameter.size / nExpert) * Math.max(active, nExpert)",
    ),
  ),
  broken(
    "C3",
    "08-inference",
    "every expert computes every token",
    edit(
      "lib/models/twins.ts",
      "...routerPart(config), topK, vocabSize }",
      "...routerPart(config), topK: nExpert, vocabSize }",
    ),
  ),
  broken(
    "C4",
    "08-inference",
    "a device needs to hold a quarter of the experts",
    edit("lib/cost/roofline/capacity.ts", "const weights = experts + ", "const weights = experts / 4 + "),
  ),
  broken(
    "C5",
    "08-inference",
    "experts that are added compute every token",
    edit("lib/cost/growth.ts", "experts: lettersOf(dense, /^E$/)", "experts: lettersOf(dense, /^[Ek]$/)"),
  ),
  broken(
    "C6",
    "05-parameters",
    "the cache keeps keys and no values",
    edit("lib/account/memory/cache.ts", "  return batch * numbers * each;", "  return (batch * numbers * each) / 2;"),
  ),
  broken(
    "C7",
    "05-parameters",
    "a number in float16 takes four bytes",
    edit("lib/account/memory/dtypes.ts", "  float16: 16,", "  float16: 32,"),
  ),
  broken(
    "C9",
    "05-parameters",
    "GLaM has experts in every layer",
    edit(
      "lib/account/families/paper/glam.ts",
      'every other one", Math.floor(Number(L.value) / 2)',
      'every other one", Number(L.value)',
    ),
  ),
  broken(
    "C10",
    "05-parameters",
    "the table has a guess of GPT-4's size",
    edit(
      "lib/account/models/dense.ts",
      '    config: null,\n    source: "OpenAI 2023',
      '    config: { model_type: "gpt2", n_layer: 120 },\n    source: "OpenAI 2023',
    ),
  ),
  broken(
    "D1",
    "06-imbalance",
    "the model that is said to have no balance loss has one",
    edit("lib/train/labs/collapse.ts", "none: { balance: 0 }", "none: { balance: { switch: 0.1 } }"),
  ),
  broken(
    "D2",
    "04-routing",
    "noise is added with a spread of 0",
    edit(
      "lib/moe/noise.ts",
      "randn([nToken, nExpert], rng, { std })",
      "randn([nToken, nExpert], rng, { std: 0 * std })",
    ),
  ),
  broken(
    "D3",
    "04-routing",
    "a token goes to two experts that it does not like most",
    edit(
      "lib/moe/select/topK.ts",
      "topIndices(scored.logits ?? scored.scores,",
      "topIndices(scored.scores.map((_, i) => (i * 7) % 5),",
    ),
  ),
  broken(
    "D4",
    "06-imbalance",
    "the deviations of a load cancel each other out",
    edit("lib/moe/metrics/load.ts", "(x - mean) ** 2", "(x - mean)"),
  ),
  broken(
    "D5",
    "07-capacity",
    "a token that found no place is computed all the same",
    edit("lib/moe/weights.ts", "  weights = masked(weights, placed);", ""),
    edit("lib/moe/dispatch.ts", "positions[i] >= 0 && expert >= first", "positions[i] >= -1 && expert >= first"),
  ),
  broken(
    "D6",
    "07-capacity",
    "no token asks its next best expert",
    edit("lib/moe/capacity/place.ts", "const next = uses ? nextBest(", "const next = uses && nToken < 0 ? nextBest("),
  ),
  broken(
    "D7",
    "06-imbalance",
    "the remedy that is called balance loss has a strength of 0",
    edit("lib/train/labs/collapse.ts", "switch: { balance: { switch: 0.01 } }", "switch: { balance: { switch: 0 } }"),
  ),
  broken(
    "D9",
    "07-capacity",
    "the balance loss has no gradient",
    edit("lib/moe/balance/switch.ts", "overTokens(probs)", "overTokens(probs.detach())"),
  ),
  broken(
    "D11",
    "07-capacity",
    "no token asks its next best expert",
    edit("lib/moe/capacity/place.ts", "const next = uses ? nextBest(", "const next = uses && nToken < 0 ? nextBest("),
  ),
];
