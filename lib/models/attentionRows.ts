/** What the heads of a model look at, as plain rows for a figure. */

import { evaluating } from "../nn/module.js";
import { recyclingIntermediates } from "../nn/recycling.js";
import { noGrad } from "../tensor/autograd.js";
import { dim, fromArray } from "../tensor/create.js";
import { read } from "../tensor/tensor.js";
import { checkModel, type Transformer } from "./transformer.js";

/** The weights of one head of one layer, over one text. */
export interface HeadRow {
  layer: number;
  head: number;
  /** [T][T]: what share the token of each row takes from the token of each column. */
  weights: number[][];
}

/** Who looks at whom: a row for each head of each layer while the model reads `ids`, as the figure `attention` takes them.
 *  Throws where there are no ids, or more than blockSize.
 *  @example
 *  const model = transformer({ vocabSize: 5, blockSize: 8, nLayer: 1, nHead: 2, dModel: 8 });
 *  attentionRows(model, [3, 1]).map(({ weights }) => weights[0]); // => [[1, 0], [1, 0]] */
export function attentionRows(model: Transformer, ids: ArrayLike<number>): HeadRow[] {
  checkModel("attentionRows", model);
  const { length } = ids;
  const { blockSize } = model.config;
  if (!(length >= 1 && length <= blockSize))
    throw new RangeError(`attentionRows needs from 1 to ${blockSize} ids (blockSize), got ${length}`);
  const run = (): HeadRow[] => {
    let x = model.embed(fromArray(Array.from(ids), [dim("B", 1), dim("T", length)], "int32"));
    return model.blocks.flatMap((block, layer) => {
      const shares = read(block.attention.weights(block.norm1.forward(x)));
      x = block.forward(x, { ids });
      return Array.from({ length: model.config.nHead }, (_, head) => {
        const row = (i: number): number[] => Array.from(shares.slice(i * length, (i + 1) * length));
        return { layer, head, weights: Array.from({ length }, (_, t) => row(head * length + t)) };
      });
    });
  };
  return evaluating(model, () => noGrad(() => recyclingIntermediates(model, run)));
}
