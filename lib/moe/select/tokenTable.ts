import { checkIntegers } from "../../config/options.js";
import { ShapeError } from "../../tensor/check.js";
import { fromArray } from "../../tensor/create.js";
import { overwrite, read, type Tensor } from "../../tensor/tensor.js";
import type { Router } from "../router.js";
import type { Routing } from "../routing.js";
import { selectHash } from "./hash.js";
import { byScore, fixed, rankOf, type Scored, type Selection } from "./selection.js";

/** The experts of a token stand in a table by its id, tid2eid int32 [V, K]; what they weigh is learned: their scores, of the router
 *  that reads the token in its context. ids [N]. No gradient reaches the integers of the table, nor any balance loss, so nothing can
 *  collapse; training changes the weights alone. A new router has the rows of `hashTable`, which hold without a table too;
 *  `learnTable` fills them from the choices of a trained one. Throws a RangeError where a row does not hold K different experts.
 *  DeepSeek-V4's first three layers work so, with the score "sqrtSoftplus", renormalize and scale 1.5: its report calls it hash
 *  routing, its checkpoint holds the integers as `gate.tid2eid`.
 *  Sources: DeepSeek-AI 2026 (V4), https://huggingface.co/deepseek-ai/DeepSeek-V4-Pro/blob/main/DeepSeek_V4.pdf; DeepseekV4HashRouter
 *  in transformers 5.24, models/deepseek_v4/modeling_deepseek_v4.py; Roller et al. 2021, §3.2, https://arxiv.org/abs/2106.04426 */
export function selectTable(
  scored: Scored,
  ids: ArrayLike<number>,
  topK: number,
  tid2eid: Tensor | null = null,
): Selection {
  const { nToken, nExpert } = scored;
  const table = tid2eid && read(tid2eid);
  const rowOf = (id: number): number[] => {
    if (!table) return hashRow(id, nExpert, topK);
    const row = Array.from(table.subarray(id * topK, (id + 1) * topK));
    if (new Set(row).size === topK && row.every((e) => Number.isInteger(e) && e >= 0 && e < nExpert)) return row;
    throw new RangeError(
      `router: row ${id} of tid2eid must hold ${topK} different integers from 0 to below ${nExpert}, got ${row.join(", ")}`,
    );
  };
  const selection = fixed(nToken, topK, (n) => rowOf(ids[n]).sort(byScore(scored, n)));
  return { ...selection, ranks: selection.experts.map((e, i) => rankOf(scored, selection.tokens[i], e)) };
}

/** A table to begin with, int32 [V, K]: its rows in turn take K experts each from one shuffled order of all, round and round, and
 *  from another order whenever a row and a round end together. So a row has K different experts, and over all rows no expert has more
 *  than one place more than another.
 *  @example
 *  hashTable(3, 4, 2).shape; // => [3, 2] */
export function hashTable(vocabSize: number, nExpert: number, topK: number): Tensor<[number, number]> {
  checkIntegers("hashTable", { vocabSize, nExpert }, { from: 1 });
  checkIntegers("hashTable", { topK }, { from: 1, below: nExpert + 1 });
  const rows = new Int32Array(vocabSize * topK);
  const period = periodOf(nExpert, topK);
  let order: number[] = [];
  for (let p = 0; p < rows.length; p++) {
    if (p % period === 0) order = shuffledOrder(p / period, nExpert);
    rows[p] = order[p % nExpert];
  }
  return fromArray(rows, [vocabSize, topK], "int32");
}

/** The row of one id in `hashTable`, of any number of rows. */
function hashRow(id: number, nExpert: number, topK: number): number[] {
  const order = shuffledOrder(Math.floor((id * topK) / periodOf(nExpert, topK)), nExpert);
  return Array.from({ length: topK }, (_, j) => order[(id * topK + j) % nExpert]);
}

/** Places after which a row and a round of all experts end together: the least common multiple. */
function periodOf(nExpert: number, topK: number): number {
  let period = nExpert;
  while (period % topK !== 0) period += nExpert;
  return period;
}

/** All experts, in an order that depends on the number alone. */
const shuffledOrder = (number: number, nExpert: number): number[] =>
  Array.from(selectHash([number], nExpert, nExpert).experts);

/** One pass of a trained router: the ids of the tokens that it routed, [N] without padding, and what it decided. */
export interface SeenChoices {
  ids: ArrayLike<number>;
  routing: Routing;
}

/** Fills the table of a router from the choices of a trained one: each token id gets the K experts that were chosen for it most
 *  often, whether they had room or not. Among equals those come first that stood in its row, in their order; so an id that was never
 *  seen keeps its row. Null experts do not count. In place. Of a model, `routersIn` gives the router of each layer.
 *  Throws a RangeError, with the table as it was, where the router has none, or ids or experts do not fit it.
 *  @returns how many ids were seen */
export function learnTable(router: Router, passes: Iterable<SeenChoices>): number {
  const { nExpert } = router;
  const { tid2eid } = router.state;
  if (!tid2eid) throw new RangeError('learnTable: the router has no table: make it with select "table"');
  const [vocabSize, topK] = tid2eid.shape;
  const counts = new Map<number, Float64Array>(); // id -> [E] how often each expert was chosen
  for (const { ids, routing } of passes) {
    const { nToken, tokens, wanted, skipped } = routing;
    const works = routing.nExpert - routing.nNullExpert;
    if (works !== nExpert)
      throw new RangeError(`learnTable: the table is for ${nExpert} experts, but the choices are among ${works}`);
    if (ids.length !== nToken)
      throw new ShapeError(`learnTable: there are ${ids.length} ids for ${nToken} routed tokens; give one for each`);
    for (let n = 0; n < nToken; n++) {
      checkIntegers("learnTable", { [`id ${n}`]: ids[n] }, { from: 0, below: vocabSize });
      if (!counts.has(ids[n])) counts.set(ids[n], new Float64Array(nExpert));
    }
    wanted.forEach((e, i) => {
      if (e < nExpert && !skipped[i]) counts.get(ids[tokens[i]])![e]++;
    });
  }
  const rows = overwrite(tid2eid, "learnTable");
  for (const [id, count] of counts) {
    const old = Array.from(rows.subarray(id * topK, (id + 1) * topK));
    const others = Array.from(count, (_, e) => e).filter((e) => !old.includes(e));
    rows.set([...old, ...others].sort((a, b) => count[b] - count[a]).slice(0, topK), id * topK); // a stable sort
  }
  return counts.size;
}
