/** Switching experts off: what does a model lose without them? */

import type { Module } from "../../nn/module.js";
import { checkFinished, describe } from "../../tensor/check.js";
import { routersIn } from "../balance/selectionBias.js";

/** Runs `body` while no token may choose some experts of a model: the next best do their work, with weights among those that are
 *  left. Afterwards the model is as before.
 *  @param off [L][any] experts that are off, for each layer with a router, in order; an empty list where none is
 *  Throws where the lists are not as many as the routers; and, once the model runs, where fewer than topK experts are left, or the
 *  selection does not choose by scores ("hash", "random", "table", "expertChoice", "sinkhorn", "groupLimited").
 *  @example
 *  const model = transformer({ vocabSize: 9, blockSize: 4, nLayer: 1, nHead: 1, dModel: 8, nExpert: 4, topK: 1 });
 *  const ids = tensor([[1, 2, 3, 4]], "int32");
 *  const { routings } = withoutExperts(model, [[0, 2]], () => model.forward(ids));
 *  routings[0].load.map((share) => share > 0)[0]; // => false */
export function withoutExperts<R>(model: Module, off: readonly (readonly number[])[], body: () => R): R {
  const routers = routersIn(model);
  const given: unknown = off;
  if (!Array.isArray(given) || given.length !== routers.length)
    throw new RangeError(
      `withoutExperts: the model has ${routers.length} routers and needs as many lists of experts, got ${Array.isArray(given) ? given.length : describe(given)}`,
    );
  const before = routers.map((router) => router.off);
  routers.forEach((router, layer) => (router.off = off[layer]));
  try {
    const result = body();
    checkFinished("withoutExperts", result, "would run with all experts");
    return result;
  } finally {
    routers.forEach((router, layer) => (router.off = before[layer]));
  }
}
