/** What a parameter is for. Its shape does not tell: the biases of E experts lie in one matrix [E, F]. */

import { checkTensor } from "../../tensor/check.js";
import type { Tensor } from "../../tensor/tensor.js";

/** "weight": what multiplies an input, embeddings included. "bias": what is added to an output. "norm": the scale of a norm. */
export type Role = "weight" | "bias" | "norm";

const roles = new WeakMap<Tensor, Role>();

/** Declares it, once, where the parameter is made: see `parameter`. */
export function setRole(x: Tensor, role: Role): void {
  roles.set(x, role);
}

/** The role that `parameter` was given. For a tensor without one, the habit of transformers: two axes or more are a "weight", fewer
 *  a "bias".
 *  @example
 *  roleOf(parameter(zeros([4, 2]), "bias")); // => "bias"
 *  @example
 *  roleOf(zeros([4, 2])); // => "weight" */
export function roleOf(x: Tensor): Role {
  checkTensor("roleOf", "the parameter", x);
  return roles.get(x) ?? (x.rank >= 2 ? "weight" : "bias");
}
