/** LFM2's short convolutions, which take the place of attention in most layers. */

import type { Cache } from "../../architecture.js";
import { group, linear, type Part, weight } from "../../part.js";
import { type Size, ZERO } from "../../size.js";

/** Two gates around a convolution over the last W tokens, one for each of D numbers. */
export const shortConvolution = (D: Size, W: Size, bias: boolean): Part =>
  group(
    "conv",
    weight("conv.weight", "attention", D, W),
    bias ? [weight("conv.bias", "attention", D)] : [],
    linear("in_proj", "attention", D.times(3), D, bias),
    linear("out_proj", "attention", D, D, bias),
  );

/** The last W inputs. */
export const convolutionState = (D: Size, W: Size, layers: Size): Cache => ({
  form: "state",
  layers,
  numbers: D.times(W),
  products: ZERO, // the convolution's own weights
  window: null,
});
