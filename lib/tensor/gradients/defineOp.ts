/** An op of one's own: a forward pass, and how its gradient goes back. */

import { asOf, changeCount, lasting } from "../../kernels/memory.js";
import { noGrad, record, type Thunk } from "../autograd.js";
import { checkTensor, describe, ShapeError } from "../check.js";
import { full } from "../create.js";
import { floats } from "../spans.js";
import { copyOf, type Tensor } from "../tensor.js";

/** Any function from tensors to one tensor; its type is also that of the op. */
export type Forward = (...inputs: never[]) => Tensor;
/** Gradients of the inputs, in their order, from d loss / d output, the inputs and the output; null where none flows. */
export type Backward<F extends Forward> = (dy: Tensor, inputs: Parameters<F>, y: Tensor) => readonly (Tensor | null)[];

/** A differentiable op from a forward and a backward pass, of the same type as `forward`. Neither is recorded: inside, use any
 *  ops, or plain numbers by `toTypedArray` and `fromArray`, and keep what you like. Check it with `gradcheck`.
 *  @param name what error messages and the drawn graph call it
 *  @example
 *  const square = defineOp("square", (x: Tensor) => mul(x, x), (dy, [x]) => [mul(dy, mul(x, 2))]);
 *  const x = tensor([3, -1], { requiresGrad: true });
 *  sum(square(x)).backward();
 *  x.grad // => [6, -2] */
export function defineOp<F extends Forward>(name: string, forward: F, backward: Backward<F>): F {
  if (typeof name !== "string") throw new ShapeError(`defineOp: the name must be a string, got ${describe(name)}`);
  for (const f of [forward, backward])
    if (typeof f !== "function") throw new ShapeError(`defineOp: ${name} needs two functions, got ${describe(f)}`);
  const op = (...inputs: Tensor[]): Tensor => {
    inputs.forEach((x, i) => checkTensor(name, `argument ${i}`, x));
    const result: unknown = noGrad(() => forward(...(inputs as never[])));
    checkTensor(name, "what forward returns", result);
    // A tensor object of its own, since the forward pass may hand back one of its inputs.
    const y = result.detach();
    const seen = new Set([...inputs, y].map((x) => x.storage));
    const changes = changeCount();
    /** The user's code may keep dy and whatever it makes: all of it outlives this pass, which recycles its own. Of what it
     *  reads, only the inputs and the output must be as they were: it may change state of its own in place. */
    const run = (dy: Tensor): readonly (Tensor | null)[] =>
      asOf(changes, () => lasting(() => backward(copyOf(dy), inputs as unknown as Parameters<F>, y)), seen);
    return record(name, inputs, y, (dy) => {
      let gradients: readonly (Tensor | null)[] | undefined;
      return inputs.map((_, i): Thunk => () => {
        gradients ??= run(dy);
        if (!Array.isArray(gradients))
          throw new ShapeError(`${name}: backward must return an array of gradients, got ${describe(gradients)}`);
        const gradient = gradients[i] as Tensor | null | undefined;
        if (gradient === undefined)
          throw new ShapeError(`${name}: backward returned ${gradients.length} gradients for ${inputs.length} inputs`);
        if (gradient === null) return full([...inputs[i].shape], 0);
        checkTensor(name, `gradient ${i}`, gradient, "a tensor or null");
        // A copy, since the user may keep the gradient and change it in place.
        return asOf(changes, () => copyOf(floats(gradient)), seen);
      });
    });
  };
  return op as unknown as F;
}
