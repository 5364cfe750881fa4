import type { Cache, Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import { looksAt } from "../../../pieces/attention.js";
import { decoder, expertCounts, layers } from "../../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../../pieces/feedForward.js";
import { hyperConnection, hyperHead } from "../../../pieces/hyperConnection.js";
import { routingBias } from "../../../pieces/smallExperts.js";
import { buffer, group, linear, type Part, rmsNorm, table, weight } from "../../../part.js";
import { ONE, Size, ZERO } from "../../../size.js";

/** DeepSeek-V4: one key that is its own value for all heads, kept for a window of tokens, and beside it one entry for every 4 or
 *  128 tokens; of those every 4 an indexer picks some. Several residual streams (hyper-connections). In the first layers the
 *  token's number alone says which experts work: a table that is saved, not trained. Layers for multi-token prediction and what
 *  a cache holds of an unfinished entry are not counted.
 *  Source: DeepSeek-AI 2026, DeepSeek-V4 technical report; transformers' DeepseekV4ForCausalLM. */
export const deepseekV4: Family = (c) => {
  const V = c.size("V", "vocab_size", 129280);
  const D = c.size("D", "hidden_size", 4096);
  const L = c.depth("L", "num_hidden_layers", 43);
  const H = c.size("H", "num_attention_heads", 64);
  const K = c.size("K", "head_dim", 512);
  const Q = c.size("Q", "q_lora_rank", 1024);
  const G = c.size("G", "o_groups", 8);
  const O = c.size("O", "o_lora_rank", 1024);
  const m = c.size("m", "hc_mult", 4);
  const Fe = c.size("F_e", ["moe_intermediate_size", "intermediate_size"], 2048);
  const experts = expertCounts(c, [["n_routed_experts", "num_local_experts"], 256], ["num_experts_per_tok", 6]);
  if ((H.value * K.value) % G.value !== 0n)
    c.fail("o_groups", `must divide num_attention_heads · head_dim ${H.value * K.value}, got ${G.value}`);
  const perGroup = c.derive("A", "num_attention_heads * head_dim / o_groups", Number((H.value * K.value) / G.value));

  const kinds = attentionKinds(c, Number(L.value));
  const [Lh, Lc] = [
    c.derive("L_h", "layers that compress most (heavily_compressed_attention)", kinds.heavy),
    c.derive("L_c", "layers with an indexer (compressed_sparse_attention)", kinds.sparse),
  ];
  const rates = c.section("compress_rates");
  const every = {
    heavy: c.number("compress_rate_hca", rates.number("heavily_compressed_attention", 128, { least: 1 }), { least: 1 }),
    sparse: c.number("compress_rate_csa", rates.number("compressed_sparse_attention", 4, { least: 1 }), { least: 1 }),
  };
  const [Kx, Hx] = [c.size("K_x", "index_head_dim", 128), c.size("H_x", "index_n_heads", 64)];
  const rate = {
    heavy: c.derive("R_h", "compress_rates, heavy", every.heavy),
    sparse: c.derive("R_c", "compress_rates, sparse", every.sparse),
  };
  const index = group(
    "indexer",
    ...entries(rate.sparse, Kx.times(2), Kx, D),
    linear("q_b_proj", "attention", Hx.times(Kx), Q),
    linear("scorer.weights_proj", "attention", Hx, D),
  );

  const hashed = hashLayers(c, Number(L.value));
  const mlpBias = c.flag("mlp_bias", false);
  const streams = (name: string): Part => hyperConnection(name, D, m, m.plus(Size.of(2)).times(m), 3);
  // Each head meets the one key, and weighs it as a value again.
  const cache = (layersOf: Size, numbers: Size, more: Partial<Cache>): Cache[] =>
    layersOf.value === 0n
      ? []
      : [{ form: "MQA", layers: layersOf, numbers, window: null, products: looksAt({ H, K }), ...more }];
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        group(
          "self_attn",
          linear("q_a_proj", "attention", Q, D),
          rmsNorm("q_a_norm", Q, "attention"),
          linear("q_b_proj", "attention", H.times(K), Q),
          linear("kv_proj", "attention", K, D),
          rmsNorm("kv_norm", K, "attention"),
          linear("o_a_proj", "attention", G.times(O), perGroup),
          linear("o_b_proj", "attention", D, G.times(O)),
          weight("sinks", "attention", H),
        ),
        mixture(experts, {
          router: router(experts.E, D),
          expert: swiglu(D, Fe, false, "expert"),
          shared: [group("shared_experts", swiglu(D, Fe, mlpBias, "shared expert"))],
        }),
        rmsNorm("input_layernorm", D),
        rmsNorm("post_attention_layernorm", D),
        streams("attn_hc"),
        streams("ffn_hc"),
      ),
      ...layers("heavily compressed layers", Lh, group("compressor", entries(rate.heavy, K, K, D))),
      ...layers("compressed sparse layers", Lc, group("compressor", entries(rate.sparse, K.times(2), K, D), index)),
      ...layers("hash layers", Size.of(hashed), buffer("tid2eid", "router", V, experts.k)),
      ...layers("scored layers", Size.of(Number(L.value) - hashed), routingBias(experts.E)),
    ],
    norm: [...rmsNorm("norm", D), hyperHead(D, m)],
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: L, experts, shared: 1 },
    caches: [
      ...cache(L, K, { window: c.number("sliding_window", 128) }),
      ...cache(Lh, K, { every: every.heavy }),
      ...cache(Lc, K, { every: every.sparse, most: c.number("index_topk", 512) }),
      ...cache(Lc, Kx, { every: every.sparse, products: Hx.times(Kx.plus(ONE)) }),
      // Entries overlap: keys and gates of the last R tokens go into the next one, too.
      ...cache(Lc, K.plus(Kx).times(rate.sparse).times(2), { form: "state", products: ZERO }),
    ],
  });
};

/** One entry for R tokens: keys and gates of each token, a position for each of the R, a norm. */
const entries = (R: Size, width: Size, K: Size, D: Size): Part[] => [
  table("position_bias", "attention", R, width),
  ...linear("kv_proj", "attention", width, D),
  ...linear("gate_proj", "attention", width, D),
  ...rmsNorm("kv_norm", K, "attention"),
];

/** `layer_types`, or in DeepSeek's own files `compress_ratios`: 0 (window alone), 4 or 128 for each layer, and more for others. */
function attentionKinds(c: Fields, all: number): { heavy: number; sparse: number } {
  const [HEAVY, SPARSE] = ["heavily_compressed_attention", "compressed_sparse_attention"];
  const types =
    c.words("layer_types") ?? c.wholes("compress_ratios")?.map((r) => (r === 128 ? HEAVY : r === 4 ? SPARSE : ""));
  if (types && types.length < all)
    c.fail(["layer_types", "compress_ratios"], `must name each of the ${all} layers, got ${types.length}`);
  const kinds = types?.slice(0, all) ?? Array.from({ length: all }, (_, i) => (i > 1 && i % 2 === 1 ? SPARSE : HEAVY));
  const count = (kind: string): number => kinds.filter((type) => type === kind).length;
  return { heavy: count(HEAVY), sparse: count(SPARSE) };
}

function hashLayers(c: Fields, all: number): number {
  const types = c.words("mlp_layer_types");
  if (types && types.length < all)
    c.fail("mlp_layer_types", `must name each of the ${all} layers, got ${types.length}`);
  return types
    ? types.slice(0, all).filter((type) => type === "hash_moe").length
    : Math.min(all, c.number("num_hash_layers", 3));
}
