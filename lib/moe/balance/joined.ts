import { checkRoutings } from "../check.js";
import { fromArray } from "../../tensor/create.js";
import { ShapeError } from "../../tensor/check.js";
import { mul } from "../../tensor/ops/elementwise.js";
import { indexSelect } from "../../tensor/ops/indexing.js";
import { concat } from "../../tensor/ops/join.js";
import type { Tensor } from "../../tensor/tensor.js";
import { loadOf, type Routing } from "../routing.js";
import { switchBalanceLoss } from "./switch.js";

/** K · E · Σₑ fₑ Pₑ with the tokens of all layers counted together, as the auxiliary loss of Hugging Face's mixtures: perfect balance
 *  gives K. Put together, one layer's favorites hide another's: `balanceLoss` compares each layer's loads among themselves.
 *  @param mask 1 for each token that counts, 0 for padding, where the layers routed padding too
 *  Source: transformers, models/mixtral/modeling_mixtral.py (`load_balancing_loss_func`) */
export function joinedBalanceLoss(
  routings: readonly Routing[],
  mask: ArrayLike<number> | null = null,
): Tensor<readonly []> | null {
  checkRoutings("joinedBalanceLoss", routings);
  if (routings.length === 0) return null;
  const [{ nExpert, nToken, topK }] = routings;
  if (topK === null)
    throw new RangeError("joinedBalanceLoss: needs equally many experts for each token, as select topK gives them");
  if (mask && mask.length !== nToken)
    throw new ShapeError(
      `joinedBalanceLoss: the mask has ${mask.length} numbers for ${nToken} tokens; give one per token`,
    );
  const real = (n: number): boolean => mask?.[n] !== 0;
  const rows = Array.from({ length: nToken }, (_, n) => n).filter(real);
  const index = fromArray(rows, [rows.length], "int32");
  const probs: Tensor = concat(
    routings.map((routing) => (mask ? indexSelect(routing.probs, 0, index) : routing.probs)),
    0,
  );
  const asked = routings.flatMap(({ wanted, tokens }) => [...wanted].filter((_, i) => real(tokens[i])));
  return mul(switchBalanceLoss({ demand: loadOf(Int32Array.from(asked), nExpert), nExpert, probs }), topK);
}
