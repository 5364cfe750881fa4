import { describe, expect, it } from "vitest";
import { account, findModel, gigabytes, modelRow, modelRows, models, weightBytes } from "../../../lib/account/index.js";

const row = (name: string) => modelRow(findModel(name)!);
const counted = (name: string) => account(findModel(name)!.config!);

describe("the figures of the seeds", () => {
  it("C1: Mixtral 8x7B has 46,702,792,704 parameters, of which 12,879,925,248 work on a token", () => {
    const { total, active, byKind } = counted("Mixtral-8x7B");
    expect([total, active]).toEqual([46_702_792_704n, 12_879_925_248n]);
    expect(Number(byKind.expert) / Number(total)).toBeCloseTo(0.966, 3);
    // Eight times Mistral 7B, which the name suggests, would be too many: only the feed-forward layers are there eight times.
    expect(8n * counted("Mistral-7B").total).toBe(57_933_856_768n);
  });

  it("C6: Llama 2 70B has 68,976,648,192, 138 GB in 16 bits", () => {
    expect(counted("Llama-2-70B").total).toBe(68_976_648_192n);
    expect(gigabytes(weightBytes(counted("Llama-2-70B"), "float16"))).toBeCloseTo(137.95, 2);
  });

  it("C7: BERT-large has 335,141,888 and GPT-3 174,604,259,328, 521 times as many; 175e9 are 350 GB in float16", () => {
    const [bert, gpt3] = [counted("BERT-large").total, counted("GPT-3").total];
    expect([bert, gpt3]).toEqual([335_141_888n, 174_604_259_328n]);
    expect(Math.round(Number(gpt3) / Number(bert))).toBe(521);
    expect(gigabytes(weightBytes(counted("GPT-3"), "float16"))).toBeCloseTo(349.2, 1);
    expect(gigabytes(175e9 * 2)).toBe(350);
  });

  it("C9: GLaM has 1.16 trillion with 96.6 billion active, 8.3 %, from its paper's shapes", () => {
    const { total, active, ratio } = row("GLaM");
    expect(Number(total)).toBeCloseTo(1.162e12, -9.3);
    expect(Number(active)).toBeCloseTo(96.6e9, -8);
    expect(ratio).toBeCloseTo(0.083, 3);
  });

  it("C9: Switch-C has 1,571 billion, as in its paper's table", () => {
    expect(Math.round(Number(row("Switch-C").total) / 1e9)).toBe(1571);
    expect(counted("Switch-C").moeLayers).toBe(30);
  });

  it("C9: T5, BERT and ViT are there, each with the source of its sizes", () => {
    for (const name of ["T5-11B", "BERT-large", "ViT-B/16"]) {
      expect(row(name).ratio).toBe(1);
      expect(row(name).source).toMatch(/huggingface\.co|arxiv\.org/);
    }
  });

  it("C9 and C10: of GPT-4 nothing is published, so nothing is counted", () => {
    expect(row("GPT-4")).toMatchObject({
      total: null,
      active: null,
      ratio: null,
      experts: null,
      publishedTotal: "not published",
      publishedActive: "not published",
    });
  });

  it("A6: an expert of Mixtral is as wide as the layer it replaces, one of OLMoE and Qwen3 is not", () => {
    const width = (name: string) => findModel(name)!.config as Record<string, number>;
    expect(width("Mixtral-8x7B").intermediate_size).toBe(width("Mistral-7B").intermediate_size);
    expect(width("OLMoE-1B-7B").intermediate_size).toBe(1024);
    expect(width("Qwen3-30B-A3B").moe_intermediate_size).toBe(768);
  });
});

describe("the table", () => {
  it("counts every model within 2 % of its maker's total, or says why not", () => {
    for (const { name, total, publishedTotal, remark } of modelRows()) {
      if (total === null) continue;
      const [, digits, unit] = /^([\d.]+)([MBT])$/.exec(publishedTotal)!;
      const published = Number(digits) * { M: 1e6, B: 1e9, T: 1e12 }[unit as "M" | "B" | "T"];
      const off = Math.abs(Number(total) - published) / published;
      // "7B" and "1T" have a single digit: rounding alone is up to 7 % there.
      const rounding = digits.replace(".", "").length === 1 ? 0.15 : 0.035;
      expect(off < rounding || remark !== "", `${name}: ${total} against ${publishedTotal}`).toBe(true);
    }
  });

  it("has the totals of the files on the hub, to the digit", () => {
    // "total parameters" of each model's safetensors at huggingface.co.
    const files: Readonly<Record<string, bigint>> = {
      "Phi-3-mini": 3_821_079_552n,
      "Gemma-2-2B": 2_614_341_888n,
      "Gemma-2-27B": 27_227_128_320n,
      "Llama-3.1-8B": 8_030_261_248n,
      "Llama-3.1-70B": 70_553_706_496n,
      "Llama-3.2-1B": 1_235_814_400n,
      "Llama-3.2-3B": 3_212_749_824n,
      "Mistral-Nemo-12B": 12_247_782_400n,
      "Mistral-Small-24B": 23_572_403_200n,
      "Qwen2.5-72B": 72_706_203_648n,
      "Phi-4": 14_659_507_200n,
      "Qwen3-8B": 8_190_735_360n,
      "Qwen3-14B": 14_768_307_200n,
      "Qwen3-32B": 32_762_123_264n,
      "DeepSeek-V2": 235_741_434_880n,
      "DeepSeek-V2-Lite": 15_706_484_224n,
      "Phi-3.5-MoE": 41_873_153_344n,
    };
    for (const [name, total] of Object.entries(files)) expect(counted(name).total, name).toBe(total);
  });

  it("takes every config whole: none leaves a size to a default", () => {
    for (const { name, config } of models) if (config) expect(account(config).notes, name).toEqual([]);
  });

  it("finds a model whatever the letters' case and the dashes", () => {
    expect(findModel("mixtral 8x7b")?.name).toBe("Mixtral-8x7B");
    expect(findModel("vit-b16")?.name).toBe("ViT-B/16");
    expect(findModel("Mixtral")).toBeUndefined();
    expect(findModel("mistralai/Mixtral-8x7B-v0.1")?.name).toBe("Mixtral-8x7B");
    expect(findModel("gpt2")?.name).toBe("GPT-2");
    expect(findModel("")).toBeUndefined();
  });

  it("has no name twice, here or at the hub", () => {
    for (const model of models)
      for (const name of [model.name, model.hub, model.hub?.split("/")[1]])
        if (name !== undefined) expect(findModel(name), name).toBe(model);
  });
});
