import type { Cache, Family } from "../../../architecture.js";
import { countTypes, decoder, decoderSizes, layers, slidingWindow } from "../../../pieces/decoder.js";
import { expertLayers, smallExperts } from "../../../pieces/smallExperts.js";
import { group, linear, type Part, rmsNorm, weight } from "../../../part.js";
import { Size } from "../../../size.js";

/** MiMo-V2-Flash: values shorter than keys; most layers look at a window of 128 tokens, with twice the key-value heads and a
 *  learned sink a head; small experts without a shared one.
 *  Source: Xiaomi 2025, MiMo-V2-Flash technical report; transformers' MiMoV2FlashForCausalLM, which takes these numbers of heads
 *  for granted (the swa_ fields of Xiaomi's own file say the same). */
export const mimoV2: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 152576,
    hidden: 4096,
    inner: 16384,
    layers: 48,
    heads: 64,
    kvHeads: 4,
    headDim: 192,
  });
  const { V, D, L, H, Hkv, K } = sizes;
  const Kv = c.size("K_v", "v_head_dim", 128);
  const mlp = smallExperts(c, sizes, {
    kinds: expertLayers(c, L, 1),
    total: [["n_routed_experts", "num_local_experts"], 256],
    topK: ["num_experts_per_tok", 8],
    inner: 2048,
    shared: null,
  });
  const windowed = countTypes(c, L, "sliding_attention", (i) => i !== 0 && (i + 1) % 6 !== 0);
  const [full, sliding] = [Size.of(Number(L.value) - windowed), Size.of(windowed)];
  const bias = c.flag("attention_bias", false);
  const attention = (heads: Size, more: readonly Part[]): Part =>
    group(
      "self_attn",
      linear("q_proj", "attention", H.times(K), D, bias),
      linear("k_proj", "attention", heads.times(K), D, bias),
      linear("v_proj", "attention", heads.times(Kv), D, bias),
      linear("o_proj", "attention", D, H.times(Kv)),
      more,
    );
  const cache = (layersOf: Size, heads: Size, window: number | null): Cache => ({
    form: "GQA",
    layers: layersOf,
    numbers: heads.times(K.plus(Kv)),
    window,
    products: H.times(K.plus(Kv)),
  });
  // Xiaomi's field counts the tokens before the present one.
  const window = c.has("sliding_window_size") ? c.number("sliding_window_size", 128) + 1 : slidingWindow(c, 129);
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers("layers", L, rmsNorm("input_layernorm", D), rmsNorm("post_attention_layernorm", D)),
      ...layers("full attention layers", full, attention(Hkv, [])),
      ...layers("sliding attention layers", sliding, attention(Hkv.times(2), [weight("sinks", "attention", H)])),
      ...mlp.layers,
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: mlp.moe,
    caches: [cache(full, Hkv, null), cache(sliding, Hkv.times(2), window)],
  });
};
