import { describe, expect, it } from "vitest";
import { crossEntropy, fromArray, gradcheck, noGrad } from "../../lib/index.js";
import { copyTask } from "../../lib/data/index.js";
import { recurrent, type RecurrentConfig } from "../../lib/models/index.js";
import { isLibraryCode } from "../../lib/nn/recycling.js";
import { evaluate, train } from "../../lib/train/index.js";

const small = { vocabSize: 7, blockSize: 5, nLayer: 2, dModel: 6 };

describe.each(["rnn", "lstm"] as const)("a language model of %s cells", (cell) => {
  const ids = (...tokens: number[]) => fromArray(tokens, [1, tokens.length], "int32");

  it("has the gradients that finite differences measure", () => {
    const model = recurrent({ ...small, cell }, { seed: 1 });
    const targets = ids(2, 3, 4);
    gradcheck(() => crossEntropy(model.forward(ids(1, 2, 3)).logits, targets), model.parameters(), {
      ...{ step: 2e-3, atol: 2e-2, rtol: 3e-2 },
    });
    expect(isLibraryCode(model)).toBe(true);
  });

  it("sees all earlier tokens and no later one, and has the weights of its seed", () => {
    const model = recurrent({ ...small, cell }, { seed: 1 });
    const scores = (...tokens: number[]) => noGrad(() => [...model.forward(ids(...tokens)).logits.toTypedArray()]);
    expect(scores(1, 2, 3, 4).slice(-7)).not.toEqual(scores(5, 2, 3, 4).slice(-7));
    expect(scores(1, 2, 3, 4).slice(0, 21)).toEqual(scores(1, 2, 3, 6).slice(0, 21));
    expect(recurrent({ ...small, cell }, { seed: 1 }).stateDict()).toEqual(model.stateDict());
    expect(recurrent({ ...small, cell }, { seed: 2 }).stateDict()).not.toEqual(model.stateDict());
  });

  it("learns to copy, where train and evaluate take it in a transformer's place", async () => {
    const text = copyTask({ words: 400, length: 1, letters: 4 });
    const model = recurrent(
      { cell, vocabSize: text.tokenizer.vocabSize, blockSize: 12, nLayer: 1, dModel: 16 },
      { seed: 1 },
    );
    for await (const _ of train(model, text, { steps: 150, batchSize: 8, lr: 1e-2 }));
    expect(evaluate(model, text)).toBeLessThan(text.lowest + 0.2); // a guess of every letter costs twice as much
  });
});

it.each<[object, string]>([
  [{ cell: "gru" }, 'recurrent: cell must be one of rnn, lstm, got "gru"'],
  [{ cell: "rnn", nLayer: 0 }, "recurrent: nLayer must be an integer from 1, got 0"],
])("%j is refused in one sentence", (change, sentence) => {
  expect(() => recurrent({ ...small, ...change } as RecurrentConfig)).toThrow(sentence);
});
