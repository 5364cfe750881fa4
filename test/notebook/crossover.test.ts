import { describe, expect, test } from "vitest";
import { countParameters, transformer } from "../../lib/models/index.js";
import {
  clockDuels,
  crossoverCells,
  crossoverConfig,
  crossoverCosts,
  type CrossoverLoss,
  denseWorth,
} from "../../lib/notebook/index.js";

const models = [
  ...[1, 2, 4, 8].map((size) => ({ contender: "dense", width: 32, size }) as const),
  ...[4, 16].map((size) => ({ contender: "MoE", width: 32, size }) as const),
];
/** A dense step takes 10 ms for size 1 and 4 more for each further one; the MoE of 4 experts 12, that of 16 experts 16. */
const times = models.map((model) => ({
  ...model,
  trainStep: model.contender === "dense" ? 6 + 4 * model.size : model.size === 4 ? 12 : 16,
}));
const costs = crossoverCosts(models, times);

/** Dense: 3 − 0.1 · log2(size), less 0.2 at each doubling of the steps from 500; MoE of 4 experts: that of size 2^0.5. */
function loss(contender: "dense" | "MoE", size: number, seed: number, step: number): CrossoverLoss {
  const log2 = contender === "dense" ? Math.log2(size) : size === 4 ? 0.5 : 9;
  const valLoss = 3 - 0.1 * log2 - 0.2 * Math.log2(step / 500) + 0.01 * seed;
  return { contender, width: 32, size, seed, step, valLoss };
}
const losses = [1, 2, 3].flatMap((seed) =>
  [500, 1000].flatMap((step) => models.map(({ contender, size }) => loss(contender, size, seed, step))),
);

describe("crossoverConfig and crossoverCosts", () => {
  test("count what the running models have: equal active parameters up to the router, equal total where E / 2 is the size", () => {
    for (const model of models) {
      const { total, active } = countParameters(transformer(crossoverConfig(model)));
      expect(costs.find((one) => one.contender === model.contender && one.size === model.size)).toMatchObject({
        total,
        active,
      });
    }
    const of = (contender: string, size: number) => costs.find((o) => o.contender === contender && o.size === size)!;
    const router = 2 * 32 * 16;
    expect(of("MoE", 16).active - router).toBe(of("dense", 1).active);
    expect(of("MoE", 16).total - router).toBe(of("dense", 8).total);
  });

  test("memory is 16 bytes a parameter and more, and the milliseconds are those that were measured", () => {
    for (const { total, trainBytes } of costs) expect(trainBytes).toBeGreaterThan(16 * total);
    expect(costs.map(({ milliseconds }) => milliseconds)).toEqual([10, 14, 22, 38, 12, 16]);
    expect(crossoverCosts(models)[0].milliseconds).toBeNull();
  });

  test.each([
    [{ contender: "moe", width: 32, size: 1 }, "crossoverConfig: contender must be"],
    [{ contender: "dense", width: 8, size: 1 }, "crossoverConfig: width must be an integer from 16, got 8"],
    [{ contender: "dense", width: 32, size: 0 }, "crossoverConfig: size must be a number above 0, got 0"],
  ])("say what is wrong with %j", (model, sentence) => {
    expect(() => crossoverConfig(model as never)).toThrow(sentence);
  });
});

describe("crossoverCells", () => {
  const cells = crossoverCells(losses, costs, [500, 1000, 2000]);
  const cell = (contract: string, experts: number, step = 500) =>
    cells.find((one) => one.contract === contract && one.experts === experts && one.step === step)!;

  test("has one for each contract, mixture and step, also where nobody has trained", () => {
    expect(cells).toHaveLength(4 * 2 * 3);
    expect(cell("active parameters", 4, 2000)).toMatchObject({ difference: null, low: null, high: null, seeds: 0 });
  });

  test("equal active is dense size 1, equal total is E / 2", () => {
    expect(cell("active parameters", 4)).toMatchObject({ denseSize: 1, beyond: null, seeds: 3 });
    expect(cell("active parameters", 4).difference).toBeCloseTo(-0.05, 9);
    expect(cell("total parameters", 4)).toMatchObject({ denseSize: 2 });
    expect(cell("total parameters", 4).difference).toBeCloseTo(0.05, 9);
    expect(cell("total parameters", 16).denseSize).toBe(8);
  });

  test("equal time and memory are read between the sizes that were trained", () => {
    // 12 ms lie half-way between 10 and 14: size 1.5, whose loss is read in the logarithm.
    expect(cell("step time", 4).denseSize).toBeCloseTo(1.5, 9);
    expect(cell("step time", 4).difference).toBeCloseTo(-0.05 + 0.1 * Math.log2(1.5), 9);
    const { denseSize } = cell("training memory", 4);
    const bytes = (contender: string, size: number) =>
      costs.find((one) => one.contender === contender && one.size === size)!.trainBytes;
    const share = (bytes("MoE", 4) - bytes("dense", 1)) / (bytes("dense", 2) - bytes("dense", 1));
    expect(denseSize).toBeCloseTo(1 + share, 9);
  });

  test("the interval is Student's over the seeds, paired", () => {
    const { low, high } = cell("active parameters", 4);
    expect([low, high]).toEqual([expect.closeTo(-0.05, 9), expect.closeTo(-0.05, 9)]); // no spread after pairing
    const uneven = losses.map((row) =>
      row.contender === "MoE" ? { ...row, valLoss: row.valLoss + [0, 0, 0.03, 0.06][row.seed] } : row,
    );
    const found = crossoverCells(uneven, costs, [500])[0];
    expect(found.difference).toBeCloseTo(-0.05 + 0.03, 9);
    expect(found.high! - found.difference!).toBeCloseTo((4.303 * 0.03) / Math.sqrt(3), 9);
  });

  test("a mixture whose step is quicker or slower than all dense ones is compared with the nearest end, and says so", () => {
    const slow = costs.map((one) =>
      one.contender === "MoE" ? { ...one, milliseconds: one.size === 4 ? 90 : 1 } : one,
    );
    const found = crossoverCells(losses, slow, [500]).filter(({ contract }) => contract === "step time");
    expect(found.map(({ denseSize, beyond }) => [denseSize, beyond])).toEqual([
      [8, "above"],
      [1, "below"],
    ]);
  });

  test("without times there is no cell of equal time", () => {
    const found = crossoverCells(losses, crossoverCosts(models), [500]);
    for (const one of found) expect(one.difference === null).toBe(one.contract === "step time");
    expect(() => crossoverCells(losses, costs, [0])).toThrow("crossoverCells: steps must be an integer from 1, got 0");
  });
});

describe("denseWorth", () => {
  test("is the size with the same loss, the geometric mean over seeds, the ladder's end where there is none", () => {
    const [four, sixteen] = denseWorth(losses, 500);
    expect(four).toMatchObject({ width: 32, experts: 4, seeds: 3, below: 0, above: 0 });
    expect(four.size).toBeCloseTo(2 ** 0.5, 9);
    expect(sixteen).toMatchObject({ experts: 16, above: 3 });
    expect(sixteen.size).toBeCloseTo(8, 9);
    expect(denseWorth(losses, 77)).toEqual([]);
    expect(() => denseWorth(losses, 0)).toThrow("denseWorth: step must be an integer from 1, got 0");
  });

  test("where the ladder is not trained, nothing is said", () => {
    const moe = losses.filter((row) => row.contender === "MoE");
    expect(denseWorth(moe, 500)[0]).toMatchObject({ size: null, low: null, seeds: 0 });
  });
});

describe("clockDuels", () => {
  test("gives the dense model the steps that fit into the MoE's time, on a straight line between evaluations", () => {
    const [one] = clockDuels(losses, costs, 500).filter(({ denseSize, experts }) => denseSize === 1 && experts === 4);
    expect(one).toMatchObject({ step: 500, seconds: 6, denseSteps: 600, seeds: 3 });
    // A dense loss of 3 at 500 and 2.8 at 1,000: 2.96 at 600. The MoE has 2.95.
    expect(one.mean).toBeCloseTo(2.95 - 2.96, 9);
  });

  test("leaves out whom nobody trained for so long, or evaluated so early", () => {
    expect(clockDuels(losses, costs, 1000).map(({ denseSize, experts }) => [experts, denseSize])).toEqual(
      [...[2, 4, 8].map((size) => [4, size]), ...[4, 8].map((size) => [16, size])].filter(
        ([experts, size]) => (1000 * (experts === 4 ? 12 : 16)) / (6 + 4 * size) >= 500,
      ),
    );
    expect(clockDuels(losses, crossoverCosts(models), 500)).toEqual([]);
    expect(() => clockDuels(losses, costs, 1.5)).toThrow("clockDuels: step must be an integer from 1, got 1.5");
  });
});
