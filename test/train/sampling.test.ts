/** What `generate` draws, and what it reads for it. */

import { describe, expect, it, vi } from "vitest";
import { Corpus } from "../../lib/data/index.js";
import { fromArray, Generator, noGrad } from "../../lib/index.js";
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

/** What is drawn where the model scores the six characters so, whatever it reads, and the generator draws `u`. */
function drawn(scores: readonly number[], u: number, options: object = {}): string {
  const logits = fromArray([...scores], [1, 1, 6]);
  const forward = vi.spyOn(model, "forward").mockImplementation(() => ({ logits, routings: [] }) as never);
  const uniform = vi.spyOn(Generator.prototype, "uniform").mockReturnValue(u);
  try {
    return generate(model, tokenizer, "a", { tokens: 1, temperature: 1, ...options }).slice(1);
  } finally {
    forward.mockRestore();
    uniform.mockRestore();
  }
}
const character = (id: number): string => tokenizer.vocabulary[id];

describe("a draw u", () => {
  it("takes the first of the likeliest whose probabilities add up to more than u", () => {
    const scores = [0, 60, 0, 60, 0, 0]; // two share all
    expect([0, 0.25, 0.5, 0.75].map((u) => drawn(scores, u))).toEqual([1, 1, 3, 3].map(character));
    const four = [0, 0, 60, 60, 60, 60];
    expect([0.2, 0.25, 0.5, 0.75, 0.99].map((u) => drawn(four, u))).toEqual([2, 3, 4, 5, 5].map(character));
  });

  it("takes the likeliest first, and the least likely where rounding leaves none for the largest u", () => {
    const scores = [0, -0.265625, -0.52734375, -0.798828125, -1.0419921875, -1.2607421875]; // found by trying
    const u = 1 - 2 ** -53;
    const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
    expect(scores.reduce((left, score) => left - Math.exp(score), u * total)).toBeGreaterThan(0);
    expect(drawn(scores, u)).toBe(character(5));
    expect(drawn(scores.toReversed(), u)).toBe(character(0));
    expect([drawn(scores, 0), drawn(scores.toReversed(), 0)]).toEqual([0, 5].map(character));
  });

  it("comes from the stream of the seed that is named generate, one for each character", () => {
    const rng = new Generator(7).fork("generate");
    const scores = [0, -1, -2, -3, -4, -5];
    const us = Array.from({ length: 3 }, () => rng.uniform());
    const forward = vi.spyOn(model, "forward").mockImplementation(({ shape: [, T] }) => {
      return { logits: fromArray(new Array<number[]>(T).fill(scores).flat(), [1, T, 6]), routings: [] } as never;
    });
    const text = generate(model, tokenizer, "a", { tokens: 3, temperature: 1, seed: 7 });
    forward.mockRestore();
    expect(text).toBe(`a${us.map((u) => drawn(scores, u)).join("")}`);
  });

  it("is among all characters where topK is larger than the vocabulary", () => {
    expect(drawn([0, 0, 0, 0, 0, 0], 0.99, { topK: 99 })).toBe(character(5));
    expect(drawn([0, 0, 0, 0, 0, 0], 0.99, { topK: 5 })).toBe(character(4));
  });

  it.each([0, 1])("at temperature %d needs scores that are numbers", (temperature) => {
    for (const id of [0, 3, 5]) {
      const scores = [0, 1, 2, 3, 4, 5].map((score) => (score === id ? NaN : score));
      expect(() => drawn(scores, 0, { temperature })).toThrow(
        "generate: the model's scores are NaN; its weights are broken",
      );
    }
  });
});

describe("generate refuses", () => {
  it.each<[string, unknown, object]>([
    ["generate needs a text, got number", 5, {}],
    ["generate needs a text, got undefined", undefined, {}],
    ['generate: cache must be true or false, got "yes"', "ab", { cache: "yes" }],
    ["generate: cache must be true or false, got 0", "ab", { cache: 0 }],
  ])("%s", (sentence, prompt, options) => {
    expect(() => generate(model, tokenizer, prompt as string, options)).toThrow(sentence);
  });

  it("a tokenizer of another vocabulary, though it knows all characters", () => {
    const { tokenizer: other } = new Corpus("abcdefg".repeat(9));
    expect(() => generate(model, other, "ab")).toThrow(
      "generate: the model has a vocabulary of 6, the tokenizer one of 7",
    );
  });
});
