import type { Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import { stack, type StackSizes, tiedFrame } from "../../../pieces/encoderDecoder.js";
import { classifier, deepClassifier } from "../../../pieces/heads.js";
import { group, linear, type Part } from "../../../part.js";
import type { Size } from "../../../size.js";

/** transformers' defaults in which the kin of T5 differ. */
interface Kin {
  vocab: number;
  heads: number;
  layers: number;
  inner: number;
  feedForward: string;
  /** Each layer has its own offsets for distances, not one table for all. */
  offsetsEach?: boolean;
}

const kin =
  (d: Kin): Family =>
  (c) => {
    const V = c.size("V", "vocab_size", d.vocab);
    const D = c.size("D", ["d_model", "hidden_size"], 512);
    const K = c.size("K", ["d_kv", "head_dim"], 64);
    const F = c.size("F", "d_ff", d.inner);
    const Lenc = c.depth("L_enc", ["num_layers", "num_hidden_layers"], d.layers);
    const Ldec = c.sizeOr("L_dec", "num_decoder_layers", () => Lenc);
    const H = c.size("H", ["num_heads", "num_attention_heads"], d.heads);
    const T = c.size("T_r", "relative_attention_num_buckets", 32);
    const gated = c.word("feed_forward_proj", d.feedForward).startsWith("gated");

    const feedForward: Part = group(
      "DenseReluDense",
      ...(gated ? ["wi_0", "wi_1"] : ["wi"]).map((name) => linear(name, "feed-forward", F, D)),
      linear("wo", "feed-forward", D, F),
    );
    const sizes: StackSizes = { D, H, K, T };
    const side = (name: "encoder" | "decoder", all: Size): Part =>
      stack(name, sizes, { all, sparse: 0, cross: name === "decoder", offsetsEach: d.offsetsEach, feedForward });
    return tiedFrame(c, {
      V,
      sizes,
      encoder: { part: side("encoder", Lenc), layers: Lenc },
      decoder: { part: side("decoder", Ldec), layers: Ldec },
      tied: tiedHead(c),
      shared: true,
      more: {
        SequenceClassification: () => deepClassifier(c, D, { name: "classification_head" }),
        QuestionAnswering: () => classifier(c, D, { name: "qa_outputs" }),
      },
      ofEncoder: { TokenClassification: () => classifier(c, D) },
    });
  };

/** transformers 5 builds every T5 with a tied head, but loads the head that a checkpoint brings: T5 1.1, Flan-T5 and mT5 do, and
 *  their configs say so. */
function tiedHead(c: Fields): boolean {
  const tied = c.isNull("tie_word_embeddings") || c.flag("tie_word_embeddings", true);
  if (!tied && /ConditionalGeneration|^$/.test(c.words("architectures")?.[0] ?? ""))
    c.notes.push(
      `the head is counted as a table of its own, as tie_word_embeddings is false in ${c.file} and checkpoints of such configs have it; transformers' class shares it with the embedding until it loads one`,
    );
  return tied;
}

/** T5: encoder and decoder with one shared embedding; positions are a learned offset for each distance, in the first layer of
 *  each side. The head is the embedding again, unless the config says otherwise (T5 1.1, Flan-T5).
 *  Source: Raffel et al. 2019, https://arxiv.org/abs/1910.10683; transformers' T5ForConditionalGeneration. */
export const t5 = kin({ vocab: 32128, heads: 8, layers: 6, inner: 2048, feedForward: "relu" });

/** mT5: T5 1.1 in 101 languages.
 *  Source: Xue et al. 2020, https://arxiv.org/abs/2010.11934; transformers' MT5ForConditionalGeneration. */
export const mt5 = kin({ vocab: 250112, heads: 6, layers: 8, inner: 1024, feedForward: "gated-gelu" });

/** UMT5: mT5 with languages in better proportion, and with offsets for distances in each layer.
 *  Source: Chung et al. 2023, https://arxiv.org/abs/2304.09151; transformers' UMT5ForConditionalGeneration. */
export const umt5 = kin({
  vocab: 250112,
  heads: 6,
  layers: 8,
  inner: 1024,
  feedForward: "gated-gelu",
  offsetsEach: true,
});
