/** Continuing ids, with and without caches of keys and values. */

import { checkFlag, checkIntegers } from "../../config/options.js";
import { noGrad } from "../../tensor/autograd.js";
import { checkTensor, ShapeError, show } from "../../tensor/check.js";
import { fromArray } from "../../tensor/create.js";
import { topIndices } from "../../tensor/topIndices.js";
import { read, type Tensor } from "../../tensor/tensor.js";
import type { Decoder } from "./decoder.js";

export interface GenerateIdsOptions {
  /** Tokens to add to each row. Default 20. */
  tokens?: number;
  /** Keep keys and values of the tokens so far; false reads each row again for each token, with the same result up to rounding.
   *  Default true. */
  cache?: boolean;
  /** 1 for each token of the prompt and 0 for padding in front of it, int32 [B, P]. Positions count from the first token. */
  mask?: Tensor | null;
  /** Chooses the next token of a row from its V scores. Default: the likeliest, the first of equals. */
  choose?: (scores: Float32Array) => number;
  /** Is shown the scores of each step, [B · V]. */
  onStep?: (scores: Float32Array) => void;
}

/** ids int32 [B, P] -> int32 [B, P + tokens]. Does not stop at an end-of-text token. */
export function generateIds(model: Decoder, ids: Tensor, options: GenerateIdsOptions = {}): Tensor {
  const { tokens = 20, cache = true, mask = null, choose = likeliest, onStep } = options;
  checkTensor("generateIds", "ids", ids);
  checkIntegers("generateIds", { tokens }, { from: 0 });
  checkFlag("generateIds", "cache", cache);
  const [b, p] = ids.shape;
  if (ids.rank !== 2 || p === 0) throw new ShapeError(`generateIds: ids must be [B, P], got ${show(ids.shape)}`);
  if (mask && String(mask.shape) !== String(ids.shape))
    throw new ShapeError(`generateIds: the mask ${show(mask.shape)} must be as the ids ${show(ids.shape)}`);
  const [I, M] = [read(ids), mask && read(mask)];
  const rows = Array.from({ length: b }, (_, r) => Array.from(I.subarray(r * p, (r + 1) * p)));
  const real = rows.map((_, r) => (M ? Array.from(M.subarray(r * p, (r + 1) * p), (m) => Number(m !== 0)) : null));
  if (real.some((row) => row?.at(-1) === 0))
    throw new RangeError("generateIds: padding must stand in front of a prompt, since the text goes on at its end");
  const caches = cache ? model.newCaches() : [];
  const table = (lists: readonly number[][]): Tensor => fromArray(lists.flat(), [b, lists[0].length], "int32");
  const step = (): void => {
    const past = caches[0]?.length ?? 0;
    const padding = real[0] === null ? {} : masked(real as number[][], past, table);
    const { logits } = model.forward(table(rows.map((row) => row.slice(past))), { caches, ...padding });
    const [, t, v] = logits.shape;
    const scores = rows.map((_, r) => (read(logits) as Float32Array).slice((r * t + t - 1) * v, (r + 1) * t * v));
    onStep?.(Float32Array.from(scores.flatMap((row) => Array.from(row))));
    for (const [r, row] of rows.entries()) {
      row.push(choose(scores[r]));
      real[r]?.push(1);
    }
  };
  noGrad(() => {
    for (let i = 0; i < tokens; i++) step();
  });
  return table(rows);
}

/** Mask and positions of what is read: all tokens count from the first that is no padding. */
function masked(
  real: readonly number[][],
  past: number,
  table: (lists: readonly number[][]) => Tensor,
): { mask: Tensor; positions: Tensor } {
  const positions = real.map((row) => {
    let seen = 0;
    return row.map((m) => Math.max((seen += m) - 1, 0)).slice(past);
  });
  return { mask: table(real), positions: table(positions) };
}

function likeliest(scores: Float32Array): number {
  const best = new Int32Array(1);
  topIndices(scores, 0, scores.length, 1, best, 0);
  return best[0];
}
