import type { Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import { decoder, layers } from "../../../pieces/decoder.js";
import { indexer, indexerCache, indexerSizes } from "../../../pieces/indexer.js";
import { latentAttention, latentCache, type LatentDefaults, latentSizes } from "../../../pieces/latentAttention.js";
import { expertLayers, smallExperts } from "../../../pieces/smallExperts.js";
import { type Part, rmsNorm } from "../../../part.js";
import type { Size } from "../../../size.js";

interface Defaults {
  vocab: number;
  hidden: number;
  inner: number;
  layers: number;
  heads: number;
  latent: LatentDefaults & { queryRank: number };
  indexHeads: number;
  /** Which layers have an indexer of their own; the others use that of the layer before. */
  withIndexer: (c: Fields, L: Size) => number;
}

/** DeepSeek-V3 with an indexer in its attention layers. Layers for multi-token prediction are not counted. */
const withDefaults =
  (defaults: Defaults): Family =>
  (c) => {
    const V = c.size("V", "vocab_size", defaults.vocab);
    const D = c.size("D", "hidden_size", defaults.hidden);
    const F = c.size("F", "intermediate_size", defaults.inner);
    const L = c.depth("L", "num_hidden_layers", defaults.layers);
    const H = c.size("H", "num_attention_heads", defaults.heads);
    const sizes = latentSizes(c, D, H, defaults.latent);
    const Q = c.size("Q", "q_lora_rank", defaults.latent.queryRank);
    const index = indexerSizes(c, defaults.indexHeads);
    const own = defaults.withIndexer(c, L);
    const Lx = own === Number(L.value) ? L : c.derive("L_x", "layers with an indexer, from indexer_types", own);
    const first = c.number("first_k_dense_replace", 3);
    const mlp = smallExperts(
      c,
      { D, F },
      {
        kinds: expertLayers(c, L, first, "first_k_dense_replace"),
        total: [["n_routed_experts", "num_local_experts", "num_experts"], 256],
        topK: ["num_experts_per_tok", 8],
        inner: 2048,
        shared: ["n_shared_experts", 1],
      },
    );
    const bias = c.flag("attention_bias", false);
    const indexers: Part[] = layers("indexed layers", Lx, indexer(index, D, Q));
    return decoder(c, {
      V,
      D,
      layers: [
        ...layers(
          "layers",
          L,
          rmsNorm("input_layernorm", D),
          latentAttention({ ...sizes, Q }, bias),
          rmsNorm("post_attention_layernorm", D),
        ),
        ...indexers,
        ...mlp.layers,
      ],
      norm: rmsNorm("norm", D),
      tied: c.flag("tie_word_embeddings", false),
      depth: L,
      moe: mlp.moe,
      caches: [latentCache(sizes, L, c.number("index_topk", 2048)), indexerCache(index, Lx)],
    });
  };

/** DeepSeek-V3.2: each layer has an indexer.
 *  Source: DeepSeek-AI 2025, https://arxiv.org/abs/2512.02556; transformers' DeepseekV32ForCausalLM. */
export const deepseekV32 = withDefaults({
  vocab: 129280,
  hidden: 7168,
  inner: 18432,
  layers: 61,
  heads: 128,
  latent: { kvRank: 512, queryRank: 1536, nope: 128, rope: 64, value: 128 },
  indexHeads: 64,
  withIndexer: (_, L) => Number(L.value),
});

/** GLM-5: DeepSeek-V3.2's parts with other sizes; some layers may use the choice of an earlier layer's indexer.
 *  Source: GLM-5 Team 2026, GLM-5 technical report; transformers' GlmMoeDsaForCausalLM. */
export const glmMoeDsa = withDefaults({
  vocab: 154880,
  hidden: 6144,
  inner: 12288,
  layers: 78,
  heads: 64,
  latent: { kvRank: 512, queryRank: 2048, nope: 192, rope: 64, value: 256 },
  indexHeads: 32,
  withIndexer: (c, L) => {
    const pattern = c.values.index_topk_pattern;
    const types = c.words("indexer_types") ?? (Array.isArray(pattern) ? c.words("index_topk_pattern") : undefined);
    if (types) return types.slice(0, Number(L.value)).filter((type) => type === "full").length;
    if (typeof pattern === "string") return Array.from(pattern).filter((letter) => letter === "F").length;
    const step = Math.max(1, c.number("index_topk_freq", 1));
    const offset = c.number("index_skip_topk_offset", 2);
    return Array.from({ length: Number(L.value) }, (_, i) => i).filter((i) => Math.max(i - offset + 1, 0) % step === 0)
      .length;
  },
});
