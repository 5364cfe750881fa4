import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crossEntropy, fromArray, Generator, noGrad, type Tensor, tensor } from "../../lib/index.js";
import { type Transformer, transformer, upcycle } from "../../lib/models/index.js";
import { read } from "../../lib/tensor/tensor.js";
import { anyConfig } from "../moe/anyConfig.js";

const shape = { vocabSize: 7, blockSize: 6, nLayer: 2, nHead: 2, dModel: 8, dHidden: 10, bias: true };
const ids = fromArray([1, 2, 3, 4, 5, 0, 6, 6, 2, 1, 0, 3], [2, 6], "int32") as Tensor<[number, number]>;
const logits = (model: Transformer): number[] => noGrad(() => Array.from(read(model.forward(ids).logits)));

/** Weights far from their first ones, so that routers are sure and layers differ. */
function moved(model: Transformer, only = ""): Transformer {
  const rng = new Generator(7);
  for (const [name, p] of model.namedParameters())
    if (name.includes(only)) p.storage.f32().forEach((w, i, all) => (all[i] = w + 0.3 * rng.normal()));
  return model;
}
const dense = moved(transformer(shape, { seed: 3 }));
const expected = logits(dense);

describe("upcycling", () => {
  it("gives the dense model's output, in training and at evaluation, or refuses in one sentence", () => {
    let [kept, refused] = [0, 0];
    fc.assert(
      fc.property(
        fc
          .constantFrom(2, 4)
          .chain((nExpert) =>
            fc.record({ nExpert: fc.constant(nExpert), router: anyConfig(nExpert), training: fc.boolean() }),
          ),
        ({ nExpert, router, training }) => {
          let moe: Transformer;
          try {
            moe = upcycle(dense, { nExpert, ...router });
          } catch (error) {
            refused++;
            expect(String(error)).toMatch(
              /^RangeError: upcycle: (a token's weights must sum to 1, .*, but|an expert is a copy of the dense layer, .* so it) [^.]*(\d\.\d+)?[^.]*$/,
            );
            return;
          }
          kept++;
          moved(moe, "router"); // whatever the routers say
          logits(training ? moe.train() : moe.eval()).forEach((z, i) =>
            expect(Math.abs(z - expected[i])).toBeLessThan(2e-5),
          );
        },
      ),
      { numRuns: 300 },
    );
    expect(Math.min(kept, refused)).toBeGreaterThan(20);
  });

  it.each([
    [{ capacityFactor: 0.5 }, "capacityFactor 0.5 leaves some tokens without a place"],
    [{ capacityFactor: 1 }, "capacityFactor 1 leaves some tokens without a place"],
    [{ capacityFactor: 0.5, renormalize: "kept" as const }, "capacityFactor 0.5 leaves some tokens without a place"],
    [{ capacityFactor: 0.5, overflow: "nextBest" as const }, "capacityFactor 0.5 leaves some tokens without a place"],
    [{ select: "gshard" as const }, 'select "gshard" does not always send the second one'],
    [{ select: "expertChoice" as const }, 'select "expertChoice" promises no token its own experts'],
    [{ select: "soft" as const }, 'select "soft" promises no token its own experts'],
    [{ scale: 2 }, "scale 2 multiplies them"],
    [{ nSharedExpert: 1 }, "nSharedExpert 1 adds experts beside them"],
    [{ renormalize: false }, "renormalize false leaves them as they are"],
    [{ topK: 1, straightThrough: false }, "renormalize false leaves them as they are"],
  ])("%j is refused", (router, why) => {
    expect(() => upcycle(dense, { nExpert: 4, ...router })).toThrow(
      `upcycle: a token's weights must sum to 1, so that equal experts give the dense output, but ${why}`,
    );
  });

  it.each([
    [{ capacityFactor: 2 }],
    [{ capacityFactor: 1, overflow: "nextBest" as const }],
    [{ topK: 4, renormalize: false }],
    [{ select: "gshard" as const, secondExpert: "all" as const }],
  ])("%j is taken: no token can be left without its whole weight", (router) => {
    const moe = moved(upcycle(dense, { nExpert: 4, ...router }), "router");
    logits(moe).forEach((z, i) => expect(Math.abs(z - expected[i])).toBeLessThan(2e-5));
  });

  it("with topK 1, the router learns from the text: its gradient is not 0", () => {
    const moe = upcycle(dense, { nExpert: 4, topK: 1 });
    moved(moe, "experts");
    crossEntropy(
      moe.forward(ids).logits,
      tensor(
        [
          [2, 3, 4, 5, 0, 1],
          [6, 2, 1, 0, 3, 5],
        ],
        { dtype: "int32" },
      ),
    ).backward();
    const routers = moe.namedParameters().filter(([name]) => name.includes("router"));
    expect(routers).toHaveLength(2);
    for (const [, p] of routers) expect(Math.max(...read(p.grad!).map(Math.abs))).toBeGreaterThan(1e-6);
  });
});
