import type { Family } from "../../architecture.js";
import type { Fields } from "../../config/fields.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { countTypes, decoder, decoderSizes, expertCounts, layers } from "../../pieces/decoder.js";
import { mixture, namedByNumber, router } from "../../pieces/feedForward.js";
import { buffer, group, linear, rmsNorm } from "../../part.js";
import { ONE, type Size } from "../../size.js";

/** MiniMax-Text-01 and M1: lightning (linear) attention in most layers, attention in the others; experts as in Mixtral.
 *  Source: MiniMax 2025, https://arxiv.org/abs/2501.08313; transformers' MiniMaxForCausalLM. */
export const minimax: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 32000, hidden: 4096, inner: 14336, layers: 32, heads: 32, kvHeads: 8 });
  const { V, D, F, L, H, K } = sizes;
  const experts = expertCounts(c, [["num_local_experts", "num_experts"], 8], ["num_experts_per_tok", 2]);
  const full = fullLayers(c, L);
  const La = c.derive("L_a", "layers with attention, from layer_types", full);
  const Ll = c.derive("L_l", "layers with linear attention, from layer_types", Number(L.value) - full);
  const heads = H.times(K);
  const B = c.size("B", "block_size", 256);
  const lightning = group(
    "self_attn",
    rmsNorm("norm", heads, "attention"),
    linear("qkv_proj", "attention", heads.times(3), D),
    linear("out_proj", "attention", D, heads),
    linear("output_gate", "attention", heads, D),
    // How fast each head forgets: fixed numbers, saved with the weights.
    buffer("slope_rate", "attention", H, ONE, ONE),
    buffer("query_decay", "attention", H, B, ONE),
    buffer("key_decay", "attention", H, B, ONE),
    buffer("diagonal_decay", "attention", ONE, H, B, B),
  );
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        rmsNorm("post_attention_layernorm", D),
        mixture(experts, {
          name: "block_sparse_moe",
          router: router(experts.E, D),
          expert: namedByNumber(D, F, "expert"),
        }),
      ),
      ...layers("attention layers", La, groupedAttention(sizes)),
      ...layers("linear attention layers", Ll, lightning),
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: L, experts, shared: 0 },
    caches: [
      groupedCache(sizes, La),
      { form: "state", layers: Ll, numbers: heads.times(K), window: null, products: heads.times(K).times(2) },
    ],
  });
};

/** Layers with full attention: `layer_types`, or in the hub's first files `attn_type_list` with 1 for full and 0 for linear. */
function fullLayers(c: Fields, L: Size): number {
  const list = c.wholes("attn_type_list");
  if (list && !c.has("layer_types")) return list.filter((type) => type === 1).length;
  return countTypes(c, L, "full_attention", (i) => i % 2 === 0);
}
