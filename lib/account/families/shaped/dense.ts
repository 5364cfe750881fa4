/** Dense decoders of transformers that are Llama but for a few facts, each with its defaults. Checked by test/account/reference_shaped.py. */

import { rmsNorm, weight } from "../../part.js";
import { allButEvery } from "./caches.js";
import type { Shape } from "./shape.js";
import type { ShapeDefaults } from "./sizes.js";

const of = (
  vocab: number,
  hidden: number,
  inner: ShapeDefaults["inner"],
  layers: number,
  heads: number,
  more: Partial<ShapeDefaults> = {},
): ShapeDefaults => ({ vocab, hidden, inner, layers, heads, ...more });

const ATTENTION_BIAS = ["attention_bias", false] as const;
const MLP_BIAS = ["mlp_bias", false] as const;
const BEFORE_AND_AFTER = [
  "input_layernorm",
  "post_attention_layernorm",
  "pre_feedforward_layernorm",
  "post_feedforward_layernorm",
];
const AFTER = ["post_attention_layernorm", "post_feedforward_layernorm"];
/** Of four layers the first looks at all tokens. */
const firstOfFour = (layer: number): boolean => layer % 4 !== 0;
/** A number for each head that takes part in the softmax. */
const sinks: Shape["attention"] = ({ H }) => [weight("sinks", "attention", H)];

export const DENSE: Readonly<Record<string, Shape>> = {
  bitnet: {
    sizes: of(128256, 2560, 6912, 30, 20, { kvHeads: 5, headDim: "fixed" }),
    bias: ATTENTION_BIAS,
    attention: ({ D }) => rmsNorm("attn_sub_norm", D),
    layer: ({ F }) => rmsNorm("mlp.ffn_sub_norm", F()),
  },
  cwm: {
    sizes: of(128256, 6144, 21504, 64, 48, { kvHeads: 8, headDim: 128 }),
    mlpBias: MLP_BIAS,
    windows: { size: 8192, sliding: firstOfFour },
  },
  diffllama: {
    sizes: of(32000, 2048, 8192, 16, 32),
    bias: ATTENTION_BIAS,
    attention: ({ K }) => ["q1", "k1", "q2", "k2"].map((name) => weight(`lambda_${name}`, "attention", K)),
  },
  ernie4_5: {
    sizes: of(103424, 1024, 3072, 18, 16, { kvHeads: 2, headDim: 128 }),
    tied: true,
    bias: ["use_bias", false],
    mlpBias: ["use_bias", false],
  },
  exaone: {
    sizes: of(102400, 4096, 14336, 32, 32, { kvHeads: 8 }),
    bias: ATTENTION_BIAS,
    mlpBias: MLP_BIAS,
  },
  exaone4: {
    sizes: of(102400, 4096, 16384, 32, 32, { kvHeads: 32 }),
    qkNorm: "head",
    norms: AFTER,
    windows: { size: 4096, sliding: allButEvery(4) },
  },
  glm: {
    sizes: of(151552, 4096, 13696, 40, 32, { kvHeads: 2, headDim: 128 }),
    bias: ["attention_bias", true],
    outputBias: false,
  },
  glm4: {
    sizes: of(151552, 4096, 13696, 40, 32, { kvHeads: 2, headDim: 128 }),
    bias: ["attention_bias", true],
    outputBias: false,
    norms: BEFORE_AND_AFTER,
  },
  granite_swa: {
    sizes: of(100352, 2560, 8192, 24, 20, { kvHeads: 4 }),
    tied: true,
    bias: ATTENTION_BIAS,
    mlpBias: MLP_BIAS,
    attention: sinks,
    windows: { size: 128, sliding: firstOfFour },
  },
  helium: {
    sizes: of(48000, 2560, 7040, 24, 20, { kvHeads: 20, headDim: 128 }),
    bias: ATTENTION_BIAS,
    outputBias: false,
    mlpBias: MLP_BIAS,
    attention: ({ D, H, K }, c) =>
      H.times(K).value === D.value
        ? []
        : c.fail("head_dim", `must be hidden size / heads in this type, got ${K.value}`),
  },
  hunyuan_v1_dense: {
    sizes: of(290943, 4096, 11008, 32, 32),
    bias: ATTENTION_BIAS,
    qkNorm: "head",
  },
  hyperclovax: {
    sizes: of(32000, 4096, 11008, 32, 32),
    bias: ATTENTION_BIAS,
    mlpBias: MLP_BIAS,
    layer: ({ D }, c) =>
      c.flag("use_post_norm", true) ? ["post_norm1", "post_norm2"].flatMap((name) => rmsNorm(name, D)) : [],
  },
  internlm3: {
    sizes: of(128512, 4096, 10240, 48, 32, { kvHeads: 2, headDim: 128 }),
    bias: [["attention_bias", "qkv_bias"], false],
    mlpBias: [["mlp_bias", "bias"], false],
  },
  iquestcoder: {
    sizes: of(76800, 5120, 27648, 80, 40, { kvHeads: 8, headDim: 128 }),
    bias: ATTENTION_BIAS,
    mlpBias: MLP_BIAS,
  },
  ministral: {
    sizes: of(32000, 4096, 14336, 32, 32, { kvHeads: 8 }),
    windows: { size: 4096 },
  },
  ministral3: {
    sizes: of(131072, 4096, 14336, 34, 32, { kvHeads: 8, headDim: 128 }),
    windows: { size: null },
  },
  seed_oss: {
    sizes: of(155136, 4096, 27648, 64, 80, { kvHeads: 8, headDim: 128 }),
    bias: ["attention_bias", true],
    outputBias: ["attention_out_bias", false],
    mlpBias: MLP_BIAS,
  },
  vaultgemma: {
    sizes: of(256000, 2304, 9216, 26, 8, { kvHeads: 4, headDim: 256 }),
    tied: true,
    bias: ATTENTION_BIAS,
    windows: { size: 4096, sliding: (layer) => layer % 2 === 0 },
  },
};
