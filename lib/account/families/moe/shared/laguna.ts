import type { Cache, Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import { groupedCache } from "../../../pieces/attention.js";
import {
  countTypes,
  decoder,
  decoderSizes,
  type DecoderSizes,
  layers,
  slidingCaches,
  slidingWindow,
} from "../../../pieces/decoder.js";
import { expertLayers, smallExperts } from "../../../pieces/smallExperts.js";
import { swiglu } from "../../../pieces/feedForward.js";
import { group, linear, rmsNorm, used, weight } from "../../../part.js";
import { ONE, Size } from "../../../size.js";

/** Laguna: each layer may have its own number of heads; a gate a head (or a number) on the output of attention; small experts with
 *  a shared one. Its routing bias is a parameter in transformers, and so counted.
 *  Source: Poolside 2026, Laguna model card; transformers' LagunaForCausalLM. */
export const laguna: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 100352,
    hidden: 2048,
    inner: 8192,
    layers: 40,
    heads: 48,
    kvHeads: 8,
    headDim: 128,
  });
  const { V, D, L, H, Hkv, K } = sizes;
  const mlp = smallExperts(c, sizes, {
    kinds: expertLayers(c, L, 1),
    total: ["num_experts", 256],
    topK: ["num_experts_per_tok", 8],
    inner: 512,
    shared: null,
    balance: (E) => [weight("gate.e_score_correction_bias", "router", E)],
    besides: [
      group(
        "shared_experts",
        swiglu(D, c.count("F_s", "shared_expert_intermediate_size", 512), false, "shared expert"),
      ),
    ],
  });
  const bias = c.flag("attention_bias", false);
  const perHead = c.values.gating === undefined || c.values.gating === true || c.values.gating === "per-head";
  // All heads of all layers, since layers may have different numbers.
  const listed = c.wholes("num_attention_heads_per_layer");
  if (listed && listed.length !== Number(L.value))
    c.fail(
      "num_attention_heads_per_layer",
      `must have a number for each of the ${L.value} layers, got ${listed.length}`,
    );
  const all = listed
    ? c.derive(
        "H_all",
        "num_attention_heads_per_layer, their sum",
        listed.reduce((a, b) => a + b, 0),
      )
    : L.times(H);
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        group(
          "self_attn",
          linear("k_proj", "attention", Hkv.times(K), D, bias),
          linear("v_proj", "attention", Hkv.times(K), D, bias),
          bias ? [weight("o_proj.bias", "attention", D)] : [],
          rmsNorm("q_norm", K, "attention"),
          rmsNorm("k_norm", K, "attention"),
        ),
        rmsNorm("post_attention_layernorm", D),
      ),
      ...layers(
        "query heads of all layers",
        all,
        linear("q_proj", "attention", K, D, bias),
        weight("o_proj.weight", "attention", D, K),
        used(weight("g_proj.weight", "attention", ...(perHead ? [D] : [K, D])), ONE),
      ),
      ...mlp.layers,
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { ...mlp.moe, shared: 1 },
    caches: cachesOf(c, sizes, listed),
  });
};

/** By layers of one kind: with a window or without, and with as many heads. */
function cachesOf(c: Fields, sizes: DecoderSizes, heads: readonly number[] | undefined): Cache[] {
  const { L } = sizes;
  const window = c.has("layer_types") ? slidingWindow(c, 512) : null;
  const types = c.words("layer_types");
  const sliding = countTypes(c, L, "sliding_attention", () => false);
  if (!heads) return slidingCaches(sizes, sliding, window);
  const kinds = heads.map((own, i) => `${window !== null && types?.[i] === "sliding_attention" ? window : ""}/${own}`);
  return [...new Set(kinds)].map((kind) => {
    const [slides, own] = kind.split("/");
    const layersOf = Size.of(kinds.filter((other) => other === kind).length);
    return groupedCache({ ...sizes, H: Size.of(Number(own)) }, layersOf, slides === "" ? null : Number(slides));
  });
}
