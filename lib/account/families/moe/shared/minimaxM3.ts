import type { Cache, Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import { groupedAttention, groupedCache } from "../../../pieces/attention.js";
import { countTypes, decoder, decoderSizes, layers } from "../../../pieces/decoder.js";
import { expertLayers, smallExperts } from "../../../pieces/smallExperts.js";
import { fused, group, linear, type Part, rmsNorm, weight } from "../../../part.js";
import { Size } from "../../../size.js";

/** The language model of MiniMax-M3: attention with a norm on each head's query and key, in sparse layers an indexer that picks
 *  blocks of tokens; experts with a shared one.
 *  Source: MiniMax 2026, MiniMax-M3 model card; transformers' MiniMaxM3VLForConditionalGeneration. */
export const minimaxM3: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 200064,
    hidden: 6144,
    inner: 3072,
    layers: 60,
    heads: 64,
    kvHeads: 4,
    headDim: 128,
  });
  const { V, D, F, L } = sizes;
  const kinds = mlpKinds(c, L);
  const gated = (name: string, width: Size, kind: "feed-forward" | "shared expert"): Part =>
    group(
      name,
      fused("gate_up_proj", kind, { gate_proj: width, up_proj: width }, D),
      linear("down_proj", kind, D, width),
    );
  const mlp = smallExperts(
    c,
    { D, F: null },
    {
      kinds,
      total: [["num_local_experts", "num_experts"], 128],
      topK: ["num_experts_per_tok", 4],
      inner: F,
      shared: null,
      besides: [gated("shared_experts", c.size("F_s", "shared_intermediate_size", 3072), "shared expert")],
    },
  );
  const Fd = c.size("F_d", "dense_intermediate_size", 12288);

  const sparse = c.section("sparse_attention_config");
  const listed = sparse.wholes("sparse_attention_freq");
  const indexed = c.has("layer_types")
    ? countTypes(c, L, "minimax_m3_sparse", () => false)
    : (listed ?? []).slice(0, Number(L.value)).filter((one) => one !== 0).length;
  const Lx = c.derive("L_x", "layers with an indexer, from layer_types", indexed);
  const own = (letter: string, name: string, old: string, otherwise: number): Size =>
    sparse.has(old) ? sparse.size(letter, old, otherwise) : c.size(letter, name, otherwise);
  const Hx = own("H_x", "index_n_heads", "sparse_num_index_heads", 4);
  const Kx = own("K_x", "index_head_dim", "sparse_index_dim", 128);
  const picked =
    (sparse.number("sparse_topk_blocks", c.number("index_topk_blocks", 16)) +
      sparse.number("sparse_local_block", c.number("index_local_blocks", 1))) *
    sparse.number("sparse_block_size", c.number("index_block_size", 128));
  const indexedCaches: Cache[] =
    indexed > 0
      ? [
          { ...groupedCache(sizes, Lx), most: picked },
          { form: "MQA", layers: Lx, numbers: Kx, window: null, products: Hx.times(Kx) },
        ]
      : [];
  const rest = Size.of(Number(L.value) - indexed);
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, { qkNorm: "head" }),
        rmsNorm("post_attention_layernorm", D),
      ),
      ...layers(
        "indexed layers",
        Lx,
        group(
          "indexer",
          linear("q_proj", "attention", Hx.times(Kx), D),
          linear("k_proj", "attention", Kx, D),
          weight("q_norm.weight", "attention", Kx),
          weight("k_norm.weight", "attention", Kx),
        ),
      ),
      ...layers("dense layers", kinds.dense, gated("mlp", Fd, "feed-forward")),
      ...mlp.layers,
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { ...mlp.moe, shared: 1 },
    caches: [groupedCache(sizes, rest), ...indexedCaches],
  });
};

/** `mlp_layer_types`, or in MiniMax's own files `moe_layer_freq`, with 1 for experts and 0 for none. */
function mlpKinds(c: Fields, L: Size): { dense: Size; sparse: Size } {
  const list = c.has("mlp_layer_types") ? undefined : c.wholes("moe_layer_freq")?.slice(0, Number(L.value));
  return expertLayers(c, L, (list ?? []).filter((one) => one === 0).length, "moe_layer_freq");
}
