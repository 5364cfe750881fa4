import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromArray, Generator, mul, randn, sum, type Tensor, tensor } from "../../../lib/index.js";
import { transformer } from "../../../lib/models/index.js";
import {
  hashTable,
  MoE,
  route,
  Router,
  routerDefaults,
  type RouterConfig,
  routerProblem,
  type Routing,
} from "../../../lib/moe/index.js";
import { read } from "../../../lib/tensor/tensor.js";

const row = (table: Tensor, id: number): number[] => (table.toArray() as number[][])[id];
const ascending = (list: ArrayLike<number>): number[] => Array.from(list).sort((a, b) => a - b);
const shape = { vocabSize: 7, blockSize: 6, nLayer: 2, nHead: 1, dModel: 4, nExpert: 4, topK: 2 };

describe("a table of experts by token id", () => {
  const ids = [0, 1, 2, 3, 1, 1];
  const logits = randn([6, 5], new Generator(4), { std: 2 });
  const config: Partial<RouterConfig> = { select: "table", topK: 2, score: "sqrtSoftplus", scale: 1.5 };
  const tid2eid = tensor([[4, 0], [1, 2], [3, 0], [0, 1], [2, 4]], { dtype: "int32" }); // prettier-ignore

  it("chooses the row of the id, whatever the scores; the better of a token's experts comes first", () => {
    const routing = route(logits, config, { ids, state: { tid2eid } });
    const Z = read(logits);
    for (let n = 0; n < 6; n++) {
      const [a, b] = routing.experts.subarray(2 * n, 2 * n + 2);
      expect(ascending([a, b])).toEqual(ascending(row(tid2eid, ids[n])));
      expect(Z[5 * n + a]).toBeGreaterThan(Z[5 * n + b]);
      const better = Array.from({ length: 5 }, (_, e) => e).filter((e) => Z[5 * n + e] > Z[5 * n + a]).length;
      expect(routing.ranks[2 * n]).toBe(better);
    }
  });

  it("weighs by the scores of these experts, √softplus divided by their sum, times scale: by formula", () => {
    const { weights, experts } = route(logits, config, { ids, state: { tid2eid } });
    const Z = read(logits);
    const score = (n: number, k: number): number => Math.sqrt(Math.log1p(Math.exp(Z[5 * n + experts[2 * n + k]])));
    read(weights).forEach((w, i) => {
      const n = Math.floor(i / 2);
      expect(w).toBeCloseTo((1.5 * score(n, i % 2)) / (score(n, 0) + score(n, 1)), 5);
    });
  });

  it("routes as transformers' DeepseekV4HashRouter, in the choices, weights and gradient; its state dict is loaded", () => {
    interface Case extends Record<"x" | "weight" | "tid2eid" | "dy" | "logits" | "weights" | "experts" | "gradient", number[][]> {
      [size: string]: unknown;
      ids: number[];
      score: "sqrtsoftplus" | "sigmoid";
      scale: number;
    } // prettier-ignore
    const file = new URL("../../golden/data/moe/deepseek_v4_hash.json", import.meta.url);
    const cases = JSON.parse(readFileSync(file, "utf8")) as Case[];
    expect(cases).toHaveLength(5);
    for (const c of cases) {
      const [nExpert, D, topK, vocabSize] = [c.weight.length, c.weight[0].length, c.dy[0].length, c.tid2eid.length];
      const score = c.score === "sigmoid" ? "sigmoid" : "sqrtSoftplus";
      const options = { select: "table", score, topK, scale: c.scale, renormalize: true, vocabSize } as const;
      const router = new Router(D, nExpert, { rng: new Generator(1), ...options });
      router.loadStateDict({
        weight: { shape: [nExpert, D], data: c.weight.flat() },
        "state.tid2eid": { shape: [vocabSize, topK], data: c.tid2eid.flat() },
      });
      const routing = router.forward(tensor(c.x), { ids: c.ids });
      // A choice has its place in the table there, and its rank here: so weights are compared by expert.
      const order = c.experts.map((experts, n) =>
        Array.from(routing.experts.subarray(n * topK, (n + 1) * topK), (e) => experts.indexOf(e)),
      );
      expect(order.map(ascending)).toEqual(order.map((list) => list.map((_, i) => i)));
      const inOrder = (rows: number[][]): number[] => rows.flatMap((numbers, n) => order[n].map((k) => numbers[k]));
      const near = (x: Tensor, numbers: number[]): void => {
        read(x).forEach((v, i) => expect(Math.abs(v - numbers[i])).toBeLessThan(2e-6 + 5e-6 * Math.abs(numbers[i])));
      };
      near(routing.logits!, c.logits.flat());
      near(routing.weights, inOrder(c.weights));
      sum(mul(routing.weights, fromArray(inOrder(c.dy), [...routing.weights.shape]))).backward();
      near(router.weight!.grad!, c.gradient.flat());
      expect(router.state.tid2eid.grad).toBeNull();
    }
  });

  it("teaches the router's weight, not the choice; of 'hash' there is nothing to teach", () => {
    const options = { rng: new Generator(1), nExpert: 4, topK: 2, std: 1, select: "table", vocabSize: 4 } as const;
    const layer = new MoE(5, 3, options);
    const x = randn([1, 6, 5], new Generator(2));
    const asked = (): Routing => layer.router.forward(fromArray(read(x).slice(), [6, 5]), { ids });
    const before = asked();
    sum(layer.forward(x, { ids })).backward();
    expect(Math.max(...read(layer.router.weight!.grad!).map(Math.abs))).toBeGreaterThan(1e-4);
    layer.router.weight!.set(randn([4, 5], new Generator(9)));
    const after = asked();
    expect(after.demand).toEqual(before.demand);
    expect([...read(after.weights)]).not.toEqual([...read(before.weights)]);
    const sizes = (["table", "hash"] as const).map((select) => transformer({ ...shape, select }).totalParameters());
    expect(sizes[0] - sizes[1]).toBe(2 * 4 * 4);
    expect(transformer({ ...shape, select: "table" }).config.balance).toBe(0);
  });

  it.each<[Partial<RouterConfig>, string]>([
    [{ balance: { switch: 1 } }, 'select "table" chooses by id, which no balance could change: use balance 0'],
    [{ noise: "normal" }, 'select "table" chooses by id, so noise "normal" would change no choice: leave noise out'],
    [{ expertDropout: 0.1 }, "expertDropout hides experts from a choice by score"],
    [{ nNullExpert: 1 }, "a null expert is for tokens that need no other"],
  ])("%j is refused", (more, sentence) => {
    expect(routerProblem(routerDefaults({ select: "table", ...more }, 4), 4)).toContain(sentence);
  });
});

describe("a new table", () => {
  const sizes = fc
    .record({ nExpert: fc.integer({ min: 1, max: 9 }), vocabSize: fc.integer({ min: 1, max: 60 }) })
    .chain((given) => fc.record({ ...map(given), topK: fc.integer({ min: 1, max: given.nExpert }) }));
  function map<T extends object>(given: T): { [K in keyof T]: fc.Arbitrary<T[K]> } {
    return Object.fromEntries(Object.entries(given).map(([k, v]) => [k, fc.constant(v)])) as never;
  }

  it("has K different experts in each row, and each expert as often as any other, give or take one", () => {
    fc.assert(
      fc.property(sizes, ({ nExpert, vocabSize, topK }) => {
        const table = hashTable(vocabSize, nExpert, topK);
        expect([table.shape, table.dtype]).toEqual([[vocabSize, topK], "int32"]);
        const counts = new Array<number>(nExpert).fill(0);
        for (const experts of table.toArray() as number[][]) {
          expect(new Set(experts).size).toBe(topK);
          for (const e of experts) counts[e]++;
        }
        expect(counts.reduce((a, b) => a + b)).toBe(vocabSize * topK);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThan(2);
      }),
    );
  });

  it("has rows that route takes where it is given none, whatever V; ids next to each other differ", () => {
    fc.assert(
      fc.property(sizes, fc.nat(59), ({ nExpert, vocabSize, topK }, id) => {
        const ids = [id % vocabSize];
        const config = { select: "table", topK } as const;
        const logits = randn([1, nExpert], new Generator(id));
        const [given, none] = [{ tid2eid: hashTable(vocabSize, nExpert, topK) }, {}].map((state) =>
          route(logits, config, { ids, state }),
        );
        expect(none.experts).toEqual(given.experts);
      }),
    );
    const rows = (hashTable(40, 8, 2).toArray() as number[][]).map((experts) => ascending(experts).join());
    expect(rows.slice(1).some((experts, i) => experts === rows[i])).toBe(false);
    expect(new Set(rows).size).toBeGreaterThan(15); // of 28 pairs
  });

  it.each([
    [0, 4, 2, "hashTable: vocabSize must be an integer from 1, got 0"],
    [3, NaN, 2, "hashTable: nExpert must be an integer from 1, got NaN"],
    [3, 4, 5, "hashTable: topK must be an integer from 1 to below 5, got 5"],
    [3, 4, 1.5, "hashTable: topK must be an integer from 1 to below 5, got 1.5"],
  ])("hashTable(%s, %s, %s) is refused", (vocabSize, nExpert, topK, sentence) => {
    expect(() => hashTable(vocabSize, nExpert, topK)).toThrow(sentence);
  });
});

describe("what does not fit a table is refused in one sentence", () => {
  const logits = randn([2, 4], new Generator(1));
  const table = (values: number[], columns = 2): Tensor =>
    fromArray(values, [values.length / columns, columns], "int32");
  const tid2eid = table([0, 1, 2, 3, 1, 0]);

  it.each<[ArrayLike<number> | undefined, string]>([
    [undefined, "needs { ids } of 2 tokens, got none"],
    [[1], "needs { ids } of 2 tokens, got 1"],
    [[0, 3], "takes ids that are integers from 0 to below 3, got 3 for token 1"],
    [[-1, 0], "takes ids that are integers from 0 to below 3, got -1 for token 0"],
    [[0, 0.5], "takes ids that are integers from 0 to below 3, got 0.5 for token 1"],
    [[NaN, 0], "takes ids that are integers from 0 to below 3, got NaN for token 0"],
    [["1", 0] as unknown as number[], "takes ids that are integers from 0 to below 3, got 1 for token 0"],
  ])("ids %j", (ids, sentence) => {
    const context = ids ? { ids } : {};
    expect(() => route(logits, { select: "table" }, { ...context, state: { tid2eid } })).toThrow(
      `router: select "table" ${sentence}`,
    );
    if (sentence.includes("3,") && ids![1] === 3) return; // without a table there is no last id
    expect(() => route(logits, { select: "hash" }, context)).toThrow(
      `router: select "hash" ${sentence.replace(" to below 3", "")}`,
    );
  });

  it("ids of a layer: neither too few, nor cut to integers", () => {
    for (const select of ["table", "hash"] as const) {
      const layer = new MoE(3, 2, { rng: new Generator(1), nExpert: 4, topK: 2, select, vocabSize: 6 });
      const x = randn([1, 3, 3], new Generator(2));
      expect(() => layer.forward(x, { ids: [1, 2] })).toThrow("MoE: there are 2 ids for 3 tokens; give one per token");
      expect(() => layer.forward(x, { ids: [1, 1.5, 2] })).toThrow(
        /takes ids that are integers .* got 1.5 for token 1/,
      );
      expect(() => layer.forward(x)).toThrow(`router: select "${select}" needs { ids } of 3 tokens, got none`);
    }
  });

  it.each([
    [table([0, 1, 2], 3), "needs state.tid2eid [V, K] with K = 2 and E = 4, got [1, 3]"],
    [fromArray([0, 1], [2], "int32"), "needs state.tid2eid [V, K] with K = 2 and E = 4, got [2]"],
    [table([0, 4]), "row 0 of tid2eid must hold 2 different integers from 0 to below 4, got 0, 4"],
    [table([-1, 1]), "row 0 of tid2eid must hold 2 different integers from 0 to below 4, got -1, 1"],
    [table([1, 1]), "row 0 of tid2eid must hold 2 different integers from 0 to below 4, got 1, 1"],
    [tensor([[0.5, 1]]), "row 0 of tid2eid must hold 2 different integers from 0 to below 4, got 0.5, 1"],
    [[[0, 1]] as unknown as Tensor, "router: state.tid2eid must be a tensor, got"],
  ])("a table %#", (wrong, sentence) => {
    expect(() => route(logits, { select: "table" }, { ids: [0, 0], state: { tid2eid: wrong } })).toThrow(sentence);
  });

  it.each([undefined, 0, -3, 2.5, NaN])("vocabSize %s", (vocabSize) => {
    const given = {
      rng: new Generator(1),
      select: "table",
      ...(vocabSize === undefined ? {} : { vocabSize }),
    } as const;
    expect(() => new Router(3, 4, given)).toThrow(
      `router: select "table": vocabSize must be an integer from 1, got ${String(vocabSize)}`,
    );
  });
});
