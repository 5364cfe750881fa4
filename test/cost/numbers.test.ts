import { describe, expect, it } from "vitest";
import { account, type Account, findModel } from "../../lib/account/index.js";
import {
  bound,
  capacity,
  denseTwins,
  devices,
  expertsOnHost,
  expertsTouched,
  findDevice,
  fit,
  flops,
  lostFrom,
  mostTouched,
  stepBytes,
  trainingFlops,
} from "../../lib/cost/index.js";

const model = (name: string): Account => account(findModel(name)!.config!);

describe("numbers that can be worked out by hand", () => {
  it("FLOPs of a token of Mixtral: twice what works on it, without tables and norms, and attention's products", () => {
    const mixtral = model("Mixtral-8x7B");
    const weights = mixtral.activeWithoutInputEmbedding - mixtral.byKind.norm;
    const { rows, total } = flops(mixtral, { phase: "decode", context: 1000 });
    const attention = 32 * 1000 * 2 * 2 * 32 * 128; // layers, tokens, 2 products of 2 FLOPs, heads, head size
    expect(total).toBe(2 * Number(weights) + attention);
    expect(rows.find(({ component }) => component === "attention scores and values")?.flops).toBe(attention);
  });

  it("training takes 6 FLOPs for each parameter and token, but for attention, tables and norms", () => {
    const gpt2 = model("GPT-2");
    const { total, rows } = trainingFlops(gpt2, { context: 1024 });
    const attention = rows.find(({ component }) => component === "attention scores and values")!;
    const weights = Number(gpt2.total - gpt2.byKind.position - gpt2.byKind.norm);
    const biases = 12 * (3 * 768 + 768 + 3072 + 768);
    expect((total - attention.forward - attention.backward) / 1024).toBe(6 * (weights - biases));
    expect(attention.backward).toBe(2 * attention.forward);
  });

  it("bytes of a token of Llama 2 7B: its weights without the embedding, one row of that, and the cache", () => {
    const llama = model("Llama-2-7b");
    const { dense, experts, cache } = stepBytes(llama, { phase: "decode", context: 512 });
    expect(dense).toBe(2 * Number(llama.total - llama.byKind.embedding) + 2 * 4096);
    expect(experts).toBe(0);
    expect(cache).toBe(512 * 32 * 2 * 4096 * 2);
  });

  it("latent attention: absorbed, a head meets the row of 576 numbers; expanded, keys of 192 and values of 128", () => {
    const deepseek = model("DeepSeek-V3");
    const scores = (latent: "absorbed" | "expanded") =>
      flops(deepseek, { phase: "decode", context: 100, latent }).rows.find(({ component }) =>
        component.includes("scores"),
      )?.flops;
    expect(scores("absorbed")).toBe(2 * 61 * 100 * 128 * (576 + 512));
    expect(scores("expanded")).toBe(2 * 61 * 100 * 128 * (192 + 128));
  });

  it("a bandwidth of 3.35 TB/s reads Llama 2 7B's 13.5 GB some 248 times a second, with 512 tokens in the cache", () => {
    const { bound: by, tokensPerSecond, bytes } = bound(model("Llama-2-7b"), "H100", { phase: "decode", context: 512 });
    expect(by).toBe("memory");
    expect(tokensPerSecond).toBeCloseTo(3.35e12 / bytes.total, 9);
    expect(tokensPerSecond).toBeGreaterThan(240);
    expect(tokensPerSecond).toBeLessThan(255);
  });

  it("two H100 each send half of a layer's output twice, and get the sum: 2 · 1/2 of it, both times", () => {
    const { networkBytes } = bound(model("Llama-2-7b"), "H100", { phase: "decode", context: 1, batch: 3, devices: 2 });
    expect(networkBytes).toBe(32 * 2 * 3 * 4096 * 2);
  });
});

describe("C4 and B6: a batch touches more experts than a token", () => {
  it("nine in ten of Mixtral's with 8 texts, and with 64 all of them are read", () => {
    expect(expertsTouched(8, 2, 8) / 8).toBeCloseTo(0.8999, 4);
    const mixtral = model("Mixtral-8x7B");
    const read = (batch: number) => stepBytes(mixtral, { phase: "decode", context: 1, batch }).experts;
    expect(read(1)).toBe(2 * Number(mixtral.activeByKind.expert));
    expect(read(64) / (2 * Number(mixtral.byKind.expert))).toBeGreaterThan(0.9999);
    expect(mostTouched(8, 2, 3)).toBe(6);
    expect(mostTouched(8, 2, 9)).toBe(8);
  });

  it("so a mixture is faster than a dense model of its total size at batch 1, and loses most of that at 64", () => {
    // 46.7 billion parameters, all of which work.
    const dense = account({ ...findModel("Mixtral-8x7B")!.config!, num_experts_per_tok: 8 });
    const speed = (counted: Account, batch: number) =>
      bound(counted, "H100", { phase: "decode", context: 256, batch }).tokensPerSecond;
    const mixtral = model("Mixtral-8x7B");
    expect(dense.total).toBe(mixtral.total);
    expect(speed(mixtral, 1) / speed(dense, 1)).toBeGreaterThan(3.4);
    expect(speed(mixtral, 64) / speed(dense, 64)).toBeLessThan(1.01);
  });
  it("from batch 16 on a tenth of Mixtral's advantage over a dense model of equal total size is left", () => {
    const mixtral = model("Mixtral-8x7B");
    const { equalTotal, equalActive } = denseTwins(mixtral);
    expect(equalTotal.total).toBe(mixtral.total);
    expect(equalTotal.active).toBe(mixtral.total);
    // The rows that the router has for the other six.
    expect(mixtral.active - equalActive.total).toBe(32n * 6n * 4096n);
    const options = { context: 256 };
    expect(lostFrom(mixtral, equalTotal, "H100", options)).toBe(16);
    // It reads no less than a dense model of its active size, not even at batch 1.
    expect(lostFrom(mixtral, equalActive, "H100", options)).toBe(1);
    expect(() => denseTwins(model("GPT-2"))).toThrow(/denseTwins: .* must have experts/);
  });
});

describe("answers that people ask for", () => {
  it("DeepSeek-V3 in fp8 does not fit eight cards of 80 GB, and fits eight H200", () => {
    const options = { context: 4096, dtype: "fp8", devices: 8 } as const;
    const deepseek = model("DeepSeek-V3");
    const { fits, weights } = capacity(deepseek, "H100", { ...options, share: 1 });
    expect(fits).toBe(false);
    expect(weights).toBe(Number(deepseek.total));
    expect(weights).toBeGreaterThan(640e9);
    expect(capacity(deepseek, "H200", options).fits).toBe(true);
    expect(fit(deepseek, "H100", { ...options, share: 1 }).devices).toBe(9);
    expect(fit(deepseek, "H100", options).devices).toBe(10);
  });

  it("how many layers' experts stay with the host: with one fewer the card is too small", () => {
    const gptOss = model("gpt-oss-120b");
    const options = { context: 8192 };
    const { layers, of, perLayer, nCpuMoe } = expertsOnHost(gptOss, "RTX-4090", options);
    const { left } = capacity(gptOss, "RTX-4090", options);
    expect(of).toBe(36);
    expect(nCpuMoe).toBe(layers);
    expect(left + layers! * perLayer).toBeGreaterThanOrEqual(0);
    expect(left + (layers! - 1) * perLayer).toBeLessThan(0);
  });

  it("counts the dense layers that come first, as llama.cpp does, and says where nothing helps", () => {
    const deepseek = model("DeepSeek-V3");
    const { layers, of, nCpuMoe } = expertsOnHost(deepseek, "RTX-4090", { context: 4096, dtype: "int4" });
    expect(of).toBe(58);
    expect(nCpuMoe).toBe(layers! + 3);
    expect(expertsOnHost(deepseek, "edge", { context: 4096, dtype: "int4" }).layers).toBeNull();
    expect(expertsOnHost(model("Llama-3.1-8B"), "edge", { context: 4096 }).layers).toBeNull();
  });

  it("the largest batch and length fit, and one more does not", () => {
    const llama = model("Llama-3.1-8B");
    const options = { context: 8192, batch: 4 };
    const { batch, context } = fit(llama, "A100", options);
    const fits = (more: object) => capacity(llama, "A100", { ...options, ...more }).fits;
    expect([fits({ batch }), fits({ batch: batch + 1 })]).toEqual([true, false]);
    expect([fits({ context }), fits({ context: context + 1 })]).toEqual([true, false]);
  });

  it("what is kept in a state or a window has no longest text", () => {
    expect(fit(account({ model_type: "mamba" }), "L4", { context: 4096 }).context).toBe(Infinity);
    expect(fit(account({ model_type: "mistral" }), "L4", { context: 4096 }).context).toBe(Infinity);
    expect(fit(account({ model_type: "bert" }), "L4", { context: 512 }).batch).toBe(Infinity);
  });
});

describe("the table of devices", () => {
  it("has every kind that people ask for, by its names", () => {
    for (const name of ["H100", "h200", "A100 80GB", "L4", "rtx 4090", "M2 Ultra", "laptop CPU", "phone", "edge"])
      expect(findDevice(name), name).toBeDefined();
    expect(findDevice("H99")).toBeUndefined();
  });

  it("names where every figure is from, with the day on which it was read", () => {
    for (const { name, sources } of devices) {
      expect(sources.length, name).toBeGreaterThan(0);
      for (const { address, read, says } of sources) {
        expect(address).toMatch(/^https?:\/\//);
        expect(read).toMatch(/^20\d\d-\d\d-\d\d$/);
        expect(says).toMatch(/\d/);
      }
    }
  });

  it("multiplies no wider format faster than a narrower one", () => {
    for (const { name, peak } of devices) {
      const { float32 = 0, tf32 = float32, bfloat16 = tf32, float16 = bfloat16, fp8 = 0 } = peak;
      expect(tf32 >= float32 && bfloat16 >= tf32 && float16 >= float32, name).toBe(true);
      if (fp8 > 0) expect(fp8, name).toBeGreaterThanOrEqual(float16);
    }
  });
});

describe("what makes no sense is refused in one sentence", () => {
  const llama = model("Llama-2-7b");
  it.each([
    [() => flops(llama, { phase: "decode", context: 0 }), "flops: context must be an integer from 1, got 0"],
    [() => flops(llama, { phase: "write" as "decode", context: 1 }), "flops: phase must be one of prefill, decode"],
    [() => bound(llama, "H99", { phase: "decode", context: 1 }), "bound: device must be one of H100-SXM"],
    [
      () => bound(llama, "M2-Ultra", { phase: "decode", context: 1, devices: 2 }),
      "bound: M2-Ultra has no link to others of its kind, so devices must be 1, got 2",
    ],
    [() => expertsTouched(8, 9, 1), "expertsTouched: topK must be at most the number of experts 8, got 9"],
    [
      () => bound(llama, "H100", { phase: "decode", context: 1, dtype: { bits: 0 } }),
      "stepBytes: bits must be a number above 0, got 0",
    ],
  ])("%#", (run, sentence) => expect(run).toThrow(sentence));
});
