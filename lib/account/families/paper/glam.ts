import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, expertCounts, layers } from "../../pieces/decoder.js";
import { mixture, mlp, router, swiglu } from "../../pieces/feedForward.js";
import { group, rmsNorm } from "../../part.js";

/** GLaM, from its paper alone (no weights and no config were published): every other layer has experts. The dense layers are
 *  gated, three matrices; the experts are not, two. Relative position biases are left out: their size is not given.
 *  Source: Du et al. 2021, §4 and Table 4, https://arxiv.org/abs/2112.06905 */
export const glam: Family = (c) => {
  const V = c.size("V", "vocab_size", null);
  const D = c.size("D", "hidden_size", null);
  const F = c.size("F", "intermediate_size", null);
  const L = c.depth("L", "num_hidden_layers", null);
  const H = c.size("H", "num_attention_heads", null);
  const K = c.size("K", "head_dim", null);
  const experts = expertCounts(c, ["num_experts", null], ["num_experts_per_tok", null]);
  const half = c.derive("L_e", "layers with experts, every other one", Math.floor(Number(L.value) / 2));
  const rest = c.derive("L_d", "layers without experts", Math.ceil(Number(L.value) / 2));
  const sizes = { D, H, Hkv: H, K };
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers("layers", L, rmsNorm("attention_norm", D), groupedAttention(sizes), rmsNorm("ffn_norm", D)),
      ...layers("dense layers", rest, group("mlp", swiglu(D, F))),
      ...layers(
        "expert layers",
        half,
        mixture(experts, { router: router(experts.E, D), expert: mlp(["wi", "wo"], D, F, false, "expert") }),
      ),
    ],
    norm: rmsNorm("norm", D),
    tied: true,
    depth: L,
    moe: { layers: half, experts, shared: 0 },
    caches: [groupedCache(sizes, L)],
  });
};
