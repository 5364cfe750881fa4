import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { account, formula } from "../../lib/account/index.js";
import { countParameters, parameterRows, type Transformer, transformer, twins } from "../../lib/models/index.js";
import { anyConfig } from "../moe/anyConfig.js";

const config = { vocabSize: 65, blockSize: 32, nLayer: 3, nHead: 4, dModel: 24 };
/** What changes which tensors there are outside the router. */
const words = fc.record({
  bias: fc.boolean(),
  gated: fc.boolean(),
  normalization: fc.constantFrom("layerNorm" as const, "rmsNorm" as const, "none" as const),
  positions: fc.constantFrom("learned" as const, "sinusoidal" as const, "rotary" as const, "none" as const),
});
const own = (model: Transformer) => account({ model_type: "twinformer", ...model.config });

describe("C2 and A6: the twins' modules allocate what the formula counts", () => {
  it.each([
    [{}],
    [{ bias: true }],
    [{ nExpert: 5, topK: 1, dExpert: 40 }],
    [{ nExpert: 16, topK: 4, bias: true }],
    [{ dHidden: 50, nExpert: 4, topK: 2 }],
    [{ normalization: "rmsNorm" as const, positions: "rotary" as const, gated: true }],
  ])(
    "%j",
    async (more) => {
      for (const model of Object.values(twins({ ...config, ...more }))) {
        const counted = own(model);
        const { total, active } = countParameters(model);
        expect([counted.total, counted.active]).toEqual([BigInt(total), BigInt(active)]);
        expect((await formula(counted)).value).toBe(BigInt(total));
        const rows = Object.fromEntries(parameterRows(model).map((row) => [row.component, BigInt(row.total)]));
        expect(counted.byKind.attention).toBe(rows.attention);
        expect(counted.byKind.router).toBe(rows.router ?? 0n);
        expect(counted.byKind.norm).toBe(rows.norms);
        expect(counted.byKind.embedding + counted.byKind.position).toBe(rows.embeddings);
        expect(counted.byKind["feed-forward"] + counted.byKind.expert).toBe(rows["feed-forward"]);
      }
    },
    30_000,
  );

  it("for every router there is: total, active and by kind, whatever the options", () => {
    const shape = { vocabSize: 7, blockSize: 4, nLayer: 2, nHead: 2, dModel: 4 };
    fc.assert(
      fc.property(
        fc
          .constantFrom(1, 2, 4, 6)
          .chain((nExpert) => fc.record({ nExpert: fc.constant(nExpert), router: anyConfig(nExpert) })),
        fc.record({ dExpert: fc.constantFrom(1, 3, 5), dHidden: fc.constantFrom(6, 12) }),
        words,
        ({ nExpert, router }, sizes, form) => {
          const model = transformer({ ...shape, ...sizes, ...form, nExpert, ...router });
          const counted = own(model);
          const sum = model.parameters().reduce((all, { size }) => all + size, 0);
          const { total, active } = countParameters(model);
          expect([counted.total, BigInt(total)]).toEqual([BigInt(sum), BigInt(sum)]);
          expect(counted.active).toBe(BigInt(active));
          const rows = Object.fromEntries(parameterRows(model).map((row) => [row.component, BigInt(row.total)]));
          expect(counted.byKind.router).toBe(rows.router ?? 0n);
          expect(counted.byKind.expert + counted.byKind["shared expert"]).toBe(rows["feed-forward"]);
          expect(counted.experts.shared).toBe(model.config.nSharedExpert);
          const kept = model.namedBuffers();
          expect(counted.buffers.total).toBe(BigInt(kept.reduce((all, [, { size }]) => all + size, 0)));
          expect(kept.every(([name]) => counted.buffers.names.some((known) => name.endsWith(known)))).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  }, 60_000);

  it("for every dense model: total, and by kind", () => {
    const sizes = fc.record({
      ...{ vocabSize: fc.integer({ min: 1, max: 9 }), blockSize: fc.integer({ min: 1, max: 9 }) },
      ...{ nLayer: fc.integer({ min: 1, max: 3 }), nHead: fc.constantFrom(1, 2), dModel: fc.constantFrom(4, 8) },
      dHidden: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(sizes, words, (size, form) => {
        const model = transformer({ ...size, ...form });
        const counted = own(model);
        expect(counted.total).toBe(BigInt(model.totalParameters()));
        const rows = Object.fromEntries(parameterRows(model).map((row) => [row.component, BigInt(row.total)]));
        expect(counted.byKind.norm).toBe(rows.norms ?? 0n);
        expect(counted.byKind.position).toBe(BigInt(form.positions === "learned" ? size.blockSize * size.dModel : 0));
        expect(counted.byKind["feed-forward"]).toBe(rows["feed-forward"]);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    [{ select: "soft" as const, nSlot: 4 }, 20_464],
    [{ nSharedExpert: 1 }, 21_744],
    [{ nSharedExpert: 2, bias: true }, 24_928],
    [{ routerBias: true }, 19_712],
    [{ noise: "learned" as const }, 19_952],
    [{ select: "hash" as const }, 19_440],
  ])("%j has the parameters that its tensors have", (router, total) => {
    const shape = { vocabSize: 50, blockSize: 8, nLayer: 2, nHead: 2, dModel: 16, nExpert: 8 };
    expect(account({ model_type: "twinformer", ...shape, ...router }).total).toBe(BigInt(total));
    expect(countParameters(transformer({ ...shape, ...router })).total).toBe(total);
  });

  it.each([
    [{ select: "table" as const, topK: 3 }, 2 * 50 * 3],
    [{ balance: { bias: 0.1 }, nNullExpert: 1 }, 2 * 9],
    [{ balance: { quantile: 0.1 } }, 2 * 8],
    [{ balance: { z: 0.1 } }, 0],
    [{ select: "soft" as const }, 0],
  ])("%j keeps the numbers that no gradient reaches, in the checkpoint and not in the count", (router, size) => {
    const shape = { vocabSize: 50, blockSize: 8, nLayer: 2, nHead: 2, dModel: 16, nExpert: 8, dExpert: 4 };
    const model = transformer({ ...shape, ...router });
    const counted = own(model);
    expect(counted.buffers.total).toBe(BigInt(size));
    expect(counted.total).toBe(BigInt(model.totalParameters()));
    expect(model.namedBuffers().reduce((all, [, buffer]) => all + buffer.size, 0)).toBe(size);
  });

  it("takes the twins' own defaults, and refuses what they refuse", () => {
    const shape = { vocabSize: 20, blockSize: 8, nLayer: 2, nHead: 2, dModel: 8, nExpert: 8 };
    expect(account({ model_type: "twinformer", ...shape, select: "base" }).experts.topK).toBe(1);
    const refused = { model_type: "twinformer", ...shape, topK: 4, dHidden: 50 };
    expect(() => account(refused)).toThrow("config: dHidden 50 must be a multiple of topK 4, or give dExpert");
    expect(() => account({ model_type: "twinformer", ...shape, nExprt: 4 })).toThrow('there is no field "nExprt"');
  });

  it("counts all experts of Soft MoE as active: each works on every token", () => {
    const shape = { vocabSize: 50, blockSize: 8, nLayer: 2, nHead: 2, dModel: 16, nExpert: 8 };
    const { total, active } = countParameters(transformer({ ...shape, select: "soft" }));
    expect([total, active]).toEqual([19_696, 19_696]);
  });

  it("needs what a twin cannot do without", () => {
    expect(() => account({ model_type: "twinformer" })).toThrow("vocabSize is missing");
  });
});
