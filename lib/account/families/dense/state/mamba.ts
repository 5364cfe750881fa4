import type { Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import { decoder, layers } from "../../../pieces/decoder.js";
import { group, linear, type Part, rmsNorm, table, weight } from "../../../part.js";
import { ONE, type Size, TWO } from "../../../size.js";

/** Mamba, and Falcon Mamba, which adds norms without parameters: a state for each of I numbers in place of attention and
 *  feed-forward. Kept for a text of any length: the state [I, N] and the last W inputs of the convolution [I, W].
 *  Source: Gu and Dao 2023, https://arxiv.org/abs/2312.00752; transformers' MambaForCausalLM and FalconMambaForCausalLM. */
export const mamba: Family = (c) => {
  const V = c.size("V", "vocab_size", 50280);
  const D = c.size("D", "hidden_size", 768);
  const L = c.depth("L", "num_hidden_layers", 32);
  const I = c.sizeOr("I", "intermediate_size", () => D.times(c.size("x", "expand", 2)));
  const N = c.size("N", "state_size", 16);
  const W = c.size("W", "conv_kernel", 4);
  const R = rank(c, D);
  const bias = c.flag("use_bias", false);
  return decoder(c, {
    V,
    D,
    embedding: "embeddings",
    layers: layers(
      "layers",
      L,
      rmsNorm("norm", D),
      group(
        "mixer",
        table("A_log", "attention", I, N),
        weight("D", "attention", I),
        convolution(I, W, c.flag("use_conv_bias", true)),
        linear("in_proj", "attention", I.times(2), D, bias),
        linear("x_proj", "attention", R.plus(N.times(2)), I),
        linear("dt_proj", "attention", I, R, true),
        linear("out_proj", "attention", D, I, bias),
      ),
    ),
    norm: rmsNorm("norm_f", D),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    caches: [{ form: "state", layers: L, numbers: I.times(N.plus(W)), window: null, products: I.times(N).times(2) }],
  });
};

/** "auto" is a 16th of the width, rounded up. */
function rank(c: Fields, D: Size): Size {
  const field = "time_step_rank";
  if (c.has(field) && c.values[field] !== "auto") return c.size("R", field, null);
  return c.derive("R", "hidden_size / 16, rounded up", Math.ceil(Number(D.value) / 16));
}

/** Each channel looks at its own last W numbers. */
const convolution = (channels: Size, W: Size, bias: boolean): Part[] => [
  weight("conv1d.weight", "attention", channels, ONE, W),
  ...(bias ? [weight("conv1d.bias", "attention", channels)] : []),
];

/** Mamba 2: heads of K numbers that share one decay, in G groups with the same input and output vectors.
 *  Source: Dao and Gu 2024, https://arxiv.org/abs/2405.21060; transformers' Mamba2ForCausalLM. */
export const mamba2: Family = (c) => {
  const V = c.size("V", "vocab_size", 32768);
  const D = c.size("D", "hidden_size", 4096);
  const L = c.depth("L", "num_hidden_layers", 64);
  const H = c.size("H", "num_heads", 128);
  const K = c.size("K", "head_dim", 64);
  const N = c.size("N", "state_size", 128);
  const G = c.size("G", "n_groups", 8);
  const W = c.size("W", "conv_kernel", 4);
  const I = H.times(K);
  const wide = D.value * BigInt(c.number("expand", 2));
  if (wide !== I.value) c.fail("num_heads", `times head_dim must be expand times hidden_size, ${wide}, got ${I.value}`);
  const channels = I.plus(TWO.times(G).times(N));
  const bias = c.flag("use_bias", false);
  return decoder(c, {
    V,
    D,
    embedding: "embeddings",
    layers: layers(
      "layers",
      L,
      rmsNorm("norm", D),
      group(
        "mixer",
        ...["dt_bias", "A_log", "D"].map((name) => weight(name, "attention", H)),
        convolution(channels, W, c.flag("use_conv_bias", true)),
        linear("in_proj", "attention", I.plus(channels).plus(H), D, bias),
        rmsNorm("norm", I, "attention"),
        linear("out_proj", "attention", D, I, bias),
      ),
    ),
    norm: rmsNorm("norm_f", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    caches: [
      {
        form: "state",
        layers: L,
        numbers: I.times(N).plus(channels.times(W)),
        window: null,
        products: I.times(N).times(2),
      },
    ],
  });
};
