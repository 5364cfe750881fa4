/** A loss that does not depend on the tokenizer: how many bits a model needs for a byte of text. */

import { checkIntegers } from "../config/options.js";
import type { Tokenizer } from "../data/tokenizer.js";
import { checkModel, type Transformer } from "../models/transformer.js";
import { evaluating } from "../nn/module.js";
import { recyclingIntermediates } from "../nn/recycling.js";
import { noGrad } from "../tensor/autograd.js";
import { fromArray } from "../tensor/create.js";
import { crossEntropy } from "../tensor/ops/loss.js";
import { slice } from "../tensor/ops/slice.js";

export interface BitsPerByteOptions {
  /** Windows per forward pass. Default 32. */
  batchSize?: number;
}

/** −log₂ p of a text's tokens over its bytes in UTF-8. The text is read in windows of `blockSize` tokens, each half a window further
 *  than the one before, of which the second half counts: every token but the first half window is predicted from at least
 *  blockSize / 2 tokens, and none counts twice. Tokens at the end that fill no half window are left out, with their bytes.
 *  Throws for a text of fewer tokens than a window. */
export function bitsPerByte(
  model: Transformer,
  tokenizer: Tokenizer,
  text: string,
  { batchSize = 32 }: BitsPerByteOptions = {},
): number {
  checkModel("bitsPerByte", model);
  checkIntegers("bitsPerByte", { batchSize }, { from: 1 });
  const { blockSize } = model.config;
  const half = Math.floor(blockSize / 2);
  const ids = tokenizer.encode(text);
  const windows = Math.floor((ids.length - 1 - blockSize) / half) + 1;
  if (half < 1 || windows < 1)
    throw new RangeError(
      `bitsPerByte: a text of ${ids.length} tokens is shorter than a window of ${blockSize} and the token after it`,
    );
  const first = blockSize - half; // the first token of a window that counts
  let nats = 0;
  const run = (): void => {
    for (let begin = 0; begin < windows; begin += batchSize) {
      const rows = Math.min(batchSize, windows - begin);
      const of = (shift: number, from: number): Int32Array =>
        Int32Array.from({ length: rows * (blockSize - from) }, (_, i) => {
          const [row, at] = [Math.floor(i / (blockSize - from)), i % (blockSize - from)];
          return ids[(begin + row) * half + from + at + shift];
        });
      const inputs = fromArray(of(0, 0), [rows, blockSize], "int32");
      const targets = fromArray(of(1, first), [rows, half], "int32");
      const loss = recyclingIntermediates(model, () =>
        crossEntropy(slice(model.forward(inputs).logits, 1, first, blockSize) as never, targets as never).item(),
      );
      nats += loss * rows * half;
    }
  };
  evaluating(model, () => noGrad(run));
  const counted = ids.subarray(first + 1, first + 1 + windows * half);
  return nats / Math.LN2 / new TextEncoder().encode(tokenizer.decode(counted)).length;
}
