/** The mixture of experts: what stands where a dense transformer has its feed-forward layer. */

import { Module } from "../nn/module.js";
import { markLibraryForward } from "../nn/recycling.js";
import { type Activation, FeedForward } from "../nn/feedForward.js";
import { add } from "../tensor/ops/elementwise.js";
import { indexAdd, indexSelect } from "../tensor/ops/indexing.js";
import { fromArray, zeros } from "../tensor/create.js";
import { ShapeError } from "../tensor/check.js";
import type { Arg, MapLast, Shape } from "../tensor/shape.js";
import { reshape } from "../tensor/ops/shape.js";
import { type Generator, streamOf } from "../tensor/random.js";
import type { Tensor } from "../tensor/tensor.js";
import type { RouterConfig } from "../config/router/fields.js";
import { combine, dispatch, planByExpert } from "./dispatch.js";
import { Experts } from "./experts.js";
import { Router } from "./router.js";
import type { Routing } from "./routing.js";

export interface MoEOptions extends Partial<RouterConfig> {
  rng: Generator;
  nExpert: number;
  topK: number;
  activation?: Activation;
  bias?: boolean;
  std?: number;
  residualStd?: number;
}

/** What a layer is told and leaves behind in one forward pass of a model. */
export interface Pass {
  /** Collects what the routers decided, for the balance losses and the charts. */
  readonly routings: Routing[];
  /** Token ids in the order of x, for routers that hash them. */
  readonly ids?: ArrayLike<number>;
  /** 1 for each token that counts, 0 for padding: padding is not routed, takes no place, counts in no load, and its output is 0. */
  readonly mask?: ArrayLike<number>;
}

/** Each token through its experts: y = Σₖ wₖ · expertₖ(x), and Σ shared(x) if some are shared by all. x [..., D] -> [..., D].
 *  Rows are grouped by expert, so each expert is one matmul over just the tokens that chose it. A token that was dropped gets 0
 *  (and its shared experts): the residual around the layer carries it on unchanged.
 *  Sources: Shazeer et al. 2017, §2, https://arxiv.org/abs/1701.06538; shared and fine-grained experts: Dai et al. 2024
 *  (DeepSeekMoE), §3, https://arxiv.org/abs/2401.06066 */
export class MoE<D extends number = number> extends Module {
  static {
    markLibraryForward(this);
  }

  readonly router: Router;
  readonly experts: Experts;
  /** The shared experts side by side: one network as wide as all of them, which is the same sum. */
  readonly shared: FeedForward | null;

  constructor(dModel: D, dExpert: number, { rng, nExpert, ...options }: MoEOptions) {
    super();
    const { activation, bias, std, residualStd, ...routing } = options;
    const make = {
      ...(activation === undefined ? {} : { activation }),
      ...(bias === undefined ? {} : { bias }),
      ...(std === undefined ? {} : { std }),
      ...(residualStd === undefined ? {} : { residualStd }),
    };
    const own = streamOf("MoE", rng);
    this.router = new Router(dModel, nExpert, {
      ...routing,
      rng: own.fork("router"),
      ...(std === undefined ? {} : { std }),
    });
    this.experts = new Experts(nExpert, dModel, dExpert, { rng: own.fork("experts"), ...make });
    const { nSharedExpert } = this.router.config;
    this.shared =
      nSharedExpert > 0 ? new FeedForward(dModel, nSharedExpert * dExpert, { rng: own.fork("shared"), ...make }) : null;
  }

  /** @param pass a list that collects the routing, or more: see `Pass` */
  forward<S extends Shape>(x: Arg<MapLast<S, D, D>, Tensor<S>>, pass?: Pass | Routing[]): Tensor<S>;
  forward(x: Tensor, given: Pass | Routing[] = []): Tensor {
    const pass: Pass = Array.isArray(given) ? { routings: given } : given;
    const all = reshape(x, [-1, x.shape[x.rank - 1]]); // [N, D], N = B · T
    const real = realTokens(all.shape[0], pass.mask);
    const rows = real ? indexSelect(all, 0, real.index) : all;
    const routing = this.router.forward(rows, {
      training: this.training,
      ...(pass.ids ? { ids: real ? real.of(pass.ids) : pass.ids } : {}),
      ...(x.rank === 3 && !real ? { sequenceLength: x.shape[1] } : {}),
    });
    const plan = planByExpert(routing);
    const { y, rowsExecuted } = this.experts.forward(dispatch(rows, plan), plan.starts);
    routing.rowsExecuted = rowsExecuted;
    pass.routings.push(routing);
    let output = combine(y, routing.weights, plan);
    if (this.shared) output = add(output, this.shared.forward(rows));
    if (real) output = indexAdd(zeros(all.shape as [number, number]), 0, real.index, output);
    return reshape(output, [...x.shape]);
  }
}

/** Positions of the tokens that are no padding, or null if all are real. */
function realTokens(
  nToken: number,
  mask: ArrayLike<number> | undefined,
): { index: Tensor; of: (values: ArrayLike<number>) => Int32Array } | null {
  if (!mask) return null;
  if (mask.length !== nToken)
    throw new ShapeError(`MoE: the mask has ${mask.length} numbers for ${nToken} tokens; give one per token`);
  const at = Int32Array.from(Array.from({ length: nToken }, (_, n) => n).filter((n) => mask[n]));
  return { index: fromArray(at, [at.length], "int32"), of: (values) => at.map((n) => values[n]) };
}
