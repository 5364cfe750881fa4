import type { Family } from "../../../architecture.js";
import { decoder, layers } from "../../../pieces/decoder.js";
import { hyperConnection, hyperHead } from "../../../pieces/hyperConnection.js";
import { indexer, indexerCache, indexerSizes } from "../../../pieces/indexer.js";
import { latentAttention, latentCache, latentSizes } from "../../../pieces/latentAttention.js";
import { expertLayers, smallExperts } from "../../../pieces/smallExperts.js";
import { linear, rmsNorm, weight } from "../../../part.js";

/** Hunyuan 4: latent attention with a gate on its output and a sink a head, an indexer in the first layer and every fourth after
 *  it, hyper-connections, small experts with a shared one.
 *  Source: Tencent 2026, Hy4 model card; transformers' HYV4ForCausalLM. */
export const hyV4: Family = (c) => {
  const V = c.size("V", "vocab_size", 120832);
  const D = c.size("D", "hidden_size", 2816);
  const F = c.size("F", "intermediate_size", 6912);
  const L = c.depth("L", "num_hidden_layers", 34);
  const H = c.size("H", "num_attention_heads", 32);
  const sizes = latentSizes(c, D, H, { kvRank: 512, queryRank: 1536, nope: 192, rope: 64, value: 256 });
  const Q = c.size("Q", "q_lora_rank", 1536);
  const m = c.size("m", "hc_mult", 4);
  const index = indexerSizes(c, 16);
  const mlp = smallExperts(
    c,
    { D, F },
    {
      kinds: expertLayers(c, L, 1),
      total: [["n_routed_experts", "num_local_experts"], 256],
      topK: ["num_experts_per_tok", 8],
      inner: 768,
      shared: ["n_shared_experts", 1],
    },
  );
  const types = c.words("indexer_types")?.slice(0, Number(L.value));
  const own = types
    ? types.filter((type) => type === "full").length
    : Array.from({ length: Number(L.value) }, (_, i) => i).filter((i) => i === 0 || (i - 1) % 4 === 0).length;
  const Lx = c.derive("L_x", "layers with an indexer, from indexer_types", own);
  const streams = (name: string) => hyperConnection(name, D, m, m.times(2), 2);
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        latentAttention({ ...sizes, Q }, c.flag("attention_bias", false), [
          ...linear("gate_proj", "attention", H.times(sizes.Kv), D),
          weight("sinks", "attention", H),
        ]),
        rmsNorm("post_attention_layernorm", D),
        streams("attn_hc"),
        streams("ffn_hc"),
      ),
      ...layers("indexed layers", Lx, indexer(index, D, Q)),
      ...mlp.layers,
    ],
    norm: [...rmsNorm("norm", D), hyperHead(D, m)],
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: mlp.moe,
    caches: [latentCache(sizes, L, c.number("index_topk", 2048)), indexerCache(index, Lx)],
  });
};
