import { graphChart, type Figure, type GraphChartOptions } from "../plot/index.js";
import { graph } from "../tensor/gradients/graph.js";
import type { Tensor } from "../tensor/tensor.js";

/** The recorded graph of a loss as a picture: what `backward` walks, from the leaves down to the result.
 *  @param names what the leaves are called: `{ w, b }`, or `model.namedParameters()` */
export function graphFigure(loss: Tensor, names?: Parameters<typeof graph>[1], options?: GraphChartOptions): Figure {
  return graphChart(graph(loss, names), options);
}
