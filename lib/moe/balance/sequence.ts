import { fromArray } from "../../tensor/create.js";
import { mul } from "../../tensor/ops/elementwise.js";
import { mean, sum } from "../../tensor/ops/reduce.js";
import { reshape } from "../../tensor/ops/shape.js";
import { read, type Tensor } from "../../tensor/tensor.js";
import type { Routing } from "../routing.js";
import { selectTopK } from "../select/topK.js";

/** Mean over the sequences of Σₑ fₑ Pₑ, with fₑ = E/(K·T) · number of the sequence's tokens that have e among their K best and Pₑ the
 *  mean of its normalized scores there: balance within each sequence, not only over a batch in which sequences make up for each
 *  other. 1 where even. The K best are those of the scores alone: a selection bias does not count.
 *  Source: DeepSeek-AI 2024 (V3), §2.1.2, eq. 17-20, https://arxiv.org/abs/2412.19437 */
export function sequenceBalanceLoss(routing: Routing): Tensor<readonly []> {
  const { probs, nToken, nExpert, sequenceLength } = routing;
  const sequences = nToken / sequenceLength;
  const f = fromArray(sequenceShares(routing), [sequences, nExpert]);
  const P: Tensor = mean(reshape(probs, [sequences, sequenceLength, nExpert]), 1);
  return mul(sum(mul(P, f) as Tensor), 1 / Math.max(sequences, 1));
}

/** [sequences · E] f of each sequence, one after the other: 1 is a fair share. */
export function sequenceShares({ probs, nToken, nExpert, topK, sequenceLength }: Routing): Float64Array {
  if (topK === null) throw new RangeError("balance.sequence needs a fixed topK, which this selection has not");
  const { experts, tokens } = selectTopK({ scores: read(probs), nToken, nExpert }, topK);
  const f = new Float64Array((nToken / sequenceLength) * nExpert);
  experts.forEach((e, i) => {
    f[Math.floor(tokens[i] / sequenceLength) * nExpert + e] += nExpert / (topK * sequenceLength);
  });
  return f;
}
