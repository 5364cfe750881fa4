/** Gradients of a published model's loss, for the tensors that a file of them holds. */

import type { Losses, Pretrained } from "../../../lib/models/pretrained/index.js";
import type { Numbers } from "../compare.js";
import { numbersIn } from "../data.js";
import { type Given, int32 } from "./outputs.js";

type Tensors = Readonly<Record<string, Numbers>>;

/** Both by the paths of the model's own parameters: a gradient is brought there as the weight of the same name is.
 *  @param weights the checkpoint: says how large the tensors are that the file leaves out */
export function gradientsOf(
  pretrained: Pretrained,
  { ids, labels, mask }: Given,
  loss: keyof Losses,
  expected: Tensors,
  weights: Tensors,
): { wanted: Tensors; actual: Tensors } {
  const padding = mask && int32(mask);
  const { model, stateOf } = pretrained;
  model.zeroGrad();
  pretrained.losses(pretrained.forward(int32(ids), { mask: padding }), int32(labels), padding)[loss]!.backward();
  const filled = (fill: (name: string) => Numbers): Tensors => ({
    ...Object.fromEntries(Object.keys(weights).map((name) => [name, fill(name)])),
    ...Object.fromEntries(Object.keys(expected).map((name) => [name, fill(name)])), // a name that the model has not is refused
  });
  const constant = ({ shape }: Numbers, value: number): Numbers => ({
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
  });
  const isThere = stateOf(
    filled((name) => (expected[name] ? constant(expected[name], 1) : constant(weights[name], 0))),
  );
  const wanted = stateOf(filled((name) => expected[name] ?? constant(weights[name], 0)));
  const own = model.namedParameters().filter(([path]) => isThere[path].data.every((there) => there === 1));
  return {
    wanted: Object.fromEntries(own.map(([path]) => [path, wanted[path]])),
    actual: Object.fromEntries(
      own.map(([path, x]) => [path, x.grad ? numbersIn(x.grad) : constant({ shape: x.shape, data: [] }, 0)]),
    ),
  };
}
