import { describe, expect, it } from "vitest";
import { Corpus, type Domain, fourDomains, mixture } from "../../../lib/data/index.js";
import { fromArray, noGrad, type Tensor } from "../../../lib/index.js";
import { countParameters, transformer, upcycle } from "../../../lib/models/index.js";
import {
  capacityLab,
  compareTwins,
  type CompareRow,
  contenders,
  dropsByChance,
  duels,
  duelsBySecond,
  confidenceInterval,
  specialization,
  train,
} from "../../../lib/train/index.js";

const text = new Corpus(
  "Call me Ishmael. Some years ago, never mind how long precisely, having little money. ".repeat(60),
);
const shape = { vocabSize: text.tokenizer.vocabSize, blockSize: 16, nLayer: 2, nHead: 2, dModel: 16 };
const ids = fromArray(
  Array.from({ length: 32 }, (_, i) => i % 20),
  [2, 16],
  "int32",
);
const logits = (model: ReturnType<typeof transformer>): number[] =>
  Array.from(noGrad(() => model.forward(ids).logits as Tensor).toTypedArray());

describe("the capacity lab, in its short form", () => {
  const model = transformer({ ...shape, nExpert: 4, topK: 2 }, { seed: 1 });
  const rows = capacityLab(model, text, { factors: [0.5, 1, 4], blocks: 6, batchSize: 3 });
  it("accounts for every assignment, and needs no fewer drops with more places", () => {
    expect(rows.map((r) => [r.overflow, r.factor])).toEqual([
      ...[0.5, 1, 4].map((f) => ["drop", f]),
      ...[0.5, 1, 4].map((f) => ["nextBest", f]),
      ["dropless", null],
    ]);
    for (const row of rows) {
      expect(row.kept + row.rerouted + row.dropped).toBeCloseTo(1, 9);
      expect(row.byPreference.reduce((a, b) => a + b, 0)).toBeCloseTo(1 - row.dropped, 9);
    }
    const dropped = rows.map((row) => row.dropped);
    expect(dropped[0]).toBeGreaterThanOrEqual(0.5);
    expect(dropped[0]).toBeGreaterThan(dropped[1]);
    expect([dropped[2], dropped[6]]).toEqual([0, 0]);
    expect(rows[4].dropped).toBeLessThan(rows[1].dropped); // next best finds places that drop leaves empty
    expect(rows[2].padding).toBeCloseTo(0.75, 2); // four times the places that are needed
  });

  it("takes a model that was trained with a limit and a queue of its own", () => {
    const limited = { topK: 2, capacityFactor: 1, evalCapacityFactor: 2, queue: "random", minCapacity: 2 } as const;
    const [own, free] = capacityLab(transformer({ ...shape, nExpert: 4, ...limited }, { seed: 1 }), text, {
      factors: [0.5],
      overflows: ["drop", "dropless"],
      blocks: 4,
    });
    expect(own.dropped).toBeGreaterThanOrEqual(0.5);
    expect(free.dropped).toBe(0);
  });

  it("with room for all, every rule is the model itself", () => {
    expect(rows[2].loss).toBeCloseTo(rows[6].loss, 6);
    expect(rows[5].loss).toBeCloseTo(rows[6].loss, 6);
    expect(() => capacityLab(transformer(shape), text)).toThrow(
      "capacityLab needs a model with experts, got a dense one",
    );
  });

  it("by chance drops what the binomial distribution says: 9.3 % at 128 tokens, 8 experts, factor 1", () => {
    for (const topK of [1, 2]) {
      for (const { exact, measured, standardError } of dropsByChance({ topK, draws: 120, factors: [1, 1.25] }))
        expect(Math.abs(measured - exact)).toBeLessThan(4 * standardError);
    }
    expect(dropsByChance({ draws: 2, factors: [1] })[0].exact).toBeCloseTo(0.0928, 4);
  });
});

describe("upcycling", () => {
  it.each([[{ nExpert: 4, topK: 2 }], [{ nExpert: 8, topK: 3, score: "sigmoid" as const }], [{ nExpert: 3, topK: 1 }]])(
    "%j: the first output equals the dense model's",
    (options) => {
      const dense = transformer({ ...shape, bias: true }, { seed: 3 });
      const moe = upcycle(dense, { ...options, seed: 5 });
      const [a, b] = [logits(dense), logits(moe)];
      a.forEach((v, i) => expect(Math.abs(v - b[i])).toBeLessThan(1e-5));
      expect(countParameters(moe).total).toBeGreaterThan(countParameters(dense).total);
    },
  );

  it("refuses what would not begin where the dense model ended", () => {
    const dense = transformer(shape, { seed: 3 });
    expect(() => upcycle(dense, { nExpert: 4, renormalize: false })).toThrow(
      "upcycle: a token's weights must sum to 1",
    );
    expect(() => upcycle(upcycle(dense, { nExpert: 2 }), { nExpert: 4 })).toThrow(
      "upcycle: the model has experts already; it takes a dense one",
    );
  });
});

describe("the mixture of domains", () => {
  const domains: Domain[] = [
    { name: "a", text: "ab".repeat(64) },
    { name: "c", text: "cd".repeat(64) },
  ];
  it("labels every character with its domain, and no block of a model lies in two", () => {
    const { corpus, labels, names } = mixture(domains, { chunk: 32, chunks: 20 });
    for (const split of ["train", "validation"] as const) {
      expect(labels[split].length).toBe(corpus[split].length);
      corpus[split].forEach((id, at) =>
        expect(names[labels[split][at]]).toBe("ab".includes(corpus.tokenizer.vocabulary[id]) ? "a" : "c"),
      );
      expect(corpus[split].length % 32).toBe(0);
    }
    expect(mixture(domains, { chunk: 32, chunks: 20 }).labels.train).toEqual(labels.train);
    expect(() => mixture(domains, { chunk: 1000 })).toThrow("mixture: a has 128 characters, a chunk needs 1000");
    expect(() => mixture(domains.slice(1))).toThrow("mixture needs 2 to 256 domains, got 1");
  });

  it("has four real domains in printable ASCII", async () => {
    const four = await fourDomains();
    expect(four.map(({ name }) => name)).toEqual(["prose", "TypeScript", "arithmetic", "German names"]);
    for (const { text, name } of four) {
      expect(text, name).toMatch(/^[\n -~]+$/);
      expect(text.length, name).toBeGreaterThan(40_000);
    }
    expect(four[2].text).toMatch(/^(\d+ [+*] \d+ = \d+\n)+$/);
    expect(four[3].text).toContain("Frankreich");
  });

  it("shows experts that go by the character as just that, and not as specialists of a domain", async () => {
    const texts = mixture(domains, { chunk: 32, chunks: 40 });
    const model = transformer(
      { ...shape, vocabSize: texts.corpus.tokenizer.vocabSize, nExpert: 4, topK: 1 },
      { seed: 1 },
    );
    for await (const row of train(model, texts.corpus, { steps: 30, batchSize: 8, lr: 3e-3 }))
      expect(row.loss).toBeGreaterThan(0);
    const { rows, shares, topCharacters } = specialization(model, texts, { blocks: 12, times: 10 });
    for (const row of rows) {
      expect(row.domain).toBeLessThanOrEqual(row.domainByCharacter.high + 1e-9); // here a character tells its domain
      expect(row.character).toBeGreaterThan(row.characterByChance.high);
    }
    expect(shares[0].every((list) => [0, 1].some((total) => Math.abs(list[0] + list[1] - total) < 1e-9))).toBe(true);
    expect(topCharacters[0].flat().every(({ character }) => "abcd".includes(character))).toBe(true);
    expect(() => specialization(transformer(shape), texts)).toThrow(
      "specialization needs a model with experts, got a dense one",
    );
    expect(() => specialization(transformer({ ...shape, nExpert: 4, select: "soft" }), texts)).toThrow(
      'specialization asks for the favorite expert of each token, and select "soft" has none',
    );
  });
});

describe("the comparison of the twins", () => {
  it("has contenders of equal active and of equal total parameters, up to the router", () => {
    const models = contenders({ ...shape, nExpert: 8, topK: 2 }, 1);
    const [dense, moe, wide] = [models.dense, models.MoE, models["dense, equal total"]].map(countParameters);
    const router = 2 * 8 * 16;
    expect(moe.active - router).toBe(dense.active);
    expect(moe.total - router).toBe(wide.total);
  });

  it("trains all on the same batches and sums up who leads, by step and by second", async () => {
    const rows: CompareRow[] = [];
    for await (const row of compareTwins({ ...shape, nExpert: 4 }, text, {
      seeds: [1, 2],
      steps: 4,
      batchSize: 2,
      evalEvery: 2,
      evalBlocks: 2,
    }))
      rows.push(row);
    expect(rows.length).toBe(2 * 3 * 4);
    const found = duels(rows, "MoE", "dense");
    expect(found.map((d) => d.at)).toEqual([2, 4]);
    const lossOf = (contender: string, seed: number): number =>
      rows.find((r) => r.contender === contender && r.seed === seed && r.step === 4)!.valLoss!;
    expect(found[1].mean).toBeCloseTo(
      (lossOf("dense", 1) + lossOf("dense", 2) - lossOf("MoE", 1) - lossOf("MoE", 2)) / 2,
      9,
    );
  });

  it("compares at equal seconds between evaluations", () => {
    const row = (contender: "MoE" | "dense", seconds: number, valLoss: number) => ({
      contender,
      seed: 1,
      step: seconds,
      seconds,
      valLoss,
    });
    const rows = [row("MoE", 1, 3), row("MoE", 3, 1), row("dense", 1, 3), row("dense", 2, 2), row("dense", 4, 2)];
    const found = duelsBySecond(rows, "MoE", "dense", 3);
    expect(found.map((d) => [d.at, d.mean])).toEqual([
      [1, 0],
      [2, 0],
      [3, 1],
    ]);
  });

  it("uses Student's interval", () => {
    expect(confidenceInterval([1, 2, 3])).toMatchObject({ mean: 2, n: 3 });
    expect(confidenceInterval([1, 2, 3]).high).toBeCloseTo(2 + 4.303 / Math.sqrt(3), 3);
    expect(confidenceInterval([5]).low).toBe(-Infinity);
    expect(() => confidenceInterval([])).toThrow("confidenceInterval: there are no values");
  });
});
