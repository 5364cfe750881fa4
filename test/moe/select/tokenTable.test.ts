import { describe, expect, it } from "vitest";
import { fromArray, Generator, randn, sum } from "../../../lib/index.js";
import { transformer } from "../../../lib/models/index.js";
import { MoE, route, routerDefaults, type RouterConfig, routerProblem, selectHash } from "../../../lib/moe/index.js";
import { read } from "../../../lib/tensor/tensor.js";

describe("a table of experts by token id", () => {
  const ids = [0, 1, 2, 3, 1, 1];
  const logits = randn([6, 5], new Generator(4), { std: 2 });
  const config: Partial<RouterConfig> = { select: "table", topK: 2, score: "sqrtSoftplus", scale: 1.5 };

  it("chooses as the hash of the id, whatever the scores; the better of a token's experts comes first", () => {
    const routing = route(logits, config, { ids });
    const Z = read(logits);
    const hashed = selectHash(ids, 5, 2).experts;
    for (let n = 0; n < 6; n++) {
      const [a, b] = routing.experts.subarray(2 * n, 2 * n + 2);
      expect([a, b].sort((x, y) => x - y)).toEqual([...hashed.subarray(2 * n, 2 * n + 2)].sort((x, y) => x - y));
      expect(Z[5 * n + a]).toBeGreaterThan(Z[5 * n + b]);
      const better = Array.from({ length: 5 }, (_, e) => e).filter((e) => Z[5 * n + e] > Z[5 * n + a]).length;
      expect(routing.ranks[2 * n]).toBe(better);
    }
    expect([1, 4, 5].map((n) => [...routing.experts.subarray(2 * n, 2 * n + 2)].sort().join())).toEqual(
      new Array(3).fill([...routing.experts.subarray(2, 4)].sort().join()),
    );
  });

  it("weighs by the scores of these experts, √softplus divided by their sum, times scale: by formula", () => {
    const { weights, experts } = route(logits, config, { ids });
    const Z = read(logits);
    const score = (n: number, k: number): number => Math.sqrt(Math.log1p(Math.exp(Z[5 * n + experts[2 * n + k]])));
    read(weights).forEach((w, i) => {
      const n = Math.floor(i / 2);
      expect(w).toBeCloseTo((1.5 * score(n, i % 2)) / (score(n, 0) + score(n, 1)), 5);
    });
  });

  it("teaches the router's weight, not the choice; of 'hash' there is nothing to teach", () => {
    const layer = new MoE(5, 3, { rng: new Generator(1), nExpert: 4, topK: 2, std: 1, select: "table" });
    const x = randn([1, 6, 5], new Generator(2));
    const before = route(layer.router.logits(fromArray(read(x).slice(), [6, 5])), layer.router.config, { ids });
    sum(layer.forward(x, { ids })).backward();
    expect(Math.max(...read(layer.router.weight!.grad!).map(Math.abs))).toBeGreaterThan(1e-4);
    layer.router.weight!.set(randn([4, 5], new Generator(9)));
    const after = route(layer.router.logits(fromArray(read(x).slice(), [6, 5])), layer.router.config, { ids });
    expect(after.demand).toEqual(before.demand);
    expect([...read(after.weights)]).not.toEqual([...read(before.weights)]);
    const shape = { vocabSize: 7, blockSize: 6, nLayer: 1, nHead: 1, dModel: 4, nExpert: 4, topK: 2 };
    const sizes = (["table", "hash"] as const).map((select) =>
      transformer({ ...shape, select })
        .parameters()
        .reduce((all, { size }) => all + size, 0),
    );
    expect(sizes[0] - sizes[1]).toBe(4 * 4);
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

  it("needs the ids", () => {
    expect(() => route(logits, config)).toThrow('router: select "table" needs { ids } of 6 tokens, got none');
  });
});
