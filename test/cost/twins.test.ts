import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { account } from "../../lib/account/index.js";
import { flops, trainingFlops } from "../../lib/cost/index.js";
import { transformer } from "../../lib/models/index.js";
import { noGrad, sum, tensor } from "../../lib/tensor/index.js";
import { counter, kernelName, resetCounter, useKernels } from "../../lib/kernels/index.js";

// The WebAssembly kernel computes attention a block of queries at a time, and with it a few scores that the mask hides.
const usual = kernelName();
beforeAll(() => useKernels("typescript"));
afterAll(() => useKernels(usual));

const executed = (): number => counter.wasmFlops + counter.typescriptFlops;
/** Token numbers [B, T]. */
const text = (batch: number, tokens: number, vocab: number) =>
  tensor(
    Array.from({ length: batch }, (_, b) => Array.from({ length: tokens }, (_, t) => (7 * b + 3 * t) % vocab)),
    { dtype: "int32" },
  );

describe("C2: what our own ops multiply as a twin runs is what its config says", () => {
  const shapes = fc.record({
    nLayer: fc.integer({ min: 1, max: 3 }),
    nHead: fc.constantFrom(1, 2, 4),
    size: fc.constantFrom(2, 4),
    nExpert: fc.constantFrom(0, 1, 4, 6),
    topK: fc.constantFrom(1, 2, 3),
    dExpert: fc.constantFrom(3, 8),
    nSharedExpert: fc.constantFrom(0, 1, 2),
    bias: fc.boolean(),
    gated: fc.boolean(),
    normalization: fc.constantFrom("layerNorm" as const, "rmsNorm" as const, "none" as const),
    positions: fc.constantFrom("learned" as const, "sinusoidal" as const, "rotary" as const, "none" as const),
    batch: fc.integer({ min: 1, max: 3 }),
    tokens: fc.integer({ min: 1, max: 12 }),
  });

  it("a whole text, with scores for every token; then one token more, with the others in a cache", () => {
    fc.assert(
      fc.property(shapes, ({ nHead, size, nExpert, topK, dExpert, nSharedExpert, batch, tokens, ...rest }) => {
        fc.pre(nExpert === 0 || topK <= nExpert);
        const experts = nExpert > 0 ? { nExpert, topK, dExpert, nSharedExpert } : {};
        const model = transformer({
          ...rest,
          ...experts,
          vocabSize: 11,
          blockSize: 16,
          nHead,
          dModel: nHead * size,
          dHidden: 12,
        });
        const counted = account({ model_type: "twinformer", ...model.config });
        const caches = model.newCaches();
        noGrad(() => {
          resetCounter();
          model.forward(text(batch, tokens, 11), { caches });
          expect(executed()).toBe(flops(counted, { phase: "prefill", context: tokens, batch, head: "all" }).total);
          resetCounter();
          model.forward(text(batch, 1, 11), { caches });
          expect(executed()).toBe(flops(counted, { phase: "decode", context: tokens + 1, batch }).total);
        });
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it("a step of training takes twice as much again for the gradients, and attention its scores once more", () => {
    const model = transformer({ vocabSize: 11, blockSize: 16, nLayer: 2, nHead: 2, dModel: 8, nExpert: 4, topK: 2 });
    const counted = account({ model_type: "twinformer", ...model.config });
    const { rows, total } = trainingFlops(counted, { context: 9, batch: 2 });
    resetCounter();
    sum(model.forward(text(2, 9, 11)).logits).backward();
    const scores = rows.find(({ component }) => component === "attention scores and values")!.forward / 2;
    expect(executed()).toBe(total + scores);
  });
});
