/** E small feed-forward networks side by side. */

import { type Activation, activationNamed } from "../nn/feedForward.js";
import { Module, parameter } from "../nn/module.js";
import { markLibraryForward } from "../nn/recycling.js";
import { zeros } from "../tensor/create.js";
import { stack } from "../tensor/ops/join.js";
import { noGrad } from "../tensor/autograd.js";
import { type Generator, randn, streamOf } from "../tensor/random.js";
import type { Tensor } from "../tensor/tensor.js";
import { groupedLinear } from "../tensor/ops/grouped.js";

export interface ExpertsOptions {
  rng: Generator;
  activation?: Activation;
  bias?: boolean;
  std?: number;
  residualStd?: number;
}

/** yₑ = downₑ(activation(upₑ(x))) for the rows of each expert. Width F of one expert: dExpert.
 *  The weights of all experts lie in one tensor: up [E, F, D], down [E, D, F]. */
export class Experts extends Module {
  static {
    markLibraryForward(this);
  }

  readonly up: Tensor;
  readonly upBias: Tensor | null;
  readonly down: Tensor;
  readonly downBias: Tensor | null;
  readonly activation: Activation;

  constructor(
    readonly nExpert: number,
    dModel: number,
    dExpert: number,
    { rng, activation = "gelu", bias = true, std = 0.02, residualStd = std }: ExpertsOptions,
  ) {
    super();
    this.activation = activation;
    const own = streamOf("Experts", rng);
    // Each expert has a stream of its own: its first weights do not depend on how many others there are.
    const draw = (name: string, shape: [number, number], spread: number): Tensor =>
      noGrad(() =>
        stack(
          Array.from({ length: nExpert }, (_, e) => randn(shape, own.fork(`${e}.${name}`), { std: spread })),
          0,
        ),
      );
    this.up = parameter(draw("up", [dExpert, dModel], std));
    this.down = parameter(draw("down", [dModel, dExpert], residualStd));
    this.upBias = bias ? parameter(zeros([nExpert, dExpert]), "bias") : null;
    this.downBias = bias ? parameter(zeros([nExpert, dModel]), "bias") : null;
  }

  /** rows [M, D] sorted by expert -> [M, D], and how many rows the matmul really saw. */
  forward(rows: Tensor, starts: Int32Array): { y: Tensor; rowsExecuted: number } {
    const hidden = groupedLinear(rows, this.up, this.upBias, starts); // y [M, F]
    return groupedLinear(activationNamed(this.activation)(hidden.y), this.down, this.downBias, starts); // y [M, D]
  }
}
