/** E small feed-forward networks side by side. */

import { type Activation, activationNamed, type ClampedUnit, gatedUnit } from "../nn/feedForward.js";
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
  /** A second projection scales each hidden feature, as in `FeedForward`. Default false. */
  gated?: boolean;
  /** With `gated`: the unit of gpt-oss, see `gatedUnit`. Default null. */
  clamped?: ClampedUnit | null;
  bias?: boolean;
  std?: number;
  residualStd?: number;
}

/** The weights of all experts: up and gate [E, F, D], down [E, D, F]. */
export type ExpertTables = Pick<Experts, "up" | "gate" | "down">;

/** A module that changes the weights with which the experts compute, while their own stay as they are. */
export interface ExpertsAdapter extends Module {
  onto(tables: ExpertTables): ExpertTables;
}

/** yₑ = downₑ(activation(upₑ(x))), or gated yₑ = downₑ(activation(gateₑ(x)) · upₑ(x)), for the rows of each expert. Width F of one
 *  expert: dExpert. The weights of all experts lie in one tensor: up and gate [E, F, D], down [E, D, F]. */
export class Experts extends Module {
  static {
    markLibraryForward(this);
  }

  readonly up: Tensor;
  readonly upBias: Tensor | null;
  readonly gate: Tensor | null;
  readonly gateBias: Tensor | null;
  readonly down: Tensor;
  readonly downBias: Tensor | null;
  readonly activation: Activation;
  readonly clamped: ClampedUnit | null;
  /** What fine-tuning of some experts adds to them. */
  adapter: ExpertsAdapter | null = null;

  constructor(
    readonly nExpert: number,
    dModel: number,
    dExpert: number,
    options: ExpertsOptions,
  ) {
    super();
    const { rng, gated = false, activation = gated ? "silu" : "gelu", clamped = null } = options;
    const { bias = true, std = 0.02, residualStd = std } = options;
    this.activation = activation;
    this.clamped = clamped;
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
    this.gate = gated ? parameter(draw("gate", [dExpert, dModel], std)) : null;
    this.down = parameter(draw("down", [dModel, dExpert], residualStd));
    this.upBias = bias ? parameter(zeros([nExpert, dExpert]), "bias") : null;
    this.gateBias = gated && bias ? parameter(zeros([nExpert, dExpert]), "bias") : null;
    this.downBias = bias ? parameter(zeros([nExpert, dModel]), "bias") : null;
  }

  /** rows [M, D] sorted by expert -> [M, D], and how many rows the matmul really saw. */
  forward(rows: Tensor, starts: Int32Array): { y: Tensor; rowsExecuted: number } {
    const own = this.adapter?.onto(this) ?? this;
    const up = groupedLinear(rows, own.up, this.upBias, starts).y; // [M, F]
    const hidden = own.gate
      ? gatedUnit(this, groupedLinear(rows, own.gate, this.gateBias, starts).y, up)
      : activationNamed(this.activation)(up);
    return groupedLinear(hidden, own.down, this.downBias, starts); // y [M, D]
  }
}
