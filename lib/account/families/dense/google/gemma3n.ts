import type { Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import { decoder, headSize, headsDivide, kvHeads, layers, slidingWindow } from "../../../pieces/decoder.js";
import { swiglu } from "../../../pieces/feedForward.js";
import { group, linear, type Part, rmsNorm, used, weight } from "../../../part.js";
import { Size, TWO } from "../../../size.js";
import { layerPlan, perLayerGate, perLayerInputs, sharingAttention, sharingCaches } from "./perLayer.js";

/** Gemma 3n: A residuals in place of one, of which each layer computes one and predicts the others (AltUp), a narrow path beside
 *  attention (LAuReL), an embedding for each layer, and last layers that reuse keys and values. The last have no key and value
 *  matrices of their own in the class of transformers 5.24.
 *  Source: Gemma Team 2025, https://ai.google.dev/gemma/docs/gemma-3n; transformers' Gemma3nForCausalLM. */
export const gemma3n: Family = (c) => {
  const V = c.size("V", "vocab_size", 262400);
  const D = c.size("D", "hidden_size", 2048);
  const L = c.depth("L", "num_hidden_layers", 35);
  const H = c.size("H", "num_attention_heads", 8);
  headsDivide(c, D, H);
  const sizes = { D, H, Hkv: kvHeads(c, H, 2), K: headSize(c, D, H, 256) };
  const P = c.count("P", "hidden_size_per_layer_input", 256);
  const A = c.size("A", "altup_num_inputs", 4);
  const bias = c.flag("attention_bias", false);
  const plan = layerPlan(c, L, 5, 15);
  const reusing = plan.filter(({ reuses }) => reuses).length;
  const others = Size.of(Number(A.value) - 1);
  return decoder(c, {
    V,
    D,
    more: [
      ...perLayerInputs(c, D, L, P),
      ...layers("altup_projections", others, linear("projection", "other", D, D)),
      ...layers("altup_unembed_projections", others, linear("projection", "other", D, D)),
    ],
    layers: [
      ...layers(
        "layers",
        L,
        ...["input", "post_attention", "pre_feedforward", "post_feedforward"].map((at) =>
          rmsNorm(`${at}_layernorm`, D),
        ),
        altup(D, A),
        laurel(D, c.size("R", "laurel_rank", 64)),
        perLayerGate(D, P),
      ),
      ...layers("layers with keys", Size.of(plan.length - reusing), sharingAttention(sizes, { bias, reuses: false })),
      ...layers("layers that reuse keys", Size.of(reusing), sharingAttention(sizes, { bias, reuses: true })),
      ...feedForwards(c, D, L),
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    caches: sharingCaches(plan, { sliding: sizes, full: sizes }, slidingWindow(c, 512)),
  });
};

/** A coefficients that correct and A² that predict, from scores of the A residuals.
 *  Source: Baykal et al. 2023, https://arxiv.org/abs/2301.13310 */
const altup = (D: Size, A: Size): Part =>
  group(
    "altup",
    weight("correct_output_scale", "other", D),
    linear("correction_coefs", "other", A, A),
    linear("prediction_coefs", "other", A.times(A), A),
    // Once to predict and once to correct.
    linear("modality_router", "other", A, D).map((part) => used(part, TWO)),
    rmsNorm("router_norm", D, "other"),
  );

/** A path of rank R beside attention. Source: Menghani et al. 2024, https://arxiv.org/abs/2411.07501 */
const laurel = (D: Size, R: Size): Part =>
  group(
    "laurel",
    linear("linear_left", "other", R, D),
    linear("linear_right", "other", D, R),
    rmsNorm("post_laurel_norm", D, "other"),
  );

/** SwiGLU, whose width may be one number or a list with one for each layer. */
function feedForwards(c: Fields, D: Size, L: Size): Part[] {
  const field = "intermediate_size";
  if (!Array.isArray(c.values[field]))
    return layers("feed-forward layers", L, group("mlp", swiglu(D, c.size("F", field, 16384))));
  const widths = c.wholes(field) ?? [];
  if (widths.length !== Number(L.value))
    c.fail(field, `must have a number for each of the ${L.value} layers, got ${widths.length}`);
  return [...new Set(widths)].flatMap((width, i) => {
    const times = widths.filter((other) => other === width).length;
    const F = c.derive(`F_${i + 1}`, `${field} of ${times} layers`, width);
    return layers("feed-forward layers", Size.of(times), group("mlp", swiglu(D, F)));
  });
}
