import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BpeTokenizer, bpeSteps, mobyDickText, trainBpe } from "../../../lib/data/index.js";
import { naiveEncoding, naiveTraining } from "./naive.js";
import { strings, texts, whole } from "./texts.js";

const prose = (await mobyDickText()).slice(0, 30_000);
const bpe = trainBpe(prose, { vocabSize: 400, specialTokens: ["<|end|>", "<|end|>>"] });
/** Few characters, many repeats: here pairs overlap, and other pairs make the same bytes. */
const repetitive = fc.string({ unit: fc.constantFrom("a", "a", "b", " ", "'"), maxLength: 60 });

describe("training", () => {
  it("takes the pairs that the naive version takes, with its counts", () => {
    fc.assert(
      fc.property(fc.oneof(repetitive, texts), fc.integer({ min: 256, max: 280 }), (text, vocabSize) => {
        const { tokens, steps } = naiveTraining(text, vocabSize);
        const trained = trainBpe(text, { vocabSize });
        expect(trained.tokens).toEqual(tokens);
        const ours = [...bpeSteps(text, { vocabSize })];
        expect(ours.map(({ count, tokens }) => [count, tokens])).toEqual(steps.map((s) => [s.count, s.tokens]));
        expect(ours.map(({ pair }) => pair.map((id) => trained.tokens[id]))).toEqual(steps.map(({ pair }) => pair));
        expect(ours.map(({ id }) => trained.tokens[id])).toEqual(steps.map(({ token }) => token));
      }),
    );
  });

  it("does so on prose, whose last merges are ties", () => {
    const { tokens, steps } = naiveTraining(prose.slice(0, 4000), 330);
    expect(trainBpe(prose.slice(0, 4000), { vocabSize: 330 }).tokens).toEqual(tokens);
    expect(steps.at(-1)!.count).toBe(steps.at(-2)!.count);
  });

  it("can be watched: each step says what became what, how often, and how many tokens are left", () => {
    const step = bpeSteps("hug hug pug", { vocabSize: 258 });
    expect(step.next().value).toEqual({
      rank: 0,
      pair: [84, 70],
      parts: ["u", "g"],
      id: 256,
      token: "ug",
      count: 3,
      tokens: 8,
    });
    expect(step.next().value).toMatchObject({ rank: 1, parts: ["h", "ug"], token: "hug", count: 2, tokens: 6 });
    expect(step.next().done).toBe(true);
  });

  it("stops where no pair is left that occurs twice", () => {
    expect(trainBpe("", { vocabSize: 300 }).vocabSize).toBe(256);
    expect(trainBpe("abcdef", { vocabSize: 300 }).vocabSize).toBe(256);
    expect(trainBpe("ab ab", { vocabSize: 300 }).vocabulary.slice(256)).toEqual(["ab"]);
  });

  it("says what it needs", () => {
    expect(() => trainBpe("a", { vocabSize: 255 })).toThrow("trainBpe: vocabSize must be an integer from 256");
    expect(() => trainBpe("a", { vocabSize: 257, specialTokens: ["<a>", "<b>"] })).toThrow("an integer from 258");
    expect(() => trainBpe(null as never, { vocabSize: 300 })).toThrow("trainBpe needs a text, got null");
    expect(() => trainBpe("a", null as never)).toThrow("trainBpe: the options must be an object, got null");
    expect(() => bpeSteps("a", { vocabSize: 1 })).toThrow("vocabSize must be");
  });
});

describe("a byte-level BPE", () => {
  it("gives back any text, with U+FFFD for half a surrogate pair", () => {
    fc.assert(
      fc.property(strings, (text) => {
        expect(bpe.decode(bpe.encode(text))).toBe(whole(text));
      }),
    );
  });

  it("encodes as the naive version does", () => {
    const merges = bpe.merges.map(([left, right]) => [bpe.tokens[left], bpe.tokens[right]] as const);
    const plain = new BpeTokenizer(bpe.merges);
    fc.assert(
      fc.property(
        fc.oneof(
          strings,
          fc.nat(prose.length - 40).map((at) => prose.slice(at, at + 40)),
        ),
        (text) => {
          expect(Array.from(plain.encode(text), (id) => plain.tokens[id])).toEqual(naiveEncoding(text, merges));
        },
      ),
    );
  });

  it("encodes as the naive version does with any merges, where a later one may make room for an earlier one", () => {
    const merges = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 12 });
    const pieces = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 24 });
    fc.assert(
      fc.property(merges, pieces, (wanted, text) => {
        const pairs = grown(wanted);
        const tokenizer = new BpeTokenizer(pairs);
        const named = pairs.map(([l, r]) => [tokenizer.tokens[l], tokenizer.tokens[r]] as const);
        expect(Array.from(tokenizer.encode(text), (id) => tokenizer.tokens[id])).toEqual(naiveEncoding(text, named));
      }),
      { numRuns: 100 },
    );
  });

  it("reads a special token wherever it stands, the longest of those that fit", () => {
    const [end, longer] = [bpe.vocabSize - 2, bpe.vocabSize - 1];
    expect(bpe.vocabulary.slice(-2)).toEqual(["<|end|>", "<|end|>>"]);
    expect([...bpe.encode("<|end|><|end|>>")]).toEqual([end, longer]);
    const around = [...bpe.encode(" a<|end|>  b")];
    expect(around).toEqual([...bpe.encode(" a"), end, ...bpe.encode("  b")]);
    expect(bpe.decode(around)).toBe(" a<|end|>  b");
    expect([...bpe.encode("<|end|")]).not.toContain(end);
  });

  it("shows each token so that it can be read", () => {
    const euro = new BpeTokenizer([
      [158, 224],
      [256, 105],
    ]); // e2 82, e2 82 ac
    expect(euro.vocabulary.slice(256)).toEqual(["\\xe2\\x82", "€"]);
    expect([...euro.encode("€")]).toEqual([257]);
    expect(euro.vocabulary[32]).toBe("A");
    expect(euro.decode([256])).toBe("\ufffd");
    expect(euro.decode([])).toBe("");
  });

  it("reads long words, where looking for the next pair anew would take minutes", { timeout: 60_000 }, () => {
    const word = prose.replace(/[^a-z]/g, "").repeat(10);
    expect(bpe.decode(bpe.encode(word))).toBe(word);
    const long = prose.repeat(30);
    expect(bpe.decode(bpe.encode(long))).toBe(long);
    const a = "a".repeat(100_000);
    expect(bpe.decode(bpe.encode(a))).toBe(a);
  });

  it("refuses what is no merge, no special token, no id and no text", () => {
    expect(() => new BpeTokenizer([[0, 256]])).toThrow("merge 0 needs two ids from 0 to 255, got 256");
    expect(() => new BpeTokenizer([[0, 0.5]])).toThrow("merge 0 needs two ids from 0 to 255, got 0.5");
    expect(
      () =>
        new BpeTokenizer([
          [1, 2],
          [1, 2],
        ]),
    ).toThrow("merge 1 repeats an earlier one");
    for (const token of ["", "two words", "é", 5, "a"])
      expect(() => new BpeTokenizer([], [token as never])).toThrow("BpeTokenizer: a special token must be");
    expect(() => new BpeTokenizer([], ["<a>", "<a>"])).toThrow("must be a token that is not there already");
    expect(() => bpe.decode([0, 400])).toThrow("no token has id 400: ids go from 0 to 399");
    expect(() => bpe.encode(5 as never)).toThrow("encode needs a text, got number");
  });
});

/** Pairs of the ids of "a", "b" and of what they make, as far as they are there, each once. */
function grown(wanted: readonly (readonly [number, number])[]): [number, number][] {
  const pairs: [number, number][] = [];
  const ids = [64, 65];
  for (const [l, r] of wanted) {
    const pair: [number, number] = [ids[l % ids.length], ids[r % ids.length]];
    if (pairs.some((other) => String(other) === String(pair))) continue;
    pairs.push(pair);
    const { vocabSize } = new BpeTokenizer(pairs);
    if (vocabSize - 256 + 2 > ids.length) ids.push(vocabSize - 1);
  }
  return pairs;
}
