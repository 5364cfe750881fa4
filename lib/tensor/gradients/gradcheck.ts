/** Gradient checking: compares each gradient with the slope that finite differences give. */

import { checkNumber, checkOptions, checkTensor, describe, ShapeError, show } from "../check.js";
import { noGrad } from "../autograd.js";
import { empty, read, type Tensor, write } from "../tensor.js";

export interface GradcheckOptions {
  /** How far each number is nudged, both ways. Default 1e-2: float32 leaves about seven digits. */
  step?: number;
  /** Allowed |difference|: atol + rtol · |slope|. Defaults 2e-3 and 1e-2. */
  atol?: number;
  rtol?: number;
}

/** Throws a sentence that names the first wrong element. `f` maps tensors with `requiresGrad` to one tensor; outputs are
 *  weighted by fixed, different numbers, so that a gradient that sums to the right total by luck is caught too.
 *  @example
 *  const x = tensor([0.5, -1], { requiresGrad: true });
 *  gradcheck((x) => mul(x, x), [x]) // => undefined */
export function gradcheck(f: (...inputs: Tensor[]) => Tensor, inputs: Tensor[], options: GradcheckOptions = {}): void {
  if (typeof f !== "function") throw new ShapeError(`gradcheck: f must be a function, got ${describe(f)}`);
  if (!Array.isArray(inputs))
    throw new ShapeError(`gradcheck: the inputs must be an array of tensors, got ${describe(inputs)}`);
  inputs.forEach((x, i) => checkTensor("gradcheck", `input ${i}`, x));
  checkOptions("gradcheck", options);
  const { step = 1e-2, atol = 2e-3, rtol = 1e-2 } = options;
  Object.entries({ step, atol, rtol }).forEach(([name, value]) => checkNumber("gradcheck", name, value));
  const weighted = (): number => {
    const Y = read(noGrad(() => f(...inputs)));
    let total = 0;
    for (let i = 0; i < Y.length; i++) total += Y[i] * weight(i);
    return total;
  };
  for (const x of inputs) x.grad = null;
  const y = f(...inputs);
  checkTensor("gradcheck", "what f returns", y);
  const gradient = empty(y.shape);
  const G = write(gradient);
  for (let i = 0; i < G.length; i++) G[i] = weight(i);
  y.backward({ gradient });
  inputs.forEach((x, which) => {
    if (!x.requiresGrad) return;
    if (!x.isContiguous) throw new Error(`gradcheck: input ${which} ${show(x.shape)} must be contiguous`);
    const grad = x.grad ? read(x.grad).slice() : new Float32Array(x.size);
    for (let i = 0; i < x.size; i++) {
      const before = write(x)[i];
      const nudged = (by: number): { at: number; value: number } => {
        write(x)[i] = before + by;
        return { at: write(x)[i], value: weighted() };
      };
      const [up, down] = [nudged(step), nudged(-step)];
      write(x)[i] = before;
      const slope = (up.value - down.value) / (up.at - down.at);
      if (!(Math.abs(slope - grad[i]) <= atol + rtol * Math.abs(slope))) {
        throw new Error(
          `gradcheck: element ${i} of input ${which} ${show(x.shape)} has gradient ${grad[i]}, but the output's slope there is ${slope}`,
        );
      }
    }
  });
}

/** Fixed numbers between 0.5 and 1.5 without a pattern. */
const weight = (i: number): number => 0.5 + ((i * 0.618034) % 1);
