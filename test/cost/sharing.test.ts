import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { account, type Account, findModel } from "../../lib/account/index.js";
import {
  bound,
  type BoundOptions,
  capacity,
  devices,
  fit,
  placesTouched,
  type Sharing,
  stepBytes,
} from "../../lib/cost/index.js";
import { rows } from "../account/rows.js";

const model = (name: string): Account => account(findModel(name)!.config!);
const deepseek = model("DeepSeek-V3");
const decode = { phase: "decode", context: 2000, sharing: "experts" } as const;

describe("devices that share experts, and have all else each", () => {
  it("one device shares nothing: both are the same", () => {
    for (const phase of ["prefill", "decode"] as const) {
      const of = (sharing: Sharing) => bound(deepseek, "H200", { phase, context: 100, batch: 7, sharing });
      expect(of("experts")).toEqual(of("layers"));
    }
  });

  it("by hand: DeepSeek-V3's rows go to the devices that its 8 experts are on, in FP8, and come back in bfloat16", () => {
    const { networkBytes } = bound(deepseek, "H100", { ...decode, batch: 16 * 100, devices: 16 });
    const away = placesTouched(256, 8, 16) * (15 / 16);
    expect(networkBytes).toBeCloseTo(58 * 100 * away * 7168 * 3, 0);
    const bfloat16 = bound(deepseek, "H100", { ...decode, batch: 16 * 100, devices: 16, dtype: "bfloat16" });
    expect(bfloat16.networkBytes / networkBytes).toBeCloseTo(4 / 3, 9);
  });

  it("each reads all other weights, a share of the experts, and the cache of its own texts", () => {
    const { limits, bytes } = bound(deepseek, "H100", { ...decode, batch: 20, devices: 8 });
    const [all, own] = [20, 3].map((batch) => stepBytes(deepseek, { phase: "decode", context: 2000, batch }));
    expect(limits.memory).toBeCloseTo((own.dense + all.experts / 8 + own.cache) / 3.35e12, 12);
    expect(bytes).toMatchObject({ dense: 8 * own.dense, experts: all.experts, cache: all.cache });
  });

  it("where all of a token's experts are at home nothing is sent, and a dense model sends nothing at all", () => {
    expect(bound(deepseek, "H100", { ...decode, batch: 64, devices: 8, touched: "fewest" }).networkBytes).toBe(0);
    const llama = bound(model("Llama-2-7b"), "H100", { ...decode, batch: 64, devices: 8 });
    const one = bound(model("Llama-2-7b"), "H100", { ...decode, batch: 8 });
    expect(llama.networkBytes).toBe(0);
    expect(llama.seconds).toBeCloseTo(one.seconds, 12); // eight times the same, on eight times the texts
  });

  it("more of them are never slower, the network apart, and any number is as fast as one at most as often as it is", () => {
    const linked = devices.filter(({ link }) => link !== null);
    const anyStep: fc.Arbitrary<BoundOptions> = fc.record({
      phase: fc.constantFrom("prefill" as const, "decode" as const),
      context: fc.integer({ min: 1, max: 300 }),
      batch: fc.integer({ min: 1, max: 64 }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...rows),
        anyStep,
        fc.constantFrom(...linked),
        fc.integer({ min: 1, max: 16 }),
        ({ config }, step, on, n) => {
          const counted = account(config);
          fc.pre(step.phase === "prefill" || counted.caches.length > 0);
          const [one, few, more] = [1, n, n + 1].map((devices) =>
            bound(counted, on, { ...step, sharing: "experts", devices }),
          );
          for (const limit of ["compute", "memory"] as const) {
            expect(more.limits[limit]).toBeLessThanOrEqual(few.limits[limit] * (1 + 1e-12));
            expect(more.limits[limit] * (n + 1)).toBeGreaterThanOrEqual(one.limits[limit] * (1 - 1e-12));
          }
          const layers = bound(counted, on, { ...step, devices: n });
          expect(few.limits.memory).toBeGreaterThanOrEqual(layers.limits.memory * (1 - 1e-12));
          expect(few.capacity.weights).toBeGreaterThanOrEqual(layers.capacity.weights);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("as many as fit say: what each must have whole leaves less room for experts", () => {
    const options = { context: 4096, dtype: "fp8", sharing: "experts" } as const;
    const { devices: many } = fit(deepseek, "H100", options);
    const { devices: layers } = fit(deepseek, "H100", { ...options, sharing: "layers" });
    expect(many!).toBeGreaterThan(layers!);
    expect(capacity(deepseek, "H100", { ...options, devices: many! }).fits).toBe(true);
    expect(capacity(deepseek, "H100", { ...options, devices: many! - 1 }).fits).toBe(false);
    // 141 GB of a dense model on each of any number of cards of 80.
    expect(fit(model("Llama-2-70b"), "H100", { ...options, dtype: "bfloat16" }).devices).toBeNull();
  });

  it("nothing else can be shared", () => {
    const sharing = "texts" as Sharing;
    expect(() => bound(deepseek, "H100", { ...decode, sharing })).toThrow(
      "bound: sharing must be one of layers, experts",
    );
    expect(() => capacity(deepseek, "H100", { context: 1, sharing })).toThrow("capacity: sharing must be one of");
  });
});
