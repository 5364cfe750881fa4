/** Soft MoE: no token is sent anywhere. Every expert works on a few mixtures of all tokens, and every token gets a mixture of all results. */

import { Module, parameter } from "../nn/module.js";
import { markLibraryForward } from "../nn/recycling.js";
import { routerDefaults, routerShapes } from "../config/router/defaults.js";
import type { Activation } from "../nn/feedForward.js";
import { fromArray } from "../tensor/create.js";
import { matmul } from "../tensor/ops/matmul.js";
import { where } from "../tensor/ops/elementwise.js";
import { permute, reshape, transpose } from "../tensor/ops/shape.js";
import { maskedSoftmax, softmax } from "../tensor/ops/softmax.js";
import { type Generator, randn, streamOf } from "../tensor/random.js";
import type { Shape, Arg, MapLast } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Experts } from "./experts.js";
import { paddingIn, type Pass } from "./moe.js";

/** What Soft MoE has in place of a `Routing`: two mixing matrices [B, T, E·S] over the slots of all experts (S each). */
export interface Mixing {
  readonly kind: "mixing";
  /** Columns sum to 1: what a slot is made of. */
  readonly dispatch: Tensor;
  /** Rows sum to 1: what a token is given. */
  readonly combine: Tensor;
}

export interface SoftMoEOptions {
  rng: Generator;
  nExpert: number;
  /** S: slots of each expert. Default 1. */
  nSlot?: number;
  activation?: Activation;
  /** A second projection in each expert, as in `FeedForward`. Default false. */
  gated?: boolean;
  bias?: boolean;
  std?: number;
  residualStd?: number;
}

/** With logits L = X Φ over tokens and slots: slots X̃ = softmax over tokens(L)ᵀ X, each through its expert, Y = softmax over slots(L) Ỹ.
 *  Even and fully differentiable. A token sees all tokens of its sequence, also later ones: not for a model that predicts the next.
 *  x [B, T, D] -> [B, T, D]. Source: Puigcerver et al. 2023, §2.1, https://arxiv.org/abs/2308.00951 */
export class SoftMoE<D extends number = number> extends Module {
  static {
    markLibraryForward(this);
  }

  /** [E · S, D] Φ, transposed. */
  readonly slots: Tensor;
  readonly experts: Experts;
  readonly nSlot: number;

  constructor(dModel: D, dExpert: number, { rng, nExpert, nSlot = 1, ...options }: SoftMoEOptions) {
    super();
    this.nSlot = nSlot;
    const own = streamOf("SoftMoE", rng);
    const std = options.std ?? 0.02;
    const config = routerDefaults({ select: "soft", nSlot }, nExpert);
    const { weight } = routerShapes(config, { E: nExpert, D: dModel, "E·S": nExpert * nSlot });
    this.slots = parameter(randn(weight!, own.fork("slots"), { std }));
    this.experts = new Experts(nExpert, dModel, dExpert, { rng: own.fork("experts"), ...options });
  }

  /** x [B, T, D] -> the two matrices. @param mask [B · T] 0 for tokens that take no part: no slot is made of them */
  mixing(x: Tensor, mask?: ArrayLike<number>): Mixing {
    const logits = matmul(x, transpose(this.slots, 0, 1)) as Tensor; // [B, T, E·S]
    const [batch, length] = x.shape;
    const dispatch = mask ? maskedSoftmax(logits, fromArray(mask, [batch, length, 1]), 1) : softmax(logits, 1);
    return { kind: "mixing", dispatch, combine: softmax(logits, 2) };
  }

  /** @param pass padding, if there is any: it goes into no slot, and its output is 0 */
  forward<S extends Shape>(x: Arg<MapLast<S, D, D>, Tensor<S>>, pass?: Pick<Pass, "mask">): Tensor<S>;
  forward(given: Tensor, { mask: all }: Pick<Pass, "mask"> = {}): Tensor {
    const [batch, length, d] = given.shape;
    const mask = paddingIn("SoftMoE", all, batch * length);
    const isReal = mask && fromArray(mask, [batch, length, 1]);
    const x = isReal ? where(isReal, given, 0) : given; // whatever padding holds, were it NaN, is gone
    const { nExpert } = this.experts;
    const { dispatch, combine } = this.mixing(x, mask ?? undefined); // both [B, T, E·S]
    const inputs = matmul(transpose(dispatch, 1, 2), x); // [B, E·S, D]
    const byExpert = permute(reshape(inputs, [batch, nExpert, this.nSlot, d]), [1, 0, 2, 3]); // [E, B, S, D]
    const perExpert = batch * this.nSlot;
    const starts = Int32Array.from({ length: nExpert + 1 }, (_, e) => e * perExpert);
    const { y } = this.experts.forward(reshape(byExpert, [nExpert * perExpert, d]), starts);
    const bySequence = permute(reshape(y, [nExpert, batch, this.nSlot, d]), [1, 0, 2, 3]); // [B, E, S, D]
    const output = matmul(combine, reshape(bySequence, [batch, nExpert * this.nSlot, d])); // [B, T, D]
    return isReal ? where(isReal, output, 0) : output;
  }
}
