/** Mamba 2: a state of fixed size in place of keys and values. */

import type { Cache } from "../../architecture.js";
import type { Fields } from "../../config/fields.js";
import { group, linear, type Part, rmsNorm, weight } from "../../part.js";
import type { Size } from "../../size.js";

export interface MambaSizes {
  D: Size;
  /** Channels, heads that share them, groups of heads that share inputs and outputs of the state, numbers of state a channel. */
  M: Size;
  H: Size;
  G: Size;
  N: Size;
  /** Width of the convolution. */
  W: Size;
}

export interface MambaOptions {
  name?: string;
  /** Offsets of the convolution and of the projections into and out of the channels. */
  convBias: boolean;
  bias: boolean;
  outBias?: boolean;
  norm?: boolean;
}

/** in_proj gives the gate (M), what the convolution mixes (M + 2GN: input, B and C) and a step size a head.
 *  Source: Dao and Gu 2024, https://arxiv.org/abs/2405.21060 */
export function mamba2({ D, M, H, G, N, W }: MambaSizes, options: MambaOptions): Part {
  const { name = "mamba", convBias, bias, outBias = bias, norm = true } = options;
  const mixed = M.plus(G.times(N).times(2));
  return group(
    name,
    linear("in_proj", "attention", M.plus(mixed).plus(H), D, bias),
    weight("conv1d.weight", "attention", mixed, W),
    convBias ? [weight("conv1d.bias", "attention", mixed)] : [],
    ...["dt_bias", "A_log", "D"].map((part) => weight(part, "attention", H)),
    norm ? rmsNorm("norm", M) : [],
    linear("out_proj", "attention", D, M, outBias),
  );
}

/** N numbers for each channel, and the last W inputs of the convolution. */
export const mambaState = ({ M, G, N, W }: MambaSizes, layers: Size): Cache => ({
  form: "state",
  layers,
  numbers: M.times(N).plus(M.plus(G.times(N).times(2)).times(W)),
  products: M.times(N).times(2),
  window: null,
});

/** The sizes by the names of Bamba and of what followed it. The channels are `mamba_expand` times the width: heads divide them.
 *  @param state transformers' default of mamba_d_state */
export function mambaSizes(c: Fields, D: Size, state = 256, channels?: Size): MambaSizes {
  const M = channels ?? c.size("M_x", "mamba_expand", 2).times(D);
  const H = c.size("H_m", "mamba_n_heads", 128);
  if (M.value % H.value !== 0n) c.fail("mamba_n_heads", `must divide the ${M.value} channels, got ${H.value}`);
  if (c.has("mamba_d_head") && c.values.mamba_d_head !== "auto") {
    const head = c.number("mamba_d_head", 0, { least: 1 });
    if (BigInt(head) * H.value !== M.value)
      c.fail("mamba_d_head", `must be ${M.value} channels / ${H.value} heads, got ${head}`);
  }
  return {
    D,
    M,
    H,
    G: c.size("G", "mamba_n_groups", 1),
    N: c.size("N", "mamba_d_state", state),
    W: c.size("W", "mamba_d_conv", 4),
  };
}
