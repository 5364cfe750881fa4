// What widely used code got wrong, each with a test that would see it here.
import { describe, expect, it } from "vitest";
import { add, dim, fromArray, Generator, mul, randn, softmax, sum, type Tensor, zeros } from "../../lib/index.js";
import {
  balanceLoss,
  deadExperts,
  loadCV,
  loadCVByChance,
  MoE,
  type MoEOptions,
  route,
  type Routing,
  switchBalanceLoss,
  updateSelectionBiases,
} from "../../lib/moe/index.js";
import { transformer } from "../../lib/models/index.js";
import { losses } from "../../lib/train/index.js";

const rng = new Generator(11);
const numbers = (x: Tensor | null): number[] => Array.from(x ? x.toTypedArray() : []);
const layer = (options: Partial<MoEOptions> = {}): MoE =>
  new MoE(6, 5, { rng: rng.fork("layer"), nExpert: 4, topK: 2, std: 0.5, ...options });
const learned = (shape: [number, number], name: string): Tensor => {
  const x = randn(shape, rng.fork(name));
  x.requiresGrad = true;
  return x;
};
const largest = (x: Tensor | null): number => Math.max(0, ...numbers(x).map(Math.abs));

describe("pitfalls", () => {
  it("top-1 with weights normalized over the chosen has zero router gradient", () => {
    const routerGrad = (options: Partial<MoEOptions>): number => {
      const moe = layer({ topK: 1, ...options });
      sum(mul(moe.forward(randn([7, 6], rng.fork("x"))), randn([7, 6], rng.fork("dy")))).backward();
      return largest(moe.router.weight!.grad);
    };
    expect(routerGrad({ renormalize: true })).toBe(0);
    expect(routerGrad({})).toBeGreaterThan(1e-3); // what topK 1 does unless told otherwise
    expect(routerGrad({ straightThrough: true })).toBeGreaterThan(1e-3);
  });

  it("P averaged over top-k only: the loss reads the probabilities of all experts, and all logits get its gradient", () => {
    const logits = learned([12, 4], "P");
    const routing = route(logits, { topK: 1 });
    const f = routing.demand;
    const all = softmax(logits, -1).toArray() as number[][];
    const P = f.map((_, e) => all.reduce((total, row) => total + row[e], 0) / all.length);
    const loss = switchBalanceLoss(routing);
    expect(loss.item()).toBeCloseTo(4 * f.reduce((total, share, e) => total + share * P[e], 0), 5);
    loss.backward();
    expect(numbers(logits.grad).every((g) => g !== 0)).toBe(true);
    expect(P.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    const ofChosenAlone = f.map((_, e) =>
      all.reduce((total, row) => total + (Math.max(...row) === row[e] ? row[e] : 0) / all.length, 0),
    );
    expect(
      Math.abs(loss.item() - 4 * f.reduce((total, share, e) => total + share * ofChosenAlone[e], 0)),
    ).toBeGreaterThan(0.1);
  });

  it("balance loss constant: it has a gradient that lowers the busiest expert's probability", () => {
    const logits = learned([64, 4], "constant");
    const routing = route(logits, { topK: 1 });
    switchBalanceLoss(routing).backward();
    const busiest = routing.demand.indexOf(Math.max(...routing.demand));
    const G = logits.grad!.toArray() as number[][];
    const push = routing.demand.map((_, e) => G.reduce((total, row) => total + row[e], 0));
    expect(Math.max(...push)).toBe(push[busiest]); // descent goes against the gradient
    expect(push[busiest]).toBeGreaterThan(0);
  });

  it("balance loss concatenated over layers: imbalances that cancel between two layers are both punished", () => {
    const sure = (hot: number): Tensor =>
      fromArray(
        [0, 1].flatMap(() => [0, 1].map((e) => (e === hot ? 20 : -20))),
        [2, 2],
      );
    const [a, b] = [route(sure(0), { topK: 1 }), route(sure(1), { topK: 1 })];
    const each = balanceLoss([a, b], { switch: 1 })!.item();
    expect(each).toBeCloseTo(4, 4); // 2 layers, E = 2 each
    const together = route(fromArray([20, -20, 20, -20, -20, 20, -20, 20], [4, 2]), { topK: 1 });
    expect(switchBalanceLoss(together).item()).toBeCloseTo(1, 4); // what concatenating would have said
  });

  it("padding counted: with a mask, padding takes no place, counts in no load, and comes out as 0", () => {
    const moe = layer({ capacityFactor: 1 });
    const x = randn([1, 8, 6], rng.fork("padding"));
    const run = (input: Tensor, mask?: number[]): { y: number[][]; routing: Routing } => {
      const routings: Routing[] = [];
      const y = moe.forward(input, { routings, ...(mask ? { mask } : {}) });
      return { y: (y.toArray() as number[][][])[0], routing: routings[0] };
    };
    const padded = run(x, [1, 1, 1, 1, 1, 0, 0, 0]);
    const short = run(fromArray(numbers(x).slice(0, 30), [1, 5, 6]));
    expect(padded.y.slice(0, 5)).toEqual(short.y);
    expect(
      padded.y
        .slice(5)
        .flat()
        .every((v) => v === 0),
    ).toBe(true);
    for (const field of ["load", "demand", "importance", "capacity", "nToken", "rowsExecuted"] as const)
      expect(padded.routing[field], field).toEqual(short.routing[field]);
    expect(switchBalanceLoss(padded.routing).item()).toBe(switchBalanceLoss(short.routing).item());
    expect(() => run(x, [1, 0])).toThrow("MoE: the mask has 2 numbers for 8 tokens; give one per token");
  });

  it("double softmax: a router that is sure has a P near 1, not within [0.10, 0.28]", () => {
    const logits = fromArray([30, 0, 0, 0, 0, 0, 0, 0], [1, 8]);
    const { probs } = route(logits, { topK: 1 });
    expect(Math.max(...numbers(probs))).toBeGreaterThan(0.999);
    expect(Math.max(...numbers(softmax(probs, -1)))).toBeLessThan(0.281); // what softmax of softmax would have said
  });

  it.each(["normal", "learned", "jitter", "gumbel"] as const)("noise left on at evaluation: %s", (noise) => {
    const moe = layer({ noise, noiseScale: 1 });
    const x = randn([40, 6], rng.fork("noise"));
    const run = (training: boolean): number[] => numbers(moe.train(training).forward(x));
    expect(run(false)).toEqual(run(false));
    expect(run(true)).not.toEqual(run(true));
  });

  it("selection bias leaking into the weights: it moves the choice, and where it does not, nothing changes", () => {
    const logits = randn([20, 4], rng.fork("bias"));
    const plain = route(logits, { topK: 2, score: "sigmoid" });
    const shift = [0.5, 0.5, 0.5, 0.5];
    expect(numbers(route(logits, { topK: 2, score: "sigmoid" }, { selectionBias: shift }).weights)).toEqual(
      numbers(plain.weights),
    );
    const moved = route(logits, { topK: 2, score: "sigmoid" }, { selectionBias: [9, 0, 0, 0] });
    expect(moved.demand[0]).toBe(0.5); // every token's first choice
    const S = route(logits, { topK: 4, renormalize: false, score: "sigmoid" });
    const score = (n: number, e: number): number =>
      S.assignments().find((a) => a.token === n && a.expert === e)!.weight;
    for (let n = 0; n < 20; n++) {
      const [a, b] = moved.assignments().filter((x) => x.token === n);
      expect(a.weight).toBeCloseTo(score(n, a.expert) / (score(n, a.expert) + score(n, b.expert)), 5);
    }
  });

  it("dropped token both scaled and added to the residual: it comes out of the block exactly as it went into the layer", () => {
    const moe = layer({ topK: 1, capacityFactor: 0.25 });
    const x = randn([16, 6], rng.fork("dropped"));
    const routings: Routing[] = [];
    const y = moe.forward(x, { routings }).toArray() as number[][];
    const dropped = routings[0].assignments().filter((a) => a.status === "dropped");
    expect(dropped.length).toBeGreaterThanOrEqual(12);
    for (const { token } of dropped) expect(y[token]).toEqual([0, 0, 0, 0, 0, 0]);

    const sizes = { vocabSize: 9, blockSize: 16, nLayer: 1, nHead: 1, dModel: 8, nExpert: 4, topK: 1 };
    const [block] = transformer({ ...sizes, capacityFactor: 0.25 }, { seed: 2 }).blocks;
    const input = randn([dim("B", 1), dim("T", 16), dim("D", 8)], rng.fork("block"));
    const seen: Routing[] = [];
    const output = numbers(block.forward(input, { routings: seen }));
    const residual = numbers(add(input, block.attention.forward(block.norm1.forward(input))));
    for (const { token, status } of seen[0].assignments()) {
      const passed = residual.slice(8 * token, 8 * token + 8);
      if (status === "dropped") expect(output.slice(8 * token, 8 * token + 8)).toEqual(passed);
      else expect(output.slice(8 * token, 8 * token + 8)).not.toEqual(passed);
    }
    expect(seen[0].assignments().filter(({ status }) => status === "dropped").length).toBeGreaterThanOrEqual(12);
  });

  it("ties always going to expert 0: a router that says the same of all experts can spread them", () => {
    const none = zeros([400, 8]);
    expect(route(none, { topK: 1, ties: "first" }).demand[0]).toBe(1);
    const spread = route(none, { topK: 1, ties: "spread" }).demand;
    expect(deadExperts(spread)).toBe(0);
    expect(loadCV(spread)).toBeLessThan(2 * loadCVByChance(400, 1, 8));
    const logits = randn([50, 8], rng.fork("no ties"));
    expect(route(logits, { topK: 2, ties: "spread" }).experts).toEqual(route(logits, { topK: 2 }).experts);
  });

  it("load counted twice under recomputation: a layer that runs twice moves the bias once", () => {
    const config = {
      vocabSize: 9,
      blockSize: 8,
      nLayer: 2,
      nHead: 1,
      dModel: 8,
      nExpert: 4,
      topK: 1,
      balance: { bias: 0.125 },
    };
    const model = transformer(config, { seed: 1 });
    const ids = fromArray(
      Array.from({ length: 16 }, (_, i) => i % 9),
      [dim("B", 2), dim("T", 8)],
      "int32",
    );
    losses(model, ids, ids); // a recomputation, or an evaluation in between
    const { routings } = losses(model, ids, ids);
    const bias = (): number[][] =>
      Object.entries(model.stateDict())
        .filter(([name]) => name.endsWith("selectionBias"))
        .map(([, entry]) => Array.from(entry.data));
    expect(
      bias()
        .flat()
        .every((b) => b === 0),
    ).toBe(true);
    updateSelectionBiases(model, routings);
    bias().forEach((layerBias, i) => {
      expect(layerBias).toEqual(routings[i].demand.map((share) => 0.125 * Math.sign(0.25 - share)));
    });
  });

  it("tiny N looking like collapse: even chance leaves experts without tokens where there are few", () => {
    const cv = (n: number): number => loadCV(route(randn([n, 8], new Generator(n)), { topK: 1 }).demand);
    expect(cv(8)).toBeGreaterThan(0.6);
    expect(cv(8)).toBeLessThan(2 * loadCVByChance(8, 1, 8));
    expect(cv(8192)).toBeLessThan(0.1);
    expect(loadCVByChance(8, 1, 8)).toBeCloseTo(0.935, 3);
  });
});
