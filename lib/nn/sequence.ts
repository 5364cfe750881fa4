/** The shape rule of layers that read whole sequences: as a type, and as a check with the same sentence. */

import { checkLast, checkTensor, ShapeError, show } from "../tensor/check.js";
import type { MapLast, Shape, Show } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** x [B, T, In] -> [B, T, Next]: exactly three dimensions, the last of them In. */
export type MapSequence<S extends Shape, In extends number, Next extends number> = number extends S["length"]
  ? number[]
  : S["length"] extends 3
    ? MapLast<S, In, Next>
    : `expected a batch of sequences [B, T, D], got ${Show<S>}`;

/** The same at run time. @param layer which asks */
export function checkSequence(layer: string, x: Tensor, size: number): void {
  checkTensor(layer, "x", x);
  const { shape } = x;
  if (shape.length !== 3) throw new ShapeError(`${layer}: expected a batch of sequences [B, T, D], got ${show(shape)}`);
  checkLast(layer, shape, size);
}
