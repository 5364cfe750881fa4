import { checkRouting } from "../check.js";
import { fromArray } from "../../tensor/create.js";
import { mul } from "../../tensor/ops/elementwise.js";
import { sum } from "../../tensor/ops/reduce.js";
import { read, type Tensor } from "../../tensor/tensor.js";
import { sequenceOf } from "../capacity/place.js";
import type { Routing } from "../routing.js";
import { selectTopK } from "../select/topK.js";

/** Mean over the sequences of Σₑ fₑ Pₑ, with fₑ = E/(K·T) · number of the sequence's tokens that have e among their K best and Pₑ the
 *  mean of its normalized scores there: balance within each sequence, not only over a batch in which sequences make up for each
 *  other. 1 where even. The K best are those of the scores alone: a selection bias does not count. T is the sequence's own number of
 *  tokens, without padding; a sequence without tokens counts in no mean.
 *  Source: DeepSeek-AI 2024 (V3), §2.1.2, eq. 17-20, https://arxiv.org/abs/2412.19437 */
export function sequenceBalanceLoss(routing: Routing): Tensor<readonly []> {
  const shares = sequenceShares(routing); // [S · E]
  const { probs, nToken, nExpert, sequenceStarts } = routing;
  const sequence = sequenceOf(sequenceStarts, nToken);
  const lengths = sequenceStarts.subarray(1).map((end, s) => end - sequenceStarts[s]);
  const sequences = lengths.filter((length) => length > 0).length; // 0 where no token is divided by it
  // Each token's probabilities times f of its sequence, over the sequence's length: [N, E].
  const f = Float64Array.from({ length: nToken * nExpert }, (_, i) => {
    const s = sequence[Math.floor(i / nExpert)];
    return shares[s * nExpert + (i % nExpert)] / (lengths[s] * sequences);
  });
  return sum(mul(probs, fromArray(f, [nToken, nExpert])) as Tensor);
}

/** [S · E] f of each sequence, one after the other: 1 is a fair share. */
export function sequenceShares(routing: Routing): Float64Array {
  checkRouting("sequenceBalanceLoss", routing, "probs", "nToken", "nExpert", "topK", "sequenceStarts");
  const { probs, nToken, nExpert, topK, sequenceStarts } = routing;
  if (topK === null)
    throw new RangeError(
      "balance.sequence needs a fixed topK; this selection gives tokens different numbers of experts",
    );
  const { experts, tokens } = selectTopK({ scores: read(probs), nToken, nExpert }, topK);
  const sequence = sequenceOf(sequenceStarts, nToken);
  const f = new Float64Array((sequenceStarts.length - 1) * nExpert);
  experts.forEach((e, i) => {
    const s = sequence[tokens[i]];
    f[s * nExpert + e] += nExpert / (topK * (sequenceStarts[s + 1] - sequenceStarts[s]));
  });
  return f;
}
