import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { account, findModel } from "../../../lib/account/index.js";
import {
  bound,
  capacity,
  denseTwins,
  devices,
  expertBytes,
  findDevice,
  type Offload,
  offload,
  offloadRows,
  stepBytes,
} from "../../../lib/cost/index.js";
import { rows as configs } from "../../account/rows.js";

const named = (name: string) => account(findModel(name)!.config!, { file: name });
const EDGE = "Jetson-Orin-Nano-8GB";

it("an expert of Mixtral has three matrices of 4096 by 14336, and a dense model none", () => {
  expect(expertBytes(named("Mixtral-8x7B"), "bfloat16")).toBe(3 * 4096 * 14336 * 2);
  expect(expertBytes(named("Llama-3.2-1B"))).toBe(0);
});

describe("any model on any device", () => {
  const known = fc.constantFrom(...configs);
  const anyCase = fc.record({
    row: known,
    on: fc.constantFrom(...devices),
    dtype: fc.constantFrom("bfloat16" as const, "int8" as const, "int4" as const),
    context: fc.integer({ min: 1, max: 4000 }),
    batch: fc.integer({ min: 1, max: 16 }),
    link: fc.constantFrom(1e9, 32e9),
  });

  it("is as fast as its bound where it fits, and never faster; the link brings no more than a step reads", () => {
    fc.assert(
      fc.property(anyCase, ({ row, on, ...options }) => {
        const counted = account(row.config);
        fc.pre(counted.caches.length > 0 && counted.bothSides.length === 0);
        const found = offload(counted, on, options);
        const limit = bound(counted, on, { ...options, phase: "decode" });
        const read = stepBytes(counted, { ...options, phase: "decode" });
        expect(found.fits).toBe(capacity(counted, on, options).fits);
        if (found.fits) {
          expect(found.linkBytes).toBe(0);
          expect([found.tokensPerSecond, found.waitingTokensPerSecond]).toEqual([
            limit.tokensPerSecond,
            limit.tokensPerSecond,
          ]);
        }
        expect(found.longest >= options.context).toBe(found.fits);
        expect(found.linkBytes).toBeLessThanOrEqual((read.dense + read.experts) * (1 + 1e-9));
        expect(found.tokensPerSecond).toBeLessThanOrEqual(limit.tokensPerSecond * (1 + 1e-9));
        expect(found.waitingTokensPerSecond).toBeLessThanOrEqual(found.tokensPerSecond);
        expect(found.held === null).toBe(counted.total === counted.active);
        if (found.bound === "link")
          expect(found.tokensPerSecond).toBeCloseTo((options.batch * options.link) / found.linkBytes, 3);
      }),
      { numRuns: 60 },
    );
  });

  it("is never slower with more memory, or with a faster link", () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: 1, max: 8 }), ({ row, on, ...options }, times) => {
        const counted = account(row.config);
        fc.pre(counted.caches.length > 0 && counted.bothSides.length === 0);
        const speed = (device: typeof on, link: number) =>
          offload(counted, device, { ...options, link }).tokensPerSecond;
        const plain = speed(on, options.link) * (1 - 1e-9);
        expect(speed({ ...on, memory: on.memory * times }, options.link)).toBeGreaterThanOrEqual(plain);
        expect(speed(on, options.link * times)).toBeGreaterThanOrEqual(plain);
      }),
      { numRuns: 40 },
    );
  });
});

describe('C4 and E2: "Edge: MoE yes, sparsity helps", on a board of 8 GB', () => {
  const mixture = named("OLMoE-1B-7B");
  const { equalActive, equalTotal } = denseTwins(mixture);
  const at = (counted: typeof mixture, dtype: "bfloat16" | "int4"): Offload =>
    offload(counted, EDGE, { context: 2048, dtype });

  it("in 4 bits all of it fits: then it is far faster than a dense model of as many parameters", () => {
    expect(at(mixture, "int4").fits).toBe(true);
    expect(at(equalTotal, "int4").fits).toBe(true);
    expect(at(mixture, "int4").tokensPerSecond).toBeGreaterThan(3 * at(equalTotal, "int4").tokensPerSecond);
  });

  it("in 16 bits it does not, and a dense model of as many active parameters does, and is far faster", () => {
    const [sparse, dense] = [at(mixture, "bfloat16"), at(equalActive, "bfloat16")];
    expect([sparse.fits, dense.fits]).toEqual([false, true]);
    expect(sparse.bound).toBe("link");
    expect(dense.tokensPerSecond).toBeGreaterThan(5 * sparse.tokensPerSecond);
    // Sparsity helps against what fits as little: a dense model of as many parameters brings in more for each token.
    const whole = at(equalTotal, "bfloat16");
    expect(whole.fits).toBe(false);
    expect(sparse.tokensPerSecond).toBeGreaterThan(2 * whole.tokensPerSecond);
  });

  it("no hit rate is better than holding all, and a measured one takes the place of the share", () => {
    const on = { context: 2048, dtype: "bfloat16" } as const;
    const plain = offload(mixture, EDGE, on);
    const better = offload(mixture, EDGE, { ...on, hitRate: (share) => (1 + share) / 2 });
    expect(better.linkBytes).toBeCloseTo(plain.linkBytes / 2, 0);
    expect(better.tokensPerSecond / plain.tokensPerSecond).toBeCloseTo(2, 6);
    expect(offload(mixture, EDGE, { ...on, hitRate: () => 1 }).linkBytes).toBe(0);
    expect(() => offload(mixture, EDGE, { ...on, hitRate: () => NaN })).toThrow(
      "offload: hitRate must be a number from 0, got NaN",
    );
  });

  it("models that are in no table of devices give a row each, by format", () => {
    const rows = offloadRows([mixture, named("Llama-3.2-1B")], EDGE, { context: 2048 });
    expect(rows.map(({ model, dtype, fits }) => [model, dtype, fits])).toEqual([
      ["OLMoE-1B-7B", "bfloat16", false],
      ["OLMoE-1B-7B", "int8", true],
      ["OLMoE-1B-7B", "int4", true],
      ["Llama-3.2-1B", "bfloat16", true],
      ["Llama-3.2-1B", "int8", true],
      ["Llama-3.2-1B", "int4", true],
    ]);
  });
});

it("Mixtral in 4 bits on a card of 24 GB: experts stay with the host, as expertsOnHost counts them", () => {
  const found = offload(named("Mixtral-8x7B"), "RTX-4090", { context: 4096, dtype: "int4" });
  expect(found.fits).toBe(false);
  expect(found.layersOutside).toBeGreaterThan(0);
  // Whole layers outside or as many experts of each: about the same bytes.
  expect(1 - found.held!).toBeCloseTo(found.layersOutside! / 32, 1);
});

it("where nothing is known of what lies beyond the memory, link must say it", () => {
  const mixtral = named("Mixtral-8x7B");
  const [on, options] = ["M1-Max", { context: 8, dtype: "bfloat16" }] as const;
  expect(findDevice(on)!.storage).toBeUndefined();
  expect(() => offload(mixtral, on, options)).toThrow(
    "offload: nothing is known of what lies beyond the memory of M1-Max; give link in bytes a second",
  );
  expect(offload(mixtral, on, { ...options, link: 5e9 }).bound).toBe("link");
  expect(() => offload(mixtral, on, { ...options, link: 0 })).toThrow("offload: link must be a number above 0, got 0");
});
