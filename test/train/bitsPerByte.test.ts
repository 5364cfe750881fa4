import { expect, test } from "vitest";
import { CharTokenizer } from "../../lib/data/tokenizer.js";
import { transformer } from "../../lib/models/twins.js";
import { bitsPerByte } from "../../lib/train/bitsPerByte.js";
import { fromArray } from "../../lib/tensor/create.js";
import { read } from "../../lib/tensor/tensor.js";

const text = "the cat sat on the mat. Ünïcode, too: 100 € is no dollar. The dog sat on the log, and that is all.";
const tokenizer = new CharTokenizer(text);
const { vocabSize } = tokenizer;

test.each([4, 7, 16])("equals the sum over tokens, one window at a time, with blocks of %i", (blockSize) => {
  const model = transformer({ vocabSize, blockSize, nLayer: 1, nHead: 2, dModel: 16, nExpert: 4 }, { seed: 3 });
  const ids = tokenizer.encode(text);
  const half = Math.floor(blockSize / 2);
  const first = blockSize - half;
  let [bits, bytes, next] = [0, 0, first + 1];
  for (let begin = 0; begin + blockSize < ids.length; begin += half) {
    const { logits } = model.forward(fromArray(ids.slice(begin, begin + blockSize), [1, blockSize], "int32"));
    const z = read(logits);
    for (let t = first; t < blockSize; t++) {
      const row = Array.from(z.subarray(t * vocabSize, (t + 1) * vocabSize));
      const target = ids[begin + t + 1];
      expect(begin + t + 1).toBe(next++);
      bits -= Math.log2(Math.exp(row[target]) / row.reduce((sum, x) => sum + Math.exp(x), 0));
      bytes += new TextEncoder().encode(tokenizer.decode([target])).length;
    }
  }
  expect(bitsPerByte(model, tokenizer, text, { batchSize: 3 })).toBeCloseTo(bits / bytes, 5);
});

test("a text shorter than a window is refused", () => {
  const model = transformer({ vocabSize, blockSize: 64, nLayer: 1, nHead: 1, dModel: 8 });
  expect(() => bitsPerByte(model, tokenizer, "the cat")).toThrow(
    "bitsPerByte: a text of 7 tokens is shorter than a window of 64 and the token after it",
  );
});
