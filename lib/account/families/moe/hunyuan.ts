import type { Family } from "../../architecture.js";
import type { Fields } from "../../config/fields.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, expertCounts, layers } from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { group, rmsNorm } from "../../part.js";

/** Hunyuan-A13B: experts beside one feed-forward layer of the same width that sees every token.
 *  Source: Tencent 2025, Hunyuan-A13B technical report; transformers' HunYuanMoEV1ForCausalLM. */
export const hunyuan: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 290943, hidden: 4096, inner: 11008, layers: 32, heads: 32, kvHeads: null });
  const { V, D, F, L } = sizes;
  const experts = expertCounts(
    oneTopK(c),
    [["num_experts", "num_local_experts"], 1],
    [["moe_topk", "num_experts_per_tok"], 1],
  );
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      rmsNorm("input_layernorm", D),
      groupedAttention(sizes, {
        bias: c.flag("attention_bias", false),
        qkNorm: "head",
        normNames: ["query_layernorm", "key_layernorm"],
      }),
      rmsNorm("post_attention_layernorm", D),
      mixture(experts, {
        router: router(experts.E, D, "gate.wg"),
        expert: swiglu(D, F, false, "expert"),
        shared: [group("shared_mlp", swiglu(D, F, false, "shared expert"))],
      }),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: L, experts, shared: 1 },
    caches: [groupedCache(sizes, L)],
  });
};

/** The hub's file lists moe_topk for each layer; all layers must agree, so that one number says it. */
function oneTopK(c: Fields): Fields {
  const value = c.values.moe_topk;
  if (!Array.isArray(value)) return c;
  const [first] = c.wholes("moe_topk") ?? [];
  if (first === undefined || new Set(value).size > 1)
    c.fail("moe_topk", "must be the same number in every layer to be counted here");
  return c.with({ moe_topk: first });
}
