/** A smaller model from a trained one: experts, or hidden features, are taken out for good. */

import { checkIntegers } from "../../config/options.js";
import { checkHasExperts } from "../../moe/check.js";
import { checkModel, type Transformer } from "../../models/transformer.js";
import { transformer } from "../../models/twins.js";
import { show } from "../../text/show.js";

/** A copy of a mixture with some experts of each layer alone, and the router's rows of these. A token takes topK of them as before, or all
 *  where fewer are left.
 *  @param kept [L][any] which, for each layer; of each equally many
 *  @example
 *  const model = transformer({ vocabSize: 9, blockSize: 4, nLayer: 1, nHead: 1, dModel: 8, nExpert: 4, topK: 2 });
 *  pruneExperts(model, [[0, 3]]).config.nExpert; // => 2 */
export function pruneExperts(model: Transformer, kept: readonly (readonly number[])[]): Transformer {
  checkModel("pruneExperts", model);
  const { nExpert, topK, nLayer } = model.config;
  checkHasExperts("pruneExperts", model.config);
  const left = countOf("pruneExperts", kept, nLayer, nExpert);
  const config = { ...model.config, nExpert: left, topK: Math.min(topK, left) };
  return withRows(model, transformer(config), kept, (name) =>
    /\.feedForward\.(router|experts)\./.test(name) ? 0 : null,
  );
}

/** A copy of a dense model with some hidden features of each feed-forward layer alone.
 *  @param kept [L][any] which, for each layer; of each equally many
 *  @example
 *  const model = transformer({ vocabSize: 9, blockSize: 4, nLayer: 1, nHead: 1, dModel: 8, dHidden: 6 });
 *  pruneHidden(model, [[1, 2, 5]]).config.dHidden; // => 3 */
export function pruneHidden(model: Transformer, kept: readonly (readonly number[])[]): Transformer {
  checkModel("pruneHidden", model);
  const { nExpert, dHidden, nLayer } = model.config;
  if (nExpert > 0) throw new RangeError("pruneHidden needs a dense model, got one with experts");
  const left = countOf("pruneHidden", kept, nLayer, dHidden);
  return withRows(model, transformer({ ...model.config, dHidden: left }), kept, (name) =>
    /\.feedForward\.(up|gate)\./.test(name) ? 0 : name.endsWith(".feedForward.down.weight") ? 1 : null,
  );
}

/** How many are left in each layer. */
function countOf(operation: string, kept: readonly (readonly number[])[], nLayer: number, most: number): number {
  const given: unknown = kept;
  if (!Array.isArray(given) || given.length !== nLayer || !kept.every(Array.isArray))
    throw new RangeError(`${operation}: needs a list for each of ${nLayer} layers, got ${show(kept)}`);
  const [left] = kept.map((list) => list.length);
  for (const [layer, list] of kept.entries()) {
    checkIntegers(operation, Object.fromEntries(list.map((e, i) => [`kept[${layer}][${i}]`, e])), {
      from: 0,
      below: most,
    });
    if (list.length !== left || left === 0 || new Set(list).size < left)
      throw new RangeError(
        `${operation}: every layer must keep equally many, one or more, each once; got ${kept.map((l) => l.length).join(", ")}`,
      );
  }
  return left;
}

/** Fills `small` with the weights of `model`, of which it takes some rows or columns.
 *  @param axisOf along which axis a tensor is cut; null: not at all */
function withRows(
  model: Transformer,
  small: Transformer,
  kept: readonly (readonly number[])[],
  axisOf: (name: string) => 0 | 1 | null,
): Transformer {
  const before = model.stateDict();
  const state = small.stateDict();
  for (const [name, { data }] of Object.entries(state)) {
    const source = before[name];
    const axis = axisOf(name);
    if (axis === null) data.set(source.data);
    else {
      const own = kept[Number(/^blocks\.(\d+)\./.exec(name)![1])];
      const length = source.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
      const outer = source.shape.slice(0, axis).reduce((product, size) => product * size, 1);
      for (let o = 0; o < outer; o++)
        own.forEach((from, to) => {
          const at = (o * source.shape[axis] + from) * length;
          data.set(source.data.subarray(at, at + length), (o * own.length + to) * length);
        });
    }
  }
  small.loadStateDict(state);
  small.eval();
  return small;
}
