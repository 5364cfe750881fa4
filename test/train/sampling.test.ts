/** What `generate` draws, and what it reads for it. */

import { describe, expect, it, vi } from "vitest";
import { Corpus } from "../../lib/data/index.js";
import { fromArray, noGrad } from "../../lib/index.js";
import { transformer } from "../../lib/models/index.js";
import { generate } from "../../lib/train/index.js";

const { tokenizer } = new Corpus("abcde ".repeat(20));
const model = transformer({ vocabSize: 6, blockSize: 8, nLayer: 1, nHead: 2, dModel: 8 }, { seed: 1 });
for (const p of model.parameters()) p.set(p.toTypedArray().map((value) => value * 6)); // scores that differ

/** Scores of what follows the prompt, by character. */
function scores(prompt: string): Map<string, number> {
  const ids = Array.from(tokenizer.encode(prompt));
  const { logits } = noGrad(() => model.eval().forward(fromArray(ids, [1, ids.length], "int32")));
  const last = Array.from(logits.toTypedArray().slice(-6));
  return new Map(last.map((score, id) => [tokenizer.vocabulary[id], score]));
}

describe("the character that is drawn", () => {
  const draws = 500;
  it.each([
    [0.8, 6],
    [2, 6],
    [1, 3],
  ])("has the probability softmax(scores / %d) among the %d likeliest", (temperature, topK) => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < draws; seed++) {
      const drawn = generate(model, tokenizer, "ab", { tokens: 1, temperature, topK, seed })[2];
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
    }
    const likeliest = [...scores("ab")].sort(([, a], [, b]) => b - a).slice(0, topK);
    const total = likeliest.reduce((sum, [, score]) => sum + Math.exp(score / temperature), 0);
    expect([...counts.keys()].every((drawn) => likeliest.some(([character]) => character === drawn))).toBe(true);
    for (const [character, score] of likeliest) {
      const p = Math.exp(score / temperature) / total;
      const apart = Math.abs((counts.get(character) ?? 0) / draws - p);
      expect(apart).toBeLessThan(4.5 * Math.sqrt((p * (1 - p)) / draws) + 1e-9);
    }
  });
});

describe("a temperature near 0", () => {
  it.each([1e-4, 1e-300])("of %d always takes the likeliest character, as 0 does", (temperature) => {
    const text = (temperature: number): string => generate(model, tokenizer, "ab", { tokens: 12, temperature });
    expect(text(temperature)).toBe(text(0));
  });
});

describe("a model whose router looks at the whole text", () => {
  const shape = { vocabSize: 6, blockSize: 8, nLayer: 1, nHead: 1, dModel: 4, nExpert: 2 };
  const whole = transformer({ ...shape, select: "expertChoice" }, { seed: 1 });

  it("is read without a cache, and refuses to use one", () => {
    const text = (options: object): string => generate(whole, tokenizer, "ab", { tokens: 6, ...options });
    expect(text({})).toBe(text({ cache: false }));
    expect(() => text({ cache: true })).toThrow("generate: this model cannot use a cache, because ");
    expect(generate(transformer(shape), tokenizer, "ab", { tokens: 6, cache: true }).length).toBe(8);
  });
});

describe("the context that is read", () => {
  const lengths = (cache?: boolean): number[] => {
    const forward = vi.spyOn(model, "forward");
    generate(model, tokenizer, "abc", { tokens: 8, ...(cache === undefined ? {} : { cache }) });
    const read = forward.mock.calls.map(([inputs]) => inputs.shape[1]);
    forward.mockRestore();
    return read;
  };

  it("is the new character alone, as long as all fits into a block; then the last block", () => {
    expect(lengths()).toEqual([3, 1, 1, 1, 1, 1, 8, 8]);
    expect(lengths(true)).toEqual(lengths());
  });

  it("is all of it without a cache", () => {
    expect(lengths(false)).toEqual([3, 4, 5, 6, 7, 8, 8, 8]);
  });
});
