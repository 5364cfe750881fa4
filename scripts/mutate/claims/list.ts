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
  /** What is broken, in words: "the router sends every token to all experts". */
  readonly breaks: string;
  readonly edits: readonly Edit[];
}

export const breaks: readonly Break[] = [
  {
    claim: "A1",
    notebook: "03-twin",
    breaks: "the mixture normalizes in another way than its twin",
    edits: [
      {
        file: "lib/models/twins.ts",
        text: "moe: transformer({ ...input, nExpert }, { seed })",
        by: 'moe: transformer({ ...input, nExpert, normalization: "rmsNorm" }, { seed })',
      },
    ],
  },
  {
    claim: "A2",
    notebook: "02-transformer",
    breaks: "attention sees the last four tokens alone",
    edits: [
      {
        file: "lib/nn/attention.ts",
        text: "    this.window = window;",
        by: "    this.window = window ?? 4;",
      },
    ],
  },
  {
    claim: "A3",
    notebook: "02-transformer",
    breaks: "rotary positions turn every token by the same angle",
    edits: [
      {
        file: "lib/nn/positions.ts",
        text: "(_, i) => start + i",
        by: "(_, i) => 0 * (start + i)",
      },
    ],
  },
  {
    claim: "A4",
    notebook: "02-transformer",
    breaks: "a block keeps its residual whatever its config says",
    edits: [
      {
        file: "lib/models/transformer.ts",
        text: "    return this.residual ? add(x, y) : y;",
        by: "    return this.residual || y.size > 0 ? add(x, y) : y;",
      },
    ],
  },
  {
    claim: "A5",
    notebook: "02-transformer",
    breaks: "a step of the RNN does not wait for the one before",
    edits: [
      {
        file: "lib/nn/recurrent/rnn.ts",
        text: "linear(h as Tensor<[number, number]>",
        by: "linear((all.length > 0 ? zeros(shape) : h) as Tensor<[number, number]>",
      },
    ],
  },
  {
    claim: "A6",
    notebook: "03-twin",
    breaks: "experts are as wide as the layer that they replace, whatever the config says",
    edits: [
      {
        file: "lib/models/twins.ts",
        text: "const { dExpert, activation,",
        by: "const { dHidden: dExpert, activation,",
      },
    ],
  },
  {
    claim: "A7",
    notebook: "03-twin",
    breaks: "the attention of a mixture has first weights of its own",
    edits: [
      {
        file: "lib/models/transformer.ts",
        text: 'new Block(config, d, place("attention"), feedForward)',
        by: "new Block(config, d, place(`attention of ${config.nExpert}`), feedForward)",
      },
    ],
  },
  {
    claim: "A8",
    notebook: "02-transformer",
    breaks: "the feed-forward layer adds up all tokens of a text",
    edits: [
      {
        file: "lib/nn/feedForward.ts",
        text: "const hidden: Tensor = up.forward(x);",
        by: "const hidden: Tensor = up.forward(add(x, sum(x, x.rank - 2, { keepdim: true })));",
      },
      {
        file: "lib/nn/feedForward.ts",
        text: "import * as unary from",
        by: 'import { sum } from "../tensor/ops/reduce.js";\nimport * as unary from',
      },
    ],
  },
  {
    claim: "B1",
    notebook: "04-routing",
    breaks: "no gradient passes from the weights of the chosen to the router",
    edits: [
      {
        file: "lib/moe/weights.ts",
        text: "? relative(logits, selection",
        by: "? relative(logits.detach(), selection",
      },
    ],
  },
  {
    claim: "B2",
    notebook: "04-routing",
    breaks: "one expert more runs for each token than the config says",
    edits: [
      {
        file: "lib/models/twins.ts",
        text: "...routerPart(config), topK, vocabSize }",
        by: "...routerPart(config), topK: Math.min(nExpert, topK + 1), vocabSize }",
      },
    ],
  },
  {
    claim: "B3",
    notebook: "04-routing",
    breaks: "the router reads zeros in place of the tokens",
    edits: [
      {
        file: "lib/moe/router.ts",
        text: "return linear(rows, this.weight as Matrix, this.bias",
        by: "return linear(zeros([...rows.shape]), this.weight as Matrix, this.bias",
      },
    ],
  },
  {
    claim: "B4",
    notebook: "03-twin",
    breaks: "the router reads noise in place of the tokens",
    edits: [
      {
        file: "lib/moe/router.ts",
        text: "return linear(rows, this.weight as Matrix, this.bias",
        by: "return linear(randn([...rows.shape], this.rng), this.weight as Matrix, this.bias",
      },
    ],
  },
  {
    claim: "B5",
    notebook: "04-routing",
    breaks: "an expert leaves its activation out",
    edits: [
      {
        file: "lib/moe/experts.ts",
        text: ": activationNamed(this.activation)(up);",
        by: ': activationNamed("relu")(up);',
      },
    ],
  },
  {
    claim: "B6",
    notebook: "04-routing",
    breaks: "a batch touches no more experts than one of its tokens",
    edits: [
      {
        file: "lib/cost/coverage.ts",
        text: "-Math.expm1(tokens * Math.log1p(-p))",
        by: "-Math.expm1(Math.min(1, tokens) * Math.log1p(-p))",
      },
    ],
  },
  {
    claim: "C1",
    notebook: "05-parameters",
    breaks: "all experts of Mixtral count as active",
    edits: [
      {
        file: "lib/account/families/moe/mixtral.ts",
        text: '["num_experts_per_tok", 2]',
        by: '["num_local_experts", 8]',
      },
    ],
  },
  {
    claim: "C2",
    notebook: "05-parameters",
    breaks: "all experts of a twin count as active",
    edits: [
      {
        file: "lib/models/parameters.ts",
        text: "(parameter.size / nExpert) * active",
        by: "(parameter.size / nExpert) * Math.max(active, nExpert)",
      },
    ],
  },
  {
    claim: "C3",
    notebook: "08-inference",
    breaks: "every expert computes every token",
    edits: [
      {
        file: "lib/models/twins.ts",
        text: "...routerPart(config), topK, vocabSize }",
        by: "...routerPart(config), topK: nExpert, vocabSize }",
      },
    ],
  },
  {
    claim: "C4",
    notebook: "08-inference",
    breaks: "a device needs to hold a quarter of the experts",
    edits: [
      {
        file: "lib/cost/roofline/capacity.ts",
        text: "const weights = experts + ",
        by: "const weights = experts / 4 + ",
      },
    ],
  },
  {
    claim: "C5",
    notebook: "08-inference",
    breaks: "experts that are added compute every token",
    edits: [
      {
        file: "lib/cost/growth.ts",
        text: "experts: lettersOf(dense, /^E$/)",
        by: "experts: lettersOf(dense, /^[Ek]$/)",
      },
    ],
  },
  {
    claim: "C6",
    notebook: "05-parameters",
    breaks: "the cache keeps keys and no values",
    edits: [
      {
        file: "lib/account/memory/cache.ts",
        text: "  return batch * numbers * each;",
        by: "  return (batch * numbers * each) / 2;",
      },
    ],
  },
  {
    claim: "C7",
    notebook: "05-parameters",
    breaks: "a number in float16 takes four bytes",
    edits: [
      {
        file: "lib/account/memory/dtypes.ts",
        text: "  float16: 16,",
        by: "  float16: 32,",
      },
    ],
  },
  {
    claim: "C9",
    notebook: "05-parameters",
    breaks: "GLaM has experts in every layer",
    edits: [
      {
        file: "lib/account/families/paper/glam.ts",
        text: 'every other one", Math.floor(Number(L.value) / 2)',
        by: 'every other one", Number(L.value)',
      },
    ],
  },
  {
    claim: "C10",
    notebook: "05-parameters",
    breaks: "the table has a guess of GPT-4's size",
    edits: [
      {
        file: "lib/account/models/dense.ts",
        text: '    config: null,\n    source: "OpenAI 2023',
        by: '    config: { model_type: "gpt2", n_layer: 120 },\n    source: "OpenAI 2023',
      },
    ],
  },
  {
    claim: "D1",
    notebook: "06-imbalance",
    breaks: "the model that is said to have no balance loss has one",
    edits: [
      {
        file: "lib/train/labs/collapse.ts",
        text: "none: { balance: 0 }",
        by: "none: { balance: { switch: 0.1 } }",
      },
    ],
  },
  {
    claim: "D2",
    notebook: "04-routing",
    breaks: "noise is added with a spread of 0",
    edits: [
      {
        file: "lib/moe/noise.ts",
        text: "randn([nToken, nExpert], rng, { std })",
        by: "randn([nToken, nExpert], rng, { std: 0 * std })",
      },
    ],
  },
  {
    claim: "D3",
    notebook: "04-routing",
    breaks: "a token goes to two experts that it does not like most",
    edits: [
      {
        file: "lib/moe/select/topK.ts",
        text: "topIndices(scored.logits ?? scored.scores,",
        by: "topIndices(scored.scores.map((_, i) => (i * 7) % 5),",
      },
    ],
  },
  {
    claim: "D4",
    notebook: "06-imbalance",
    breaks: "the deviations of a load cancel each other out",
    edits: [
      {
        file: "lib/moe/metrics/load.ts",
        text: "(x - mean) ** 2",
        by: "(x - mean)",
      },
    ],
  },
  {
    claim: "D5",
    notebook: "07-capacity",
    breaks: "a full expert takes more tokens all the same",
    edits: [
      {
        file: "lib/moe/capacity/place.ts",
        text: 'overflow === "dropless" ? null : options.capacity;',
        by: 'overflow !== "nextBest" ? null : options.capacity;',
      },
    ],
  },
  {
    claim: "D6",
    notebook: "07-capacity",
    breaks: "no token asks its next best expert",
    edits: [
      {
        file: "lib/moe/capacity/place.ts",
        text: "const next = uses ? nextBest(",
        by: "const next = uses && nToken < 0 ? nextBest(",
      },
    ],
  },
  {
    claim: "D7",
    notebook: "06-imbalance",
    breaks: "the z-loss has no gradient",
    edits: [
      {
        file: "lib/moe/balance/zLoss.ts",
        text: "logsumexp(logits, 1)",
        by: "logsumexp(logits.detach(), 1)",
      },
    ],
  },
  {
    claim: "D9",
    notebook: "07-capacity",
    breaks: "the balance loss has no gradient",
    edits: [
      {
        file: "lib/moe/balance/switch.ts",
        text: "overTokens(probs)",
        by: "overTokens(probs.detach())",
      },
    ],
  },
  {
    claim: "D11",
    notebook: "07-capacity",
    breaks: "next best looks for room at the second best expert alone",
    edits: [
      {
        file: "lib/moe/capacity/place.ts",
        text: "const rank = order.findIndex((e) =>",
        by: "const rank = order.slice(0, 2).findIndex((e) =>",
      },
    ],
  },
];
