/** What the routers of the reference files have in common. */

import type { Routing } from "../../../lib/moe/index.js";
import { read } from "../../../lib/tensor/tensor.js";
import { tensor, type Tensor } from "../../../lib/tensor/index.js";
import type { Numbers } from "../compare.js";
import { nested } from "../data.js";
import type { Options } from "../options.js";

/** From config and inputs to every output that the library can compute. Names in `exact` must match exactly. */
export interface RouterRun {
  exact: readonly string[];
  run: (config: Options, inputs: Options) => Record<string, Numbers>;
}

export const matrix = (inputs: Options, name: string, { learned = false } = {}): Tensor => {
  const x = tensor(inputs.get(name) as number[][]);
  x.requiresGrad = learned;
  return x;
};

export const logitsOf = (inputs: Options): Tensor => matrix(inputs, "router_logits");

/** A column of assignments as [N, K]. */
export const byToken = (values: ArrayLike<number>, { nToken, topK }: Routing): Numbers => ({
  shape: [nToken, topK!],
  data: values,
});

export const counts = (experts: ArrayLike<number>, nExpert: number): number[] => {
  const count = new Array<number>(nExpert).fill(0);
  for (let i = 0; i < experts.length; i++) count[experts[i]]++;
  return count;
};

/** [N, E, C] tensors of 0 and 1, and of weights: where each token stands at each expert. */
export function places(routing: Routing): { dispatch: Numbers; combine: Numbers } {
  const shape = [routing.nToken, routing.nExpert, routing.capacity!];
  const [dispatch, combine] = [0, 0].map(() => new Float64Array(shape.reduce((a, b) => a * b)));
  for (const { token, expert, position, weight } of routing.assignments()) {
    if (position < 0) continue;
    const at = (token * routing.nExpert + expert) * routing.capacity! + position;
    dispatch[at] = 1;
    combine[at] = weight;
  }
  return { dispatch: { shape, data: dispatch }, combine: { shape, data: combine } };
}

/** Where the condition holds, as a list. */
export const where = (values: ArrayLike<number>, holds: (value: number, i: number) => boolean): Numbers =>
  nested(Array.from(values, (_, i) => i).filter((i) => holds(values[i], i)));

/** Assignments for which the condition holds, as [token, slot]. */
export const assignmentsWhere = ({ tokens, slots }: Routing, holds: (i: number) => boolean): Numbers =>
  nested(Array.from(tokens, (token, i) => [token, slots[i]]).filter((_, i) => holds(i)));

/** The weights in a matrix of all experts, [N, E]. */
export function dense({ weights, experts, tokens, nToken, nExpert }: Routing): Numbers {
  const data = new Float64Array(nToken * nExpert);
  read(weights).forEach((w, i) => (data[tokens[i] * nExpert + experts[i]] = w));
  return { shape: [nToken, nExpert], data };
}
