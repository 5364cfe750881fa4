import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { account, type Account } from "../../lib/account/index.js";
import {
  bound,
  type BoundOptions,
  devices,
  expertsTouched,
  flops,
  mostTouched,
  stepBytes,
} from "../../lib/cost/index.js";
import { rows, withField } from "../account/rows.js";

const anyRow = fc.constantFrom(...rows);
const anyTokens = fc.integer({ min: 1, max: 300 });
const attentionOf = (counted: Account, options: Parameters<typeof flops>[1]): number =>
  flops(counted, options).rows.find(({ component }) => component === "attention scores and values")?.flops ?? 0;

describe("FLOPs of any config of any family", () => {
  it("sum over components to the total, and grow with the batch in proportion", () => {
    fc.assert(
      fc.property(
        anyRow,
        fc.constantFrom("prefill" as const, "decode" as const),
        anyTokens,
        fc.integer({ min: 2, max: 9 }),
        ({ config }, phase, context, batch) => {
          const counted = account(config);
          const { rows: parts, total } = flops(counted, { phase, context });
          expect(parts.reduce((sum, row) => sum + row.flops, 0)).toBe(total);
          if (phase === "prefill") expect(total).toBeGreaterThan(0);
          expect(flops(counted, { phase, context, batch }).total).toBe(batch * total);
        },
      ),
    );
  });

  it("of attention: what the 1st, 2nd, ... and last token of a text take is what reading it whole takes", () => {
    fc.assert(
      fc.property(
        anyRow,
        anyTokens,
        fc.constantFrom("absorbed" as const, "expanded" as const),
        ({ config }, tokens, latent) => {
          const counted = account(config);
          fc.pre(counted.bothSides.length === 0 && counted.caches.length > 0);
          let sum = 0;
          for (let context = 1; context <= tokens; context++)
            sum += attentionOf(counted, { phase: "decode", context, latent });
          expect(attentionOf(counted, { phase: "prefill", context: tokens, latent })).toBe(sum);
        },
      ),
    );
  });

  it("never fall with more words, wider layers, longer texts or more experts that work", () => {
    fc.assert(
      fc.property(anyRow, fc.nat(), anyTokens, fc.constantFrom(2, 3), ({ config }, pick, context, factor) => {
        const before = account(config);
        const fields = before.letters.filter(
          ({ letter, field }) => /^(V|F|F_\w+|k)$/.test(letter) && /^[\w.]+$/.test(field),
        );
        const of = (counted: Account, tokens: number) => flops(counted, { phase: "prefill", context: tokens }).total;
        expect(of(before, context + 1)).toBeGreaterThanOrEqual(of(before, context));
        fc.pre(fields.length > 0);
        const { letter, field, value } = fields[pick % fields.length];
        const E = BigInt(before.experts.total);
        const larger = letter === "k" ? value + 1n : value * BigInt(factor);
        fc.pre(letter !== "k" || larger <= E);
        const after = account(withField(config, field, Number(larger)));
        expect(of(after, context), field).toBeGreaterThanOrEqual(of(before, context));
      }),
    );
  });
});

describe("bytes of a step", () => {
  it("batch 1 reads the k experts that work, and a batch without end all of them", () => {
    for (const { config } of rows) {
      const counted = account(config);
      if (counted.moeLayers === 0 || counted.bothSides.length > 0) continue;
      if (config.model_type === "ernie4_5_vl_moe_text") continue; // experts of images, which no text touches
      const read = (batch: number) => stepBytes(counted, { phase: "decode", context: 1, batch, dtype: "fp8" });
      const idle = counted.total - counted.active;
      const one = read(1);
      const all = read(2 ** 40);
      expect(Math.abs(all.experts - one.experts - Number(idle))).toBeLessThanOrEqual(1e-9 * Number(idle));
      expect(all.dense).toBeGreaterThanOrEqual(one.dense);
    }
  });

  it("of experts and of the cache grow with the batch, those of weights beside do not, but for rows of tables", () => {
    fc.assert(
      fc.property(anyRow, anyTokens, fc.integer({ min: 1, max: 500 }), ({ config }, context, batch) => {
        const counted = account(config);
        const [less, more] = [batch, batch + 1].map((texts) =>
          stepBytes(counted, { phase: "decode", context, batch: texts }),
        );
        expect(more.experts).toBeGreaterThanOrEqual(less.experts);
        expect(more.cache).toBeCloseTo((less.cache / batch) * (batch + 1), 0);
        expect(more.dense).toBeGreaterThanOrEqual(less.dense);
      }),
    );
  });
});

describe("experts that a batch touches", () => {
  it("from k with one token to all, never more than the batch can choose, and always more with more tokens", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 512 }), fc.nat(), fc.integer({ min: 1, max: 5000 }), (E, pick, B) => {
        const k = 1 + (pick % E);
        const touched = expertsTouched(E, k, B);
        expect(touched).toBeCloseTo(E * (1 - (1 - k / E) ** B), 6);
        expect(touched).toBeLessThanOrEqual(mostTouched(E, k, B) * (1 + 1e-12));
        expect(touched).toBeGreaterThanOrEqual(k * (1 - 1e-12));
        expect(expertsTouched(E, k, B + 1)).toBeGreaterThanOrEqual(touched * (1 - 1e-12));
        expect(expertsTouched(E, k, 1)).toBe(k);
      }),
    );
  });
});

describe("bounds on any device", () => {
  const anyStep: fc.Arbitrary<BoundOptions> = fc.record({
    phase: fc.constantFrom("prefill" as const, "decode" as const),
    context: anyTokens,
    batch: fc.integer({ min: 1, max: 64 }),
    dtype: fc.constantFrom("bfloat16" as const, "fp8" as const, "int4" as const),
  });

  it("more devices are never slower, the network apart", () => {
    const linked = devices.filter(({ link }) => link !== null);
    fc.assert(
      fc.property(anyRow, anyStep, fc.constantFrom(...linked), fc.integer({ min: 1, max: 16 }), (row, step, on, n) => {
        const counted = account(row.config);
        fc.pre(step.phase === "prefill" || counted.caches.length > 0); // an encoder writes nothing
        const [few, more] = [n, n + 1].map((devices) => bound(counted, on, { ...step, devices }));
        expect(more.limits.compute).toBeLessThan(few.limits.compute);
        expect(more.limits.memory).toBeLessThan(few.limits.memory);
        expect(more.limits.network).toBeGreaterThan(few.limits.network);
        expect(more.capacity.left).toBeGreaterThan(few.capacity.left);
      }),
    );
  });

  it("the longest of the three limits is the time of a step, and that is what is said", () => {
    fc.assert(
      fc.property(anyRow, anyStep, fc.constantFrom(...devices), (row, step, on) => {
        const counted = account(row.config);
        fc.pre(step.phase === "prefill" || counted.caches.length > 0);
        const { limits, seconds, bound: by, tokensPerSecond } = bound(counted, on, step);
        expect(seconds).toBe(Math.max(...Object.values(limits)));
        expect(limits[by]).toBe(seconds);
        const tokens = (step.batch ?? 1) * (step.phase === "decode" ? 1 : step.context);
        expect(tokensPerSecond * seconds).toBeCloseTo(tokens, 6);
      }),
    );
  });

  it("a larger batch writes no fewer tokens a second", () => {
    fc.assert(
      fc.property(
        anyRow,
        anyTokens,
        fc.constantFrom(...devices),
        fc.integer({ min: 1, max: 200 }),
        (row, context, on, B) => {
          const counted = account(row.config);
          fc.pre(counted.caches.length > 0);
          const [few, more] = [B, B + 1].map((batch) => bound(counted, on, { phase: "decode", context, batch }));
          expect(more.tokensPerSecond).toBeGreaterThanOrEqual(few.tokensPerSecond * (1 - 1e-9));
        },
      ),
    );
  });
});
