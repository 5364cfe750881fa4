import { heatMap, type Figure, type HeatMapOptions } from "../plot/index.js";
import type { Tensor } from "../tensor/tensor.js";

/** A tensor as a heat map under its dtype and shape: of a matrix all numbers, of more axes the first slices [..., R, C]. */
export function tensorFigure(x: Tensor, options: HeatMapOptions = {}): Figure {
  return heatMap(x.toTypedArray(), x.shape, { title: `${x.dtype} [${x.shape.join(", ")}]`, ...options });
}
