/** Dense decoders of transformers with a plain feed-forward layer, y = down(f(up x)), or with LayerNorm. */

import { buffer, layerNorm, linear, weight } from "../../part.js";
import { ONE } from "../../size.js";
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

/** As GPT-2 has it: offsets everywhere, heads that share nothing. */
const GPT = { norm: "layer", gated: false, bias: true, mlpBias: true } as const;
const FIXED = { headDim: "fixed" } as const;

export const UNGATED: Readonly<Record<string, Shape>> = {
  apertus1p5_text: {
    sizes: of(266752, 4096, 14336, 32, 32),
    bias: ["attention_bias", false],
    qkNorm: "head",
    gated: false,
    // xIELU learns two numbers; two more are fixed.
    layer: (_, c) => [
      ...(c.has("output_vocab_size")
        ? c.fail("output_vocab_size", "is another vocabulary, which is not counted here")
        : []),
      ...["alpha_p", "alpha_n"].map((name) => weight(`act_fn.${name}`, "feed-forward", ONE)),
      ...["beta", "eps"].map((name) => buffer(name, "feed-forward", ONE)),
    ],
  },
  biogpt: {
    ...GPT,
    sizes: of(42384, 1024, 4096, 24, 16, FIXED),
    tied: true,
    positions: { field: "max_position_embeddings", otherwise: 1024, more: 2 },
  },
  codegen: {
    ...GPT,
    sizes: of(50400, 4096, "4D", 28, 16, FIXED),
    bias: false,
    norms: ["ln_1"],
    headBias: true,
  },
  ctrl: { ...GPT, sizes: of(246534, 1280, 8192, 48, 16, FIXED), tied: true, headBias: true },
  gpt_neo: {
    ...GPT,
    sizes: of(50257, 2048, "4D", 24, 16, FIXED),
    tied: true,
    bias: false,
    outputBias: true,
    positions: { field: "max_position_embeddings", otherwise: 2048 },
    windows: {
      size: 256,
      field: "window_size",
      sliding: (layer, c) =>
        (c.words("attention_layers")?.[layer] ?? (layer % 2 === 0 ? "global" : "local")) === "local",
    },
  },
  gpt_neox_japanese: {
    sizes: of(32000, 2560, "multiple", 32, 32, FIXED),
    tied: true,
    norm: "layer",
    gated: false,
    // The last layer's output projection alone has an offset.
    model: ({ D }) => [weight("layers.-1.attention.dense_bias", "attention", D)],
  },
  jais2: {
    ...GPT,
    sizes: of(150272, 3328, 26624, 32, 26),
    bias: ["attention_bias", true],
    mlpBias: ["mlp_bias", true],
  },
  // Its first layer has no norm before attention, and its head a layer more.
  "modernbert-decoder": {
    sizes: of(50368, 768, 1152, 22, 12, FIXED),
    tied: true,
    bias: ["attention_bias", false],
    mlpBias: ["mlp_bias", false],
    headBias: ["decoder_bias", true],
    norm: "plain",
    norms: ["mlp_norm"],
    embeddingNorm: true,
    model: ({ D, L }, c) => {
      if (c.flag("norm_bias", false)) c.fail("norm_bias", "is true, and offsets of its norms are not counted here");
      const others = c.derive("L_n", "layers after the first", Number(L.value) - 1);
      return [
        weight("layers.attn_norm.weight", "norm", others, D),
        ...linear("lm_head.dense", "head", D, D, c.flag("classifier_bias", false)),
        weight("lm_head.norm.weight", "head", D),
      ];
    },
    windows: { size: 64, sliding: (layer) => layer % 3 !== 0 },
  },
  nanochat: {
    sizes: of(50304, 768, 8192, 12, 6),
    bias: ["attention_bias", false],
    norm: null,
    gated: false,
  },
  nemotron: {
    sizes: of(256000, 6144, 24576, 32, 48),
    bias: ["attention_bias", false],
    mlpBias: ["mlp_bias", false],
    norm: "layer",
    gated: false,
  },
  "openai-gpt": {
    ...GPT,
    sizes: of(40478, 768, "4D", 12, 12, FIXED),
    tied: true,
    positions: { field: ["n_positions", "max_position_embeddings"], otherwise: 512 },
    lastNorm: false,
  },
  persimmon: {
    ...GPT,
    sizes: of(262144, 4096, 16384, 36, 64, FIXED),
    attention: ({ K }, c) =>
      c.flag("qk_layernorm", true)
        ? ["q_layernorm.weight", "q_layernorm.bias", "k_layernorm.weight", "k_layernorm.bias"].map((name) =>
            weight(name, "attention", K),
          )
        : [],
  },
  stablelm: {
    sizes: of(50304, 2560, 6912, 32, 32, { kvHeads: 32, headDim: "fixed" }),
    bias: ["use_qkv_bias", false],
    outputBias: false,
    norm: "layer",
    norms: ["input_layernorm"],
    attention: ({ H, Hkv, K }, c) =>
      c.flag("qk_layernorm", false)
        ? [weight("q_layernorm.weight", "attention", H, K), weight("k_layernorm.weight", "attention", Hkv, K)]
        : [],
    layer: ({ D }, c) => (c.flag("use_parallel_residual", false) ? [] : layerNorm("post_attention_layernorm", D)),
  },
  xglm: { ...GPT, sizes: of(256008, 1024, 4096, 24, 16, FIXED), tied: true },
};
