/** Which modules run only code of this library. Their intermediate tensors cannot be held by anybody else, so they are
 *  recycled without waiting for the garbage collector. */

import { contained } from "../tensor/autograd.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Module } from "./module.js";

interface WithForward {
  readonly forward?: unknown;
}

/** The `forward` methods as the library ships them. */
const shipped = new WeakSet<object>();

/** Called by each module class of the library as it is defined, before anybody can replace its method. */
export function shipsForward(module: { readonly prototype: WithForward }): void {
  const { forward } = module.prototype;
  if (typeof forward === "function") shipped.add(forward);
}

/** True when `module` and every module in it runs the library's own `forward`: no subclass, no replaced method. */
export function isOurs(module: Module): boolean {
  const { forward } = module as WithForward;
  return typeof forward === "function" && shipped.has(forward) && module.children().every(isOurs);
}

/** Runs code that touches tensors through `model` alone. Where every part of the model is the library's own, nobody else
 *  can hold what is computed on the way: all but what is `kept` is recycled when its graph is freed. */
export function containedIn<T>(model: Module, body: () => T, kept: (result: T) => readonly Tensor[] = () => []): T {
  return isOurs(model) ? contained(body, kept) : body();
}
