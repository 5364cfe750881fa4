import { describe, expect, it } from "vitest";
import { fromArray, Generator, gradcheck, linear, log, noGrad, randn, sum, type Tensor } from "../../../lib/index.js";
import {
  balanceLoss,
  chanceToBeChosen,
  cv2,
  gshardBalanceLoss,
  hiddenExperts,
  importanceLoss,
  joinedBalanceLoss,
  loadLoss,
  route,
  type RouterConfig,
  type Routing,
  sequenceBalanceLoss,
  switchBalanceLoss,
  updateBias,
  zLoss,
} from "../../../lib/moe/index.js";
import { Corpus } from "../../../lib/data/index.js";
import { transformer } from "../../../lib/models/index.js";
import { train, type TrainRow } from "../../../lib/train/index.js";

const rng = new Generator(3);
const logitsOf = (n: number, e: number, name = "logits"): Tensor => {
  const x = randn([n, e], rng.fork(name));
  x.requiresGrad = true;
  return x;
};
const routed = (rows: number[][], options: Partial<RouterConfig> = {}): Routing =>
  route(log(fromArray(rows.flat(), [rows.length, rows[0].length])), { topK: 1, ...options });
const even = [0, 1, 2, 3].map((hot) => [0, 1, 2, 3].map((e) => (e === hot ? 0.97 : 0.01)));
const one = [0, 0, 0].map(() => [1 - 3e-9, 1e-9, 1e-9, 1e-9]);

describe("values at perfect balance and at collapse", () => {
  it.each<[string, (r: Routing) => Tensor, number, number]>([
    ["Switch", switchBalanceLoss, 1, 4],
    ["GShard, 1/E² and 1/E", gshardBalanceLoss, 1 / 16, 1 / 4],
    ["sequence-wise", sequenceBalanceLoss, 1, 4],
    ["importance", importanceLoss, 0, 3],
  ])("%s", (_, loss, balanced, collapsed) => {
    expect(loss(routed(even)).item()).toBeCloseTo(balanced, 4);
    expect(loss(routed(one)).item()).toBeCloseTo(collapsed, 4);
  });

  it("Switch's loss is 1 also where all tokens go to one expert by a hair: it sees P, and P is even", () => {
    const hair = [0, 0, 0].map(() => [0.2500003, 0.2499999, 0.2499999, 0.2499999]);
    const routing = routed(hair);
    expect(routing.demand).toEqual([1, 0, 0, 0]);
    expect(switchBalanceLoss(routing).item()).toBeCloseTo(1, 4);
  });

  it("sequence-wise sees what the batch hides: two sequences, each on one expert", () => {
    const logits = fromArray([9, 0, 9, 0, 0, 9, 0, 9], [4, 2]);
    const routing = route(logits, { topK: 1 }, { sequenceLength: 2 });
    expect(switchBalanceLoss(routing).item()).toBeCloseTo(1, 3);
    expect(sequenceBalanceLoss(routing).item()).toBeCloseTo(2, 2);
  });

  it("the z-loss is (ln E)² for logits of 0, whoever is chosen", () => {
    expect(zLoss(routed([[1, 1, 1, 1]])).item()).toBeCloseTo(Math.log(4) ** 2, 5);
    expect(() => zLoss(route(logitsOf(2, 4), { select: "random" }, { rng }))).toThrow(
      "the z-loss needs logits, and this router has none",
    );
  });
});

describe("gradients against finite differences", () => {
  it.each<[string, (r: Routing) => Tensor, Partial<RouterConfig>]>([
    ["Switch", switchBalanceLoss, {}],
    ["GShard", gshardBalanceLoss, {}],
    ["sequence-wise, sigmoid", sequenceBalanceLoss, { score: "sigmoid" }],
    ["importance, top-2", importanceLoss, { topK: 2 }],
    ["z", zLoss, {}],
  ])("%s", (_, loss, options) => {
    const logits = logitsOf(10, 4, "apart"); // no two so close that a step of gradcheck's changes the choice
    gradcheck((x) => loss(route(x, { topK: 1, ...options })), [logits], { step: 3e-3 });
  });

  it("load, through the chance to be chosen, into both matrices", () => {
    const x = randn([8, 3], rng.fork("x"));
    const [gate, noise] = [logitsOf(5, 3, "gate"), logitsOf(5, 3, "noise")];
    const draws = randn([8, 5], rng.fork("draws"));
    gradcheck(
      (w, wNoise) => {
        const context = {
          training: true,
          noise: draws,
          spread: linear(x, wNoise as Tensor<[number, number]>) as Tensor,
        };
        return loadLoss(route(linear(x, w as Tensor<[number, number]>), { topK: 2, noise: "learned" }, context));
      },
      [gate, noise],
      { step: 1e-3, atol: 5e-3, rtol: 3e-2 },
    );
  });
});

describe("the chance to be chosen", () => {
  it("is what redrawing an expert's noise many times measures", () => {
    const clean = fromArray([0.3, -0.2, 0.1, 0.5], [1, 4]);
    const noisy = { logits: fromArray([0.4, -0.6, 0.4001, 0.7], [1, 4]), std: fromArray([1, 1, 1, 1], [1, 4]) };
    const chance = chanceToBeChosen(clean, noisy, 2).chance.toArray() as number[][];
    const draws = new Generator(4);
    for (let e = 0; e < 4; e++) {
      let hits = 0;
      for (let i = 0; i < 20_000; i++) {
        const H = [0.4, -0.6, 0.4001, 0.7];
        H[e] = (clean.toArray() as number[][])[0][e] + draws.normal();
        if (H.filter((h) => h > H[e]).length < 2) hits++;
      }
      expect(Math.abs(hits / 20_000 - chance[0][e])).toBeLessThan(0.012); // over three standard errors
    }
  });

  it("is 1 where all experts are chosen, and refused without noise", () => {
    const logits = randn([3, 2], rng.fork("all"));
    const noisy = { logits, std: logits };
    expect(sum(chanceToBeChosen(logits, noisy, 2).chance).item()).toBe(6);
    expect(() => loadLoss(route(logits, { topK: 1 }))).toThrow(
      'balance.load needs a routing in training with noise "learned" or "normal" and a fixed topK',
    );
  });
});

describe("CV²", () => {
  it("is 0 for equal numbers, E − 1 for one alone, and 0 for one expert or none at all", () => {
    expect(cv2(fromArray([2, 2, 2], [3])).item()).toBe(0);
    expect(cv2(fromArray([0, 5, 0, 0], [4])).item()).toBeCloseTo(3, 6);
    expect(cv2(fromArray([0, 5, 0, 0], [4]), 1).item()).toBeCloseTo(4, 6);
    expect(cv2(fromArray([7], [1])).item()).toBe(0);
    expect(cv2(fromArray([0, 0], [2])).item()).toBe(0);
  });
});

describe("the sum of the terms", () => {
  it("adds each term's factor times its sum over layers, and is null where there is none", () => {
    const layers = [routed(even), routed(one)];
    const expected = 0.5 * (1 + 4) + 0.1 * layers.reduce((total, r) => total + zLoss(r).item(), 0);
    expect(balanceLoss(layers, { switch: 0.5, z: 0.1, bias: 1 })!.item()).toBeCloseTo(expected, 3);
    expect(balanceLoss(layers, 0)).toBeNull();
    expect(balanceLoss([], 0.01)).toBeNull();
  });
});

describe("the selection bias", () => {
  it("rises for the starved, falls for the busy, and stays for an exact mean", () => {
    const bias = [0, 0, 0];
    updateBias(bias, [5, 3, 1], 0.1);
    expect(bias).toEqual([-0.1, 0, 0.1]);
  });

  it("evens out a router that favours one expert, without touching the router", async () => {
    const text = new Corpus("The quick brown fox jumps over the lazy dog. ".repeat(40), { name: "fox" });
    const model = transformer(
      {
        vocabSize: text.tokenizer.vocabSize,
        blockSize: 16,
        nLayer: 1,
        nHead: 1,
        dModel: 16,
        nExpert: 4,
        topK: 1,
        routerBias: true,
        balance: { bias: 0.004 },
      },
      { seed: 1 },
    );
    const favour = model.namedParameters().find(([name]) => name.endsWith("router.bias"))![1];
    favour.storage.f32().set([0.5, 0, 0, 0]);
    const rows: TrainRow[] = [];
    for await (const row of train(model, text, { steps: 40, batchSize: 16, lr: 0, metrics: true })) rows.push(row);
    expect(rows[0].load![0][0]).toBeGreaterThan(0.9);
    const late = rows.slice(30).map((row) => row.routing![0].maxViolation);
    expect(rows[0].routing![0].maxViolation).toBeGreaterThan(2.6);
    expect(late.reduce((a, b) => a + b, 0) / 10).toBeLessThan(1);
    expect(Array.from(favour.toTypedArray())).toEqual([0.5, 0, 0, 0]);
  });
});

describe("expert dropout", () => {
  it("hides about the share that it is told, and always leaves enough", () => {
    const draws = new Generator(6);
    const counts = Array.from({ length: 2000 }, () => hiddenExperts(8, 0.25, 2, draws).length);
    expect(counts.reduce((a, b) => a + b, 0) / 2000).toBeCloseTo(2, 1);
    for (let i = 0; i < 50; i++) expect(hiddenExperts(4, 0.99, 2, draws).length).toBeLessThanOrEqual(2);
  });

  it("keeps tokens from the hidden in training, and from nobody at evaluation; probabilities stay", () => {
    const logits = randn([200, 4], rng.fork("dropout"));
    const config = { topK: 1, expertDropout: 0.9 };
    const training = noGrad(() => route(logits, config, { training: true, rng: new Generator(2) }));
    expect(training.demand.filter((d) => d > 0).length).toBeLessThan(3);
    expect(route(logits, config).demand.every((d) => d > 0)).toBe(true);
    expect(training.probs.toTypedArray()).toEqual(route(logits, config).probs.toTypedArray());
  });
});

describe("the loss of all layers counted together", () => {
  const even = routed([
    [0.5, 0.5],
    [0.5, 0.5],
  ]);
  const [left, right] = [routed([[0.9, 0.1]]), routed([[0.1, 0.9]])];

  it("is K where experts are used evenly, and E · K where one is used alone", () => {
    const two = routed([[0.25, 0.25, 0.25, 0.25]], { topK: 4 });
    expect(joinedBalanceLoss([two])!.item()).toBeCloseTo(4, 6);
    expect(joinedBalanceLoss([even])!.item()).toBeCloseTo(1, 6);
    expect(joinedBalanceLoss([routed([[1, 1e-9]])])!.item()).toBeCloseTo(2, 6);
  });

  it("does not see that each layer has a favorite, where these differ", () => {
    expect(joinedBalanceLoss([left, right])!.item()).toBeCloseTo(1, 6);
    expect(balanceLoss([left, right], 0.5)!.item()).toBeCloseTo(1.8, 6);
  });

  it("leaves padding out, and has no value without layers", () => {
    const padded = routed([
      [0.9, 0.1],
      [0.1, 0.9],
    ]);
    expect(joinedBalanceLoss([padded], [1, 0])!.item()).toBeCloseTo(joinedBalanceLoss([left])!.item(), 6);
    expect(joinedBalanceLoss([])).toBeNull();
    expect(() => joinedBalanceLoss([padded], [1])).toThrow("the mask has 1 numbers for 2 tokens");
    expect(() => joinedBalanceLoss([routed([[0.9, 0.1]], { select: "topP" })])).toThrow("equally many experts");
  });
});
