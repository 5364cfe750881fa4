import type { Family } from "../../architecture.js";
import { stack, tiedFrame } from "../../pieces/encoderDecoder.js";
import { group, linear, type Part } from "../../part.js";

/** T5: encoder and decoder with one shared embedding; positions are a learned offset for each distance, in the first layer of
 *  each side. transformers ties the head to the embedding whatever the config says, and so does this count.
 *  Source: Raffel et al. 2019, https://arxiv.org/abs/1910.10683; transformers' T5ForConditionalGeneration. */
export const t5: Family = (c) => {
  const V = c.size("V", "vocab_size", 32128);
  const D = c.size("D", ["d_model", "hidden_size"], 512);
  const K = c.size("K", ["d_kv", "head_dim"], 64);
  const F = c.size("F", "d_ff", 2048);
  const Lenc = c.depth("L_enc", ["num_layers", "num_hidden_layers"], 6);
  const Ldec = c.sizeOr("L_dec", "num_decoder_layers", () => Lenc);
  const H = c.size("H", ["num_heads", "num_attention_heads"], 8);
  const T = c.size("T_r", "relative_attention_num_buckets", 32);
  const gated = c.word("feed_forward_proj", "relu").startsWith("gated");

  const feedForward: Part = group(
    "DenseReluDense",
    ...(gated ? ["wi_0", "wi_1"] : ["wi"]).map((name) => linear(name, "feed-forward", F, D)),
    linear("wo", "feed-forward", D, F),
  );
  const sizes = { D, H, K, T };
  const [name = ""] = c.words("architectures") ?? [];
  const encoder = stack("encoder", sizes, { all: Lenc, sparse: 0, cross: false, feedForward });
  const decoder = stack("decoder", sizes, { all: Ldec, sparse: 0, cross: true, feedForward });
  return tiedFrame(c, {
    V,
    sizes,
    encoder,
    decoder: name === "T5EncoderModel" ? null : decoder,
    Lenc,
    Ldec,
    tied: true,
  });
};
