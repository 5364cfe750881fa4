import type { Family } from "../../architecture.js";
import type { Fields } from "../../config/fields.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, expertCounts, layers } from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { group, linear, rmsNorm } from "../../part.js";
import { Size } from "../../size.js";

/** Hunyuan-A13B and Hunyuan-Large: experts beside one feed-forward layer of the same width that sees every token. In Hunyuan-Large
 *  (use_cla) the layers after each `cla_share_factor`-th one use its keys and values: they have no projections for them, and keep none.
 *  Source: Tencent 2025, Hunyuan-A13B technical report; transformers' HunYuanMoEV1ForCausalLM. What that class does not read
 *  (use_cla, several shared experts, moe_intermediate_size): Sun et al. 2024, https://arxiv.org/abs/2411.02265, and vLLM's hunyuan_v1. */
export const hunyuan: Family = (given) => {
  const c = PER_LAYER.reduce(sameInAll, given);
  const sizes = decoderSizes(c, { vocab: 290943, hidden: 4096, inner: 11008, layers: 32, heads: 32, kvHeads: null });
  const { V, D, F, L, H, K } = sizes;
  const Fe = c.sizeOr("F_e", "moe_intermediate_size", () => F);
  const S = c.has("num_shared_expert") ? c.size("S", "num_shared_expert", null) : Size.of(1);
  const experts = expertCounts(c, [["num_experts", "num_local_experts"], 1], [["moe_topk", "num_experts_per_tok"], 1]);
  const share = c.flag("use_cla", false) ? c.number("cla_share_factor", 1, { least: 1 }) : 1;
  const own = Math.ceil(Number(L.value) / share);
  const Lo = share === 1 ? L : c.derive("L_o", "layers with keys of their own, from cla_share_factor", own);
  const rest = share === 1 ? Size.of(0) : c.derive("L_s", "layers that use those of another", Number(L.value) - own);
  const bias = c.flag("attention_bias", false);
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        rmsNorm("query_layernorm", K, "attention"),
        rmsNorm("key_layernorm", K, "attention"),
        rmsNorm("post_attention_layernorm", D),
        mixture(experts, {
          router: router(experts.E, D, "gate.wg"),
          expert: swiglu(D, Fe, false, "expert"),
          shared: [group("shared_mlp", swiglu(D, S.times(F), false, "shared expert"))],
        }),
      ),
      ...layers("layers with keys and values", Lo, groupedAttention(sizes, { bias })),
      ...layers(
        "layers without",
        rest,
        group(
          "self_attn",
          linear("q_proj", "attention", H.times(K), D, bias),
          linear("o_proj", "attention", D, H.times(K), bias),
        ),
      ),
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: L, experts, shared: Number(S.value) },
    caches: [{ ...groupedCache(sizes, Lo), readers: L }],
  });
};

const PER_LAYER = ["moe_topk", "num_experts_per_tok", "num_shared_expert", "moe_intermediate_size"];

/** The hub's file lists these for each layer; all layers must agree, so that one number says it. */
function sameInAll(c: Fields, field: string): Fields {
  const value = c.values[field];
  if (!Array.isArray(value)) return c;
  const [first] = c.wholes(field) ?? [];
  if (first === undefined || new Set(value).size > 1)
    c.fail(field, "must be the same number in every layer to be counted here");
  return c.with({ [field]: first });
}
