/** The twins of the bug hunt. Most differences are bugs that somebody reported of a program that ran; sources are in `diagnoses.ts`. */

import type { Transformer } from "../../../models/transformer.js";
import { switchBalanceLoss } from "../../../moe/balance/switch.js";
import { MoE } from "../../../moe/moe.js";
import { routersIn } from "../../../moe/balance/selectionBias.js";
import type { Routing } from "../../../moe/routing.js";
import { fromArray } from "../../../tensor/create.js";
import { add, mul } from "../../../tensor/ops/elementwise.js";
import { embedding } from "../../../tensor/ops/indexing.js";
import { mean } from "../../../tensor/ops/reduce.js";
import { expand, reshape } from "../../../tensor/ops/shape.js";
import { read, type Tensor } from "../../../tensor/tensor.js";
import type { Setting } from "./setting.js";

/** P as the mean over the experts of each token, and of these over all tokens: 1/E for every expert, whatever the router says. */
function overTheWrongAxis(routing: Routing): Tensor<readonly []> {
  const perToken = mean(routing.probs, 1) as Tensor; // [N], and not [E]
  const each = expand(reshape(mean(perToken) as Tensor, [1, 1]), [routing.nToken, routing.nExpert]) as Tensor;
  return switchBalanceLoss({ ...routing, probs: each });
}

/** A weight is the score and the bias that was meant for the choice alone. */
function weighByBias(model: Transformer): void {
  for (const router of routersIn(model)) {
    const routeAsMade = router.forward.bind(router);
    router.forward = (rows, context) => {
      const routing = routeAsMade(rows, context);
      const bias = fromArray([...read(router.selectionBias!)], [routing.nExpert, 1]);
      const ofChosen = embedding(bias, fromArray([...routing.wanted], [routing.nToken], "int32")) as Tensor;
      return { ...routing, weights: add(routing.weights, reshape(ofChosen, [...routing.weights.shape])) };
    };
  }
}

/** A token without a place gets itself back, weighed by the router, and the residual adds it once more. */
function giveDroppedBack(model: Transformer): void {
  for (const { feedForward } of model.blocks) {
    const layer = feedForward as unknown as MoE;
    const forwardAsMade = layer.forward.bind(layer) as (x: Tensor, pass: { routings: Routing[] }) => Tensor;
    const forward = (x: Tensor, pass: { routings: Routing[] }): Tensor => {
      const y = forwardAsMade(x, pass);
      const { positions, probs, wanted, nToken } = pass.routings.at(-1)!;
      const P = probs.detach().toArray() as number[][];
      const share = Array.from(positions, (place, n) => (place < 0 ? P[n][wanted[n]] : 0));
      return add(y, reshape(mul(reshape(x, [nToken, -1]), fromArray(share, [nToken, 1])), [...x.shape]));
    };
    (layer as unknown as { forward: typeof forward }).forward = forward;
  }
}

/** By the number of the patient. */
export const settings: Readonly<Record<number, Setting>> = {
  1: { config: { renormalize: true } },
  2: { term: (routing) => switchBalanceLoss({ ...routing, probs: routing.probs.detach() }) },
  3: { noisyTest: true },
  4: {},
  5: { config: { queue: "position" } },
  6: { times: 2 },
  7: { change: weighByBias },
  8: { term: overTheWrongAxis },
  9: { trains: (name) => !name.includes("router") },
  10: { change: giveDroppedBack },
};
