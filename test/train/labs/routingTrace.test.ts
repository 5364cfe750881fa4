import { describe, expect, it } from "vitest";
import { Corpus } from "../../../lib/data/index.js";
import { fromArray, Generator, noGrad } from "../../../lib/index.js";
import { transformer } from "../../../lib/models/index.js";
import type { Routing } from "../../../lib/moe/index.js";
import { routingTrace, shuffledTrace } from "../../../lib/train/index.js";

const corpus = new Corpus("Call me Ishmael. Some years ago, never mind how long precisely. ".repeat(40));
const shape = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 3, nHead: 2, dModel: 16 };
const model = transformer({ ...shape, nExpert: 4, topK: 2 }, { seed: 1 });
const listed = (routing: Routing): number[][] => {
  const of = Array.from({ length: routing.nToken }, (): number[] => []);
  for (const { token, expert } of routing.assignments()) of[token].push(expert);
  return of;
};

describe("the experts of each token of a text", () => {
  const trace = routingTrace(model, corpus, { blocks: 3 });
  const distance = Math.floor(corpus.validation.length / 3);
  const texts = [0, 1, 2].map((b) => corpus.validation.slice(b * distance, b * distance + 8));

  it("are those of a forward pass of texts that lie at equal distances", () => {
    const ids = fromArray(
      texts.flatMap((text) => Array.from(text)),
      [3, 8],
      "int32",
    );
    const { routings } = noGrad(() => model.forward(ids));
    expect(trace.nExpert).toBe(4);
    expect(trace.chosen.length).toBe(3);
    routings.map(listed).forEach((tokens, layer) => {
      tokens.forEach((experts, n) => expect(trace.chosen[Math.floor(n / 8)][n % 8][layer]).toEqual(experts));
    });
  });

  it("are those that the same text chooses when it is read a token at a time", () => {
    const caches = model.newCaches();
    texts[1].forEach((id, t) => {
      const { routings } = noGrad(() => model.forward(fromArray([id], [1, 1], "int32"), { caches }));
      expect(trace.chosen[1][t]).toEqual(routings.map((routing) => listed(routing)[0]));
    });
  });

  it("are guessed a layer early, but for the first; always rightly where no layer adds to the residual", () => {
    expect(trace.foreseen.flat().every(([first]) => first.length === 0)).toBe(true);
    expect(trace.foreseen.flat().every((token) => token.slice(1).every((guess) => guess.length === 2))).toBe(true);
    const silent = transformer({ ...shape, nExpert: 4, topK: 2 }, { seed: 2 });
    const state = Object.entries(silent.stateDict()).map(([name, { shape, data }]) => {
      const writes = /attention\.out|experts\.down/.test(name);
      return [name, { shape, data: writes ? data.map(() => 0) : data }] as const;
    });
    expect(state.filter(([, { data }]) => data.every((x) => x === 0)).length).toBeGreaterThan(5);
    silent.loadStateDict(Object.fromEntries(state));
    const { chosen, foreseen } = routingTrace(silent, corpus, { blocks: 2 });
    expect(foreseen.flat().map((token) => token.slice(1))).toEqual(chosen.flat().map((token) => token.slice(1)));
  });

  it("are exactly foreseen where the token alone decides", () => {
    const hashed = transformer({ ...shape, nExpert: 4, topK: 1, select: "hash" }, { seed: 1 });
    const { chosen, foreseen } = routingTrace(hashed, corpus, { blocks: 2 });
    expect(foreseen.flat().map((token) => token.slice(1))).toEqual(chosen.flat().map((token) => token.slice(1)));
  });

  it("are of no more texts than there are, and leave the model as it was", () => {
    const all = routingTrace(model, corpus, { blocks: Infinity, split: "train" });
    expect(all.chosen.length).toBe(Math.floor(corpus.train.length / 8));
    model.train();
    routingTrace(model, corpus, { blocks: 1 });
    expect(model.training).toBe(true);
    model.eval();
  });
});

it("null experts, which weigh nothing, are in no trace", () => {
  const light = transformer({ ...shape, nExpert: 2, nNullExpert: 2, topK: 2 }, { seed: 1 });
  const { nExpert, chosen } = routingTrace(light, corpus, { blocks: 4 });
  expect(nExpert).toBe(2);
  expect(Math.max(...chosen.flat(3))).toBe(1);
  expect(chosen.flat(2).some((experts) => experts.length < 2)).toBe(true);
});

it("models without a token's own choice are refused", () => {
  const dense = transformer(shape);
  expect(() => routingTrace(dense, corpus)).toThrow("routingTrace needs a model with experts, got a dense one");
  const taken = transformer({ ...shape, nExpert: 4, select: "expertChoice" });
  expect(() => routingTrace(taken, corpus)).toThrow(
    'routingTrace: the experts of a token are not its own choice, because select "expertChoice" looks at all tokens of a text at once',
  );
});

it("a shuffled trace has the same tokens, in texts of the same lengths, by its seed", () => {
  const chosen = [
    [
      [[0], [1]],
      [[1], [2]],
      [[2], [0]],
    ],
    [[[3], [3]]],
  ];
  const trace = { nExpert: 4, chosen };
  const shuffled = shuffledTrace(trace, new Generator(3));
  expect(shuffled.chosen.map((text) => text.length)).toEqual([3, 1]);
  const sorted = (texts: unknown[][]) =>
    texts
      .flat()
      .map((token) => JSON.stringify(token))
      .sort();
  expect(sorted(shuffled.chosen as never)).toEqual(sorted(chosen));
  expect(shuffledTrace(trace, new Generator(3))).toEqual(shuffled);
  const orders = [1, 2, 3, 4, 5].map((seed) => JSON.stringify(shuffledTrace(trace, new Generator(seed)).chosen));
  expect(new Set(orders).size).toBeGreaterThan(1);
});
