/** Which modules run only code of this library. User code cannot hold their intermediate tensors, so these are recycled without
 *  waiting for the garbage collector. */

import { contained } from "../tensor/autograd.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Module } from "./module.js";

interface WithForward {
  readonly forward?: unknown;
}

/** The `forward` methods of the library's own classes. */
const libraryForwards = new WeakSet<object>();

/** Called by each module class of the library as it is defined, before anybody can replace its method. */
export function markLibraryForward(module: { readonly prototype: WithForward }): void {
  const { forward } = module.prototype;
  if (typeof forward === "function") libraryForwards.add(forward);
}

/** True when `model` and every module in it runs the library's own `forward`: no subclass, no replaced method. */
export function isLibraryCode(model: Module): boolean {
  return model.modules().every((module) => {
    const { forward } = module as WithForward;
    return typeof forward === "function" && libraryForwards.has(forward);
  });
}

/** Runs code that touches tensors through `model` alone. Where all of the model is library code, nothing else can hold the
 *  intermediate tensors: all but those in `kept` are recycled when their graph is freed. */
export function recyclingIntermediates<T>(
  model: Module,
  body: () => T,
  kept: (result: T) => readonly Tensor[] = () => [],
): T {
  return isLibraryCode(model) ? contained(body, kept) : body();
}
