/** The mixture of experts: what stands where a dense transformer has its feed-forward layer. */

import { Module } from "../nn/module.js";
import { markLibraryForward } from "../nn/recycling.js";
import { type Activation, type ClampedUnit, FeedForward } from "../nn/feedForward.js";
import { Linear } from "../nn/linear.js";
import { add, mul } from "../tensor/ops/elementwise.js";
import { sigmoid } from "../tensor/ops/unary.js";
import { indexAdd, indexSelect } from "../tensor/ops/indexing.js";
import { fromArray, zeros } from "../tensor/create.js";
import { checkTensor, ShapeError } from "../tensor/check.js";
import type { Arg, MapLast, Shape } from "../tensor/shape.js";
import { reshape } from "../tensor/ops/shape.js";
import { type Generator, streamOf } from "../tensor/random.js";
import type { Tensor } from "../tensor/tensor.js";
import type { RouterConfig } from "../config/router/fields.js";
import { combine, dispatch, passOn, planByExpert } from "./dispatch.js";
import { Experts } from "./experts.js";
import { Router } from "./router.js";
import type { Routing } from "./routing.js";

export interface MoEOptions extends Partial<RouterConfig> {
  rng: Generator;
  nExpert: number;
  topK: number;
  activation?: Activation;
  /** A second projection in each expert and in the shared one, as in `FeedForward`. Default false. */
  gated?: boolean;
  /** With `gated`: the unit of gpt-oss in the experts, see `gatedUnit`. Default null. */
  clamped?: ClampedUnit | null;
  bias?: boolean;
  std?: number;
  residualStd?: number;
  /** Hidden width of the shared experts together. Default nSharedExpert · dExpert. */
  dShared?: number;
  /** The shared experts' output is multiplied by σ(w · x), a number for each token (Qwen2-MoE). Default false. */
  sharedGate?: boolean;
  /** V: number of different tokens, for select "table". */
  vocabSize?: number;
}

/** What a layer is told and leaves behind in one forward pass of a model. */
export interface Pass {
  /** Collects what the routers decided, for the balance losses and the charts. */
  readonly routings?: Routing[];
  /** Token ids in the order of x, one per token, padding included: for select "hash" and "table". */
  readonly ids?: ArrayLike<number>;
  /** 1 for each token that counts, 0 for padding: padding is not routed, takes no place, counts in no load, and its output is 0. */
  readonly mask?: ArrayLike<number>;
  /** Tokens of each text before x, which a cache of keys and values holds. Default 0. */
  readonly past?: number;
  /** Called when a part of the work is done: who keeps a clock sees what each took. */
  readonly onPart?: (part: WorkPart) => void;
}

/** Parts of a forward pass, in their order. "attention" is with both norms and its residual; of a mixture, "feed-forward" is what is left
 *  beside its five parts: shared experts and the residual; of a dense model all of that layer; "head" is with the last norm. */
export const workParts = [
  "embedding",
  "attention",
  "route",
  "sort",
  "gather",
  "products",
  "combine",
  "feed-forward",
  "head",
] as const;
export type WorkPart = (typeof workParts)[number];

/** Each token through its experts: y = Σₖ wₖ · expertₖ(x), and Σ shared(x) if some are shared by all. x [..., D] -> [..., D].
 *  With dLatent C, y = U Σₖ wₖ · expertₖ(L x): experts [C -> dExpert -> C] between two projections L [C, D] and U [D, C] without
 *  offsets, while the router and the shared experts read x itself (LatentMoE): at the same bytes, more experts and more of them at work.
 *  Null experts are chosen like others and counted in every load and balance term, but compute no row: they add w · x, or nothing
 *  (`nullExpert`), so that an easy token costs less. All share one weight of balance, as MoE++ with τ = 1.
 *  Rows are grouped by expert, so each expert is one matmul over just the tokens that chose it. A token that was dropped gets 0
 *  (and its shared experts): the residual around the layer carries it on unchanged.
 *  Sources: Shazeer et al. 2017, §2, https://arxiv.org/abs/1701.06538; shared and fine-grained experts: Dai et al. 2024
 *  (DeepSeekMoE), §3, https://arxiv.org/abs/2401.06066; LatentMoE: Nemotron 3, as `moe_latent_size` with fc1_latent_proj and
 *  fc2_latent_proj in Megatron-LM, megatron/core/transformer/moe/moe_layer.py; null experts: Jin et al. 2024 (MoE++), §3,
 *  https://arxiv.org/abs/2410.07348 */
export class MoE<D extends number = number> extends Module {
  static {
    markLibraryForward(this);
  }

  readonly router: Router;
  readonly experts: Experts;
  /** The shared experts side by side: one network as wide as all of them, which is the same sum. */
  readonly shared: FeedForward | null;
  /** [1, D] w, with sharedGate. */
  readonly sharedGate: Linear | null;
  /** Into and out of the width in which the experts work, with dLatent. */
  readonly toLatent: Linear | null;
  readonly fromLatent: Linear | null;

  constructor(dModel: D, dExpert: number, { rng, nExpert, ...options }: MoEOptions) {
    super();
    const { activation, bias, std, residualStd, gated, clamped, dShared, sharedGate = false, ...routing } = options;
    const make = {
      ...(gated === undefined ? {} : { gated }),
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
    const { nSharedExpert, dLatent } = this.router.config;
    this.experts = new Experts(nExpert, dLatent ?? dModel, dExpert, {
      rng: own.fork("experts"),
      ...make,
      ...(clamped === undefined ? {} : { clamped }),
    });
    const projection = (name: string, from: number, to: number, spread?: number): Linear =>
      new Linear(from, to, { rng: own.fork(name), bias: false, ...(spread === undefined ? {} : { std: spread }) });
    this.toLatent = dLatent === null ? null : projection("toLatent", dModel, dLatent, std);
    this.fromLatent = dLatent === null ? null : projection("fromLatent", dLatent, dModel, residualStd ?? std);
    const widthShared = dShared ?? nSharedExpert * dExpert;
    this.shared = nSharedExpert > 0 ? new FeedForward(dModel, widthShared, { rng: own.fork("shared"), ...make }) : null;
    this.sharedGate = this.shared && sharedGate ? projection("sharedGate", dModel, 1, std) : null;
  }

  /** Throws a ShapeError where the mask is not one number per token. */
  forward<S extends Shape>(x: Arg<MapLast<S, D, D>, Tensor<S>>, pass?: Pass): Tensor<S>;
  forward(x: Tensor, pass: Pass = {}): Tensor {
    if (Array.isArray(pass)) throw new TypeError("MoE: pass { routings } as an object, not the list itself");
    checkTensor("MoE", "x", x);
    const all = reshape(x, [-1, x.shape[x.rank - 1]]); // [N, D], N = B · T
    const [nToken] = all.shape;
    const mask = paddingIn("MoE", pass.mask, nToken);
    const length = x.rank > 1 ? x.shape[x.rank - 2] : 1; // of one sequence
    const real = realTokens(mask, nToken, length);
    const index = fromArray(real.at, [real.at.length], "int32");
    const rows = mask ? indexSelect(all, 0, index) : all; // [N real, D]
    const { ids, past = 0 } = pass;
    if (ids && ids.length !== nToken)
      throw new ShapeError(`MoE: there are ${ids.length} ids for ${nToken} tokens; give one per token`);
    const decided = this.router.forward(rows, {
      training: this.training,
      ...(ids ? { ids: mask ? Array.from(real.at, (n) => ids[n]) : ids } : {}),
      sequenceStarts: real.starts,
      textPositions: real.positions.map((place) => past + place),
    });
    pass.onPart?.("route");
    const plan = planByExpert(decided);
    pass.onPart?.("sort");
    const { toLatent } = this;
    const inputs = toLatent ? toLatent.forward(rows) : rows; // [N real, C], C = D without dLatent
    const gathered = dispatch(inputs, plan); // [R, C]
    pass.onPart?.("gather");
    const { y, rowsExecuted } = this.experts.forward(gathered, plan.starts); // [R, C]
    pass.onPart?.("products");
    const routing: Routing = { ...decided, rowsExecuted };
    pass.routings?.push(routing);
    const mixed = combine(y, routing.weights, plan); // [N real, C]
    pass.onPart?.("combine");
    let output = this.completed(mixed, rows, routing);
    if (mask) output = indexAdd(zeros([nToken, all.shape[1]]), 0, index, output);
    return reshape(output, [...x.shape]);
  }

  /** From what the experts gave together to what the layer gives: out of the width in which they work, and with null and shared experts.
   *  mixed [N, C], rows [N, D] -> [N, D]. */
  completed(mixed: Tensor, rows: Tensor, routing: Routing): Tensor {
    let output: Tensor = this.fromLatent ? this.fromLatent.forward(mixed) : mixed;
    const { nNullExpert, nullExpert } = this.router.config;
    if (nNullExpert > 0 && nullExpert === "identity") output = add(output, passOn(rows, routing));
    return this.shared ? add(output, this.sharedOutput(rows)!) : output;
  }

  /** What the shared experts give, null without them. rows [N, D] -> [N, D]. */
  sharedOutput(rows: Tensor): Tensor | null {
    if (!this.shared) return null;
    const y: Tensor = this.shared.forward(rows);
    return this.sharedGate ? mul(y, sigmoid(this.sharedGate.forward(rows)) as Tensor) : y; // [N, D] · [N, 1]
  }
}

/** The mask, or null where it masks nothing. */
export function paddingIn(
  layer: string,
  mask: ArrayLike<number> | undefined,
  nToken: number,
): ArrayLike<number> | null {
  if (!mask) return null;
  if (mask.length !== nToken)
    throw new ShapeError(`${layer}: the mask has ${mask.length} numbers for ${nToken} tokens; give one per token`);
  return Array.from(mask).some((m) => !m) ? mask : null;
}

/** The tokens that are no padding: which they are, where each sequence of them starts, and their places in it. */
function realTokens(
  mask: ArrayLike<number> | null,
  nToken: number,
  length: number,
): { at: Int32Array; starts: Int32Array; positions: Int32Array } {
  if (!mask) {
    const numbers = (count: number, of: (i: number) => number): Int32Array => {
      const all = new Int32Array(count);
      for (let i = 0; i < count; i++) all[i] = of(i);
      return all;
    };
    const nSequence = nToken === 0 ? 1 : Math.ceil(nToken / length);
    return {
      at: numbers(nToken, (n) => n),
      starts: numbers(nSequence + 1, (s) => Math.min(nToken, s * length)),
      positions: numbers(nToken, (n) => n % length),
    };
  }
  const at: number[] = [];
  const positions: number[] = [];
  const starts = [0];
  for (let first = 0; first < nToken; first += length) {
    for (let n = first; n < first + length; n++) {
      if (mask && !mask[n]) continue;
      at.push(n);
      positions.push(at.length - 1 - starts[starts.length - 1]);
    }
    starts.push(at.length);
  }
  if (nToken === 0) starts.push(0);
  return { at: Int32Array.from(at), starts: Int32Array.from(starts), positions: Int32Array.from(positions) };
}
