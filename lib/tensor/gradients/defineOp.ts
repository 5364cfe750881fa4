/** An op of one's own: a forward pass, and how its gradient goes back. */

import { noGrad, record, type Thunk } from "../autograd.js";
import { ShapeError } from "../check.js";
import { full } from "../create.js";
import { Tensor } from "../tensor.js";

/** Any function from tensors to one tensor; its type is also that of the op. */
export type Forward = (...inputs: never[]) => Tensor;
/** Gradients of the inputs, in their order, from d loss / d output, the inputs and the output; null where none flows. */
export type Backward<F extends Forward> = (dy: Tensor, inputs: Parameters<F>, y: Tensor) => readonly (Tensor | null)[];

/** A differentiable op from a forward and a backward pass, of the same type as `forward`. Neither is recorded: inside, use any
 *  ops, or plain numbers by `toTypedArray` and `fromArray`. Check it with `gradcheck`.
 *  @param name what error messages and the drawn graph call it
 *  @example
 *  const square = defineOp("square", (x: Tensor) => mul(x, x), (dy, [x]) => [mul(dy, mul(x, 2))]);
 *  const x = Object.assign(tensor([3, -1]), { requiresGrad: true });
 *  sum(square(x)).backward();
 *  x.grad // => [6, -2] */
export function defineOp<F extends Forward>(name: string, forward: F, backward: Backward<F>): F {
  const op = (...inputs: Tensor[]): Tensor => {
    const bad = inputs.findIndex((x) => !(x instanceof Tensor));
    if (bad >= 0) throw new ShapeError(`${name}: argument ${bad} must be a tensor, got ${typeof inputs[bad]}`);
    // A tensor object of its own, since the forward pass may hand back one of its inputs.
    const y = noGrad(() => forward(...(inputs as never[]))).detach();
    return record(name, inputs, y, (dy) => {
      let gradients: readonly (Tensor | null)[] | undefined;
      return inputs.map((_, i): Thunk => () => {
        gradients ??= backward(dy, inputs as unknown as Parameters<F>, y);
        const gradient = gradients[i];
        if (gradient === undefined)
          throw new ShapeError(`${name}: backward returned ${gradients.length} gradients for ${inputs.length} inputs`);
        return gradient ?? zerosLike(inputs[i]);
      });
    });
  };
  return op as unknown as F;
}

const zerosLike = (x: Tensor): Tensor => full([...x.shape], 0);
