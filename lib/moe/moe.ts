/** The mixture of experts: what stands where a dense transformer has its feed-forward layer. */

import { Module } from "../nn/module.js";
import { shipsForward } from "../nn/ours.js";
import type { Activation } from "../nn/feedForward.js";
import type { Arg, MapLast, Shape } from "../tensor/shape.js";
import { reshape } from "../tensor/ops/shape.js";
import type { Generator } from "../tensor/random.js";
import type { Tensor } from "../tensor/tensor.js";
import { combine, dispatch, planByExpert } from "./dispatch.js";
import { Experts } from "./experts.js";
import { TopKRouter } from "./router.js";
import type { Routing } from "./routing.js";

export interface MoEOptions {
  rng: Generator;
  nExpert: number;
  topK: number;
  /** See `routeTopK`. Default true. */
  renormalise?: boolean;
  activation?: Activation;
  bias?: boolean;
  std?: number;
  residualStd?: number;
}

/** Each token through its topK experts: y = Σₖ wₖ · expertₖ(x). x [..., D] -> [..., D].
 *  Rows are grouped by expert, so each expert is one matmul over just the tokens that chose it.
 *  Source: Shazeer et al. 2017, §2, https://arxiv.org/abs/1701.06538 */
export class MoE<D extends number = number> extends Module {
  static {
    shipsForward(this);
  }

  readonly router: TopKRouter;
  readonly experts: Experts;

  constructor(dModel: D, dExpert: number, { rng, nExpert, topK, renormalise = true, ...options }: MoEOptions) {
    super();
    const { std } = options;
    this.router = new TopKRouter(dModel, nExpert, {
      rng: rng.fork("router"),
      topK,
      renormalise,
      ...(std === undefined ? {} : { std }),
    });
    this.experts = new Experts(nExpert, dModel, dExpert, { rng: rng.fork("experts"), ...options });
  }

  /** @param routings collects what the router decided, for the balance loss and the charts */
  forward<S extends Shape>(x: Arg<MapLast<S, D, D>, Tensor<S>>, routings?: Routing[]): Tensor<S>;
  forward(x: Tensor, routings?: Routing[]): Tensor {
    const rows = reshape(x, [-1, x.shape[x.rank - 1]]); // [N, D], N = B · T
    const routing = this.router.forward(rows);
    const plan = planByExpert(routing.experts, routing.nExpert);
    const { y, rowsExecuted } = this.experts.forward(dispatch(rows, plan, routing.topK), plan.starts);
    routing.rowsExecuted = rowsExecuted;
    routings?.push(routing);
    return reshape(combine(y, routing.weights, plan), [...x.shape]);
  }
}
