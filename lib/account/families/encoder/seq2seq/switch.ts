import type { Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import { mixture, router } from "../../../pieces/feedForward.js";
import { sparseIn, stack, tiedFrame } from "../../../pieces/encoderDecoder.js";
import { group, type Kind, linear, type Part } from "../../../part.js";
import { ONE, type Size } from "../../../size.js";

/** Switch Transformer: T5 whose feed-forward layer is, in every other layer, a mixture of which a single expert works.
 *  Source: Fedus et al. 2021, https://arxiv.org/abs/2101.03961; transformers' SwitchTransformersForConditionalGeneration. */
export const switchTransformer: Family = (c) => {
  const V = c.size("V", "vocab_size", 32128);
  const D = c.size("D", ["d_model", "hidden_size"], 768);
  const K = c.size("K", ["d_kv", "head_dim"], 64);
  const F = c.size("F", "d_ff", 2048);
  const Lenc = c.depth("L_enc", ["num_layers", "num_hidden_layers"], 12);
  const Ldec = c.isNull("num_decoder_layers") ? Lenc : c.depth("L_dec", "num_decoder_layers", 12);
  const H = c.size("H", ["num_heads", "num_attention_heads"], 12);
  const T = c.size("T_r", "relative_attention_num_buckets", 32);
  const experts = { E: c.size("E", "num_experts", 8), k: ONE };

  const feedForward = (kind: Kind): Part[] => [...linear("wi", kind, F, D), ...linear("wo", kind, D, F)];
  const sparse = mixture(experts, {
    router: router(experts.E, D, "router.classifier", c.flag("router_bias", false)),
    expert: feedForward("expert"),
  });
  const dense = group("mlp", feedForward("feed-forward"));
  const sizes = { D, H, K, T };
  const [inEncoder, inDecoder] = [
    sparseLayers(c, "encoder", Number(Lenc.value)),
    sparseLayers(c, "decoder", Number(Ldec.value)),
  ];
  const side = (name: "encoder" | "decoder", all: Size, count: number): Part =>
    stack(name, sizes, {
      ...sparseIn(c, name.slice(0, 3), all, count),
      cross: name === "decoder",
      feedForward: dense,
      mixture: sparse,
    });
  return tiedFrame(c, {
    V,
    sizes,
    encoder: { part: side("encoder", Lenc, inEncoder), layers: Lenc, sparse: inEncoder },
    decoder: { part: side("decoder", Ldec, inDecoder), layers: Ldec, sparse: inDecoder },
    tied: c.flag("tie_word_embeddings", true),
    experts,
  });
};

/** How many layers are sparse: the layers i with i mod step = 1 (all of them for step 1). The step is a field, or follows from how
 *  many sparse layers are wanted: all / wanted, rounded down. */
function sparseLayers(c: Fields, side: "encoder" | "decoder", all: number): number {
  const wanted = c.number(`num_sparse_${side}_layers`, 3);
  const step = c.number(`${side}_sparse_step`, wanted > 0 ? Math.floor(all / wanted) : all);
  return Array.from({ length: all }, (_, i) => i).filter((i) => step > 0 && (step === 1 || i % step === 1)).length;
}
