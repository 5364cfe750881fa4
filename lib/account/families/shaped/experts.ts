/** Mixtures of transformers that are Llama with experts, but for a few facts. */

import type { Fields } from "../../config/fields.js";
import { linear, weight } from "../../part.js";
import type { MixtureFacts } from "./mixtures.js";
import type { Shape } from "./shape.js";
import type { ShapeDefaults } from "./sizes.js";

const of = (
  vocab: number,
  hidden: number,
  inner: number | null,
  layers: number,
  heads: number,
  more: Partial<ShapeDefaults> = {},
): ShapeDefaults => ({ vocab, hidden, inner, layers, heads, ...more });

const EXPERTS = ["num_experts", "num_local_experts"] as const;
const ROUTED = ["n_routed_experts", "num_local_experts"] as const;
const TOP_K = "num_experts_per_tok";
const INNER = "moe_intermediate_size";
const BIAS = ["attention_bias", false] as const;

const small = (experts: MixtureFacts["experts"], k: number, inner: number): MixtureFacts => ({
  experts,
  topK: [TOP_K, k],
  inner: [INNER, inner],
});

const sinks: Shape["attention"] = ({ H }) => [weight("sinks", "attention", H)];
const lastOf = (c: Fields): number => c.number("num_hidden_layers", 49) - 1;

export const EXPERT_SHAPES: Readonly<Record<string, Shape>> = {
  aria_text: {
    sizes: of(32000, 4096, 4096, 32, 32),
    bias: BIAS,
    moe: {
      experts: ["moe_num_experts", 8],
      topK: ["moe_topk", 2],
      shared: { count: ["moe_num_shared_experts", 2] },
      sharedBias: ["mlp_bias", false],
    },
  },
  beam: {
    sizes: of(151936, 5120, 20480, 52, 48, { kvHeads: 8, headDim: 128 }),
    bias: BIAS,
    qkNorm: "head",
    norms: ["input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm"],
    attention: ({ D, H, K }) => [
      ...linear("gate_proj", "attention", H.times(K), D),
      weight("gate_bias", "attention", H),
    ],
    moe: { ...small([EXPERTS, 256], 8, 2560), dense: ["first_k_dense_replace", 3], bias: "buffer" },
    windows: { size: 512 },
  },
  doge: {
    sizes: of(32768, 1024, 2048, 32, 8),
    bias: BIAS,
    qkNorm: "head",
    mlpBias: ["mlp_bias", false],
    attention: ({ Hkv, K }, c) => [
      weight("A", "attention", Hkv),
      ...linear("dt_proj", "attention", Hkv, Hkv.times(K), c.flag("attention_bias", false)),
    ],
    layer: ({ D }, c) => {
      c.has([...EXPERTS, TOP_K]); // bear nothing without is_moe
      if (c.flag("is_moe", false))
        c.fail("is_moe", "is true, and experts that are rows of a table are not counted here");
      return ["input_residual", "post_attention_residual"].map((name) => weight(name, "other", D));
    },
  },
  flex_olmo: {
    sizes: of(100352, 4096, 11008, 32, 32),
    bias: BIAS,
    qkNorm: "all",
    norms: ["post_attention_layernorm", "post_feedforward_layernorm"],
    moe: { experts: [EXPERTS, 7], topK: [TOP_K, 5] },
  },
  flint: {
    sizes: of(150144, 2048, 6144, 49, 32, { kvHeads: 4, headDim: 128 }),
    defaults: { mlp_only_layers: [0, 1] },
    bias: BIAS,
    qkNorm: "head",
    attention: sinks,
    moe: {
      ...small([EXPERTS, 256], 6, 512),
      shared: { inner: ["shared_expert_intermediate_size", 1024] },
      steps: true,
    },
    windows: { size: 513, sliding: (layer, c) => layer !== 0 && (layer + 3) % 4 !== 0 && layer !== lastOf(c) },
  },
  granitemoe_swa: {
    sizes: of(32000, 4096, 11008, 32, 32),
    bias: BIAS,
    attention: sinks,
    moe: {
      experts: ["num_local_experts", 8],
      topK: [TOP_K, 2],
      shared: { inner: ["shared_intermediate_size", 0] },
    },
    windows: { size: 128, sliding: (layer) => layer % 4 !== 0 },
  },
  laguna: {
    sizes: of(100352, 2048, 8192, 40, 48, { kvHeads: 8, headDim: 128 }),
    bias: BIAS,
    qkNorm: "head",
    attention: ({ D, H, K }, c) => {
      const heads = c.wholes("num_attention_heads_per_layer") ?? [];
      if (heads.some((some) => BigInt(some) !== H.value))
        c.fail("num_attention_heads_per_layer", "must be num_attention_heads in every layer to be counted here");
      return linear("g_proj", "attention", c.flag("gating", true) ? H : H.times(K), D); // a gate for a head, or for each number
    },
    moe: {
      ...small([EXPERTS, 256], 8, 512),
      shared: { inner: ["shared_expert_intermediate_size", 512] },
      dense: ["first_k_dense_replace", 1],
      bias: "weight",
    },
    windows: { size: 512, sliding: () => false },
  },
  mellum: {
    sizes: of(98304, 2304, 7168, 28, 32, { kvHeads: 4, headDim: 128 }),
    bias: BIAS,
    qkNorm: "head",
    moe: small([EXPERTS, 64], 8, 896),
    windows: { size: 1024, sliding: () => false },
  },
  solar_open: {
    sizes: of(196608, 4096, null, 48, 64, { kvHeads: 8, headDim: 128 }),
    bias: BIAS,
    outputBias: false,
    moe: { ...small([ROUTED, 128], 8, 1280), shared: { count: ["n_shared_experts", 1] }, bias: "buffer" },
  },
};
