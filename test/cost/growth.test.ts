import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { account, type Account, findModel } from "../../lib/account/index.js";
import { besideBound, bound, denseTwins, expertSweep, lostFrom, speedRows, waysToGrow } from "../../lib/cost/index.js";

const model = (name: string): Account => account(findModel(name)!.config!);
const mixtral = model("Mixtral-8x7B");
const anyMixture = fc.constantFrom(...["Mixtral-8x7B", "OLMoE-1B-7B", "Qwen3-30B-A3B", "gpt-oss-20b"].map(model));

describe("C2: parameters grow with experts, what a token computes does not", () => {
  it("each expert of Mixtral adds 32 layers of 3 matrices to the total, and a row of the router to the FLOPs", () => {
    const [two, eight, many] = expertSweep(mixtral, [2, 8, 1024]);
    expect(eight.total).toBe(Number(mixtral.total));
    expect(eight.total - two.total).toBe(6 * 32 * (3 * 4096 * 14336 + 4096));
    expect(many.total - two.total).toBe(1022 * 32 * (3 * 4096 * 14336 + 4096));
    expect(many.flopsPerToken - two.flopsPerToken).toBe(1022 * 32 * 2 * 4096);
    expect(many.routerFlops / many.flopsPerToken).toBeLessThan(0.02); // with a hundred times as many experts
  });

  it("of any mixture: FLOPs and active parameters beside the router stay as they are", () => {
    fc.assert(
      fc.property(
        anyMixture,
        fc.integer({ min: 8, max: 300 }),
        fc.integer({ min: 1, max: 300 }),
        (mixture, E, context) => {
          const [less, more] = expertSweep(mixture, [E, E + 1], { context });
          expect(more.total).toBeGreaterThan(less.total);
          expect(more.flopsPerToken - more.routerFlops).toBe(less.flopsPerToken - less.routerFlops);
          const routerRows = (more.routerFlops - less.routerFlops) / 2;
          const biases = (more.active - less.active - routerRows) / mixture.moeLayers;
          expect([0, 1]).toContain(biases); // of the router, one an expert and layer
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe("C5: a dense model grows by layers or width, and computes more for both", () => {
  const rows = waysToGrow(mixtral);
  const last = (way: string) => rows.find((row) => row.way === way && row.times === 8)!;

  it("all three ways begin at the dense model of equal active size", () => {
    const [first, ...others] = rows.filter(({ times }) => times === 1).map(({ way: _, ...row }) => row);
    expect(first.total).toBe(Number(denseTwins(mixtral).equalActive.total));
    for (const other of others) expect(other).toEqual(first);
  });

  it("a parameter more costs a dense model about 2 FLOPs for each token, whichever way it grows; one of an expert next to none", () => {
    const perParameter = (way: string): number =>
      (last(way).flopsPerToken - rows[0].flopsPerToken) / (last(way).total - rows[0].total);
    expect(perParameter("width")).toBe(2);
    expect(perParameter("depth")).toBeCloseTo(2, 3); // norms are parameters without a product
    expect(perParameter("experts")).toBeLessThan(1e-4);
    expect(last("experts").total).toBe(expertSweep(mixtral, [16])[0].total);
  });
});

describe("C3: faster than a dense model of equal total size, not than one of equal active size", () => {
  const rows = speedRows(mixtral, "H100-SXM", { context: 256 });
  const times = (model: string, batch: number): number =>
    rows.find((row) => row.model === model && row.batch === batch)!.moeTimes;

  it("with one text, as many times as fewer weights are read", () => {
    expect(times("MoE", 1)).toBe(1);
    const { equalTotal } = denseTwins(mixtral);
    expect(times("dense, equal total", 1)).toBeCloseTo(Number(mixtral.total) / Number(mixtral.active), 1);
    expect(Number(equalTotal.total)).toBe(Number(mixtral.total));
  });

  it("the lead is lost from the batch on that lostFrom names, and comes back where computing is the bound", () => {
    const lost = lostFrom(mixtral, denseTwins(mixtral).equalTotal, "H100-SXM", { context: 256 })!;
    expect(times("dense, equal total", lost)).toBeLessThanOrEqual(1.1);
    expect(times("dense, equal total", lost / 2)).toBeGreaterThan(1.1);
    expect(times("dense, equal total", 1024)).toBeGreaterThan(1.5);
  });

  it("it never beats the dense model of equal active size, and is far behind it where a batch touches all experts", () => {
    for (const { model, moeTimes } of rows)
      if (model === "dense, equal active") expect(moeTimes).toBeLessThanOrEqual(1);
    expect(times("dense, equal active", 64)).toBeLessThan(0.4);
  });
});

describe("measured beside its bound", () => {
  it("the ratio is the bound's time over the measured one, in tokens as in seconds", () => {
    const step = { phase: "prefill", context: 128, batch: 2 } as const;
    const { seconds, tokensPerSecond, bound: by } = bound(mixtral, "L4", step);
    const row = besideBound(mixtral, "L4", step, 4 * seconds);
    expect(row).toEqual({
      phase: "prefill",
      batch: 2,
      predicted: tokensPerSecond,
      measured: tokensPerSecond / 4,
      ratio: 0.25,
      by,
    });
    expect(row.measured * 4 * seconds).toBeCloseTo(256, 9);
  });
});

it.each([
  [() => expertSweep(mixtral, [1]), "expertSweep: experts must be an integer from 2, got 1"],
  [() => expertSweep(model("Llama-2-7b"), [8]), "expertSweep: config must have experts"],
  [() => waysToGrow(mixtral, { times: [0] }), "waysToGrow: times must be an integer from 1, got 0"],
  [() => waysToGrow(model("GPT-2")), "waysToGrow: config must have experts"],
  [() => speedRows(mixtral, "H99", { context: 1 }), "bound: device must be one of"],
  [
    () => besideBound(mixtral, "L4", { phase: "decode", context: 1 }, 0),
    "besideBound: seconds must be a number above 0, got 0",
  ],
])("what makes no sense is refused in one sentence: %#", (run, sentence) => expect(run).toThrow(sentence));
