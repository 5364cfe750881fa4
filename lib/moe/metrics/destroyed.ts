/** Destroying experts: which of their numbers does an answer depend on? */

import type { Module, StateDict } from "../../nn/module.js";
import { checkFinished, describe } from "../../tensor/check.js";
import { checkIntegers } from "../../config/options.js";
import { routersIn } from "../balance/selectionBias.js";

/** Runs `body` while every weight of some experts is NaN. Routers choose as ever, so a token that is sent to such an expert gets NaN, and one
 *  that is not gets the same answer to the last bit: its experts alone were read. Afterwards the model is as before.
 *  @param destroyed [L][any] experts, for each layer with a router, in order; an empty list where none is
 *  Throws where the lists are not as many as the routers, and for an expert that a layer does not have.
 *  @example
 *  const model = transformer({ vocabSize: 9, blockSize: 4, nLayer: 1, nHead: 1, dModel: 8, nExpert: 4, topK: 1 });
 *  const ids = tensor([[1]], "int32");
 *  const [used] = model.forward(ids).routings[0].experts;
 *  const { logits } = withDestroyedExperts(model, [[used]], () => model.forward(ids));
 *  logits.toTypedArray().every(Number.isNaN); // => true */
export function withDestroyedExperts<R>(model: Module, destroyed: readonly (readonly number[])[], body: () => R): R {
  const routers = routersIn(model);
  const given: unknown = destroyed;
  if (!Array.isArray(given) || given.length !== routers.length)
    throw new RangeError(
      `withDestroyedExperts: the model has ${routers.length} routers and needs as many lists of experts, got ${Array.isArray(given) ? given.length : describe(given)}`,
    );
  routers.forEach(({ nExpert }, layer) => {
    for (const expert of destroyed[layer])
      checkIntegers("withDestroyedExperts", { [`expert of list ${layer}`]: expert }, { from: 0, below: nExpert });
  });
  const before = model.stateDict();
  model.loadStateDict(withNaN(before, destroyed));
  try {
    const result = body();
    checkFinished("withDestroyedExperts", result, "would run with all experts");
    return result;
  } finally {
    model.loadStateDict(before);
  }
}

/** Of all layers with experts, in order, the tensors of all experts [E, ...] with NaN for those that are destroyed. */
function withNaN(state: StateDict, destroyed: readonly (readonly number[])[]): StateDict {
  const layers: string[] = [];
  return Object.fromEntries(
    Object.entries(state).map(([name, { shape, data }]) => {
      const layer = /^(.*?)\bexperts\.\w+$/.exec(name)?.[1];
      if (layer === undefined) return [name, { shape, data }];
      if (!layers.includes(layer)) layers.push(layer);
      const [copy, one] = [data.slice(), data.length / shape[0]]; // numbers of one expert
      for (const expert of destroyed[layers.indexOf(layer)]) copy.fill(NaN, expert * one, (expert + 1) * one);
      return [name, { shape, data: copy }];
    }),
  );
}
