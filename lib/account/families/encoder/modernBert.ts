import type { Cache, Family } from "../../architecture.js";
import type { Fields } from "../../config/fields.js";
import { groupedAttention } from "../../pieces/attention.js";
import { countTypes, layers, perHead, slidingCaches } from "../../pieces/decoder.js";
import { encoder, encoderSizes } from "../../pieces/encoder.js";
import { classifier, type Heads } from "../../pieces/heads.js";
import { fused, group, layerNorm, linear, type Part, weight } from "../../part.js";
import { ONE } from "../../size.js";

/** ModernBERT: BERT with what decoders have learned since: rotary positions, gated feed-forward, norms before each part (the first
 *  layer has none before its attention), windows in two of three layers.
 *  Source: Warner et al. 2024, https://arxiv.org/abs/2412.13663; transformers' ModernBertModel. */
export const modernBert: Family = (c) => modern(c, false);

/** The same layers as a decoder, with q, k and v apart.
 *  Source: Weller et al. 2025, https://arxiv.org/abs/2507.11412; transformers' ModernBertDecoderForCausalLM. */
export const modernBertDecoder: Family = (c) => modern(c, true);

function modern(c: Fields, writes: boolean): ReturnType<Family> {
  const { V, D, F, L, H } = encoderSizes(c, { V: 50368, F: 1152, L: 22 });
  const K = perHead(c, D, H);
  const [bias, inner] = [c.flag("attention_bias", false), c.flag("mlp_bias", false)];
  const norm = (name: string): Part[] => layerNorm(name, D, c.flag("norm_bias", false));
  const tied = c.flag("tie_word_embeddings", true);
  const attention = writes
    ? groupedAttention({ D, H, Hkv: H, K }, { name: "attn", bias, outputName: "Wo" })
    : group(
        "attn",
        fused("Wqkv", "attention", { q_proj: D, k_proj: D, v_proj: D }, D, bias),
        linear("Wo", "attention", D, D, bias),
      );
  const feedForward = group(
    "mlp",
    fused("Wi", "feed-forward", { up_proj: F, gate_proj: F }, D, inner),
    linear("Wo", "feed-forward", D, F, inner),
  );
  const dense = (name: string): Part =>
    group(name, linear("dense", "other", D, D, c.flag("classifier_bias", false)), norm("norm"));
  const words = (): Part[] => [
    dense(writes ? "lm_head" : "head"),
    ...(tied ? [] : [weight("decoder.weight", "head", V, D)]),
    ...(c.flag("decoder_bias", true) ? [weight("decoder.bias", "head", V)] : []),
  ];
  const ofTask = {
    Model: () => [],
    SequenceClassification: () => [
      dense("head"),
      ...classifier(c, D, { bias: !writes || c.flag("classifier_bias", false) }),
    ],
  };
  const heads: Heads = writes
    ? { ...ofTask, CausalLM: words }
    : {
        ...ofTask,
        MaskedLM: words,
        TokenClassification: () => [dense("head"), ...classifier(c, D)],
        QuestionAnswering: () => [dense("head"), ...classifier(c, D)],
        MultipleChoice: () => [dense("head"), ...linear("classifier", "other", ONE, D, true)],
      };
  const model = encoder(c, {
    sizes: { D, H, L },
    body: [
      [weight("embeddings.tok_embeddings.weight", "embedding", V, D), ...norm("embeddings.norm")],
      layers("layers", L, attention, norm("mlp_norm"), feedForward),
      Number(L.value) > 1
        ? layers(
            "layers after the first",
            c.derive("L_1", "layers after the first", Number(L.value) - 1),
            norm("attn_norm"),
          )
        : [],
      norm("final_norm"),
    ],
    heads,
    otherwise: writes ? "CausalLM" : "Model",
    tied,
  });
  const every = c.number("global_attn_every_n_layers", 3, { least: 1 });
  const sliding = countTypes(c, L, "sliding_attention", (layer) => layer % every !== 0);
  const half = Math.floor(c.number("local_attention", 128) / 2);
  const looks = (window: number): Cache[] => slidingCaches({ D, L, H, Hkv: H, K }, sliding, window);
  return writes
    ? { ...model, caches: looks(half), bothSides: [] }
    : {
        ...model,
        bothSides: looks(2 * half + 1).map(({ layers, products, window }) => ({ layers, products, window })),
      };
}
