import { describe, expect, it } from "vitest";
import {
  account,
  bytesPerNumber,
  cacheBytes,
  type DtypeName,
  findModel,
  weightBytes,
} from "../../../lib/account/index.js";

const known = (name: string) => account(findModel(name)!.config!);

describe("weights", () => {
  it("take 4, 2 and 1 bytes a parameter", () => {
    const mixtral = known("Mixtral-8x7B");
    expect(weightBytes(mixtral, "float32")).toBe(4 * 46_702_792_704);
    expect(weightBytes(mixtral, "bfloat16")).toBe(93_405_585_408);
    expect(weightBytes(mixtral, "fp8")).toBe(46_702_792_704);
  });

  it("take half a byte and a share of scale and zero point in int4, but for embeddings, head, norms and router", () => {
    const mixtral = known("Mixtral-8x7B");
    const kept = 2 * 131_072_000 + 266_240 + 1_048_576;
    expect(weightBytes(mixtral, "int4")).toBe((46_702_792_704 - kept) * (0.5 + 2.5 / 128) + 2 * kept);
    // A byte for 64 numbers is their scale, and 4 bytes for 256 of those are the scale of the scales.
    const each = 0.5 + 1 / 64 + 4 / (64 * 256);
    expect(weightBytes(mixtral, "nf4")).toBeCloseTo((46_702_792_704 - kept) * each + 2 * kept, 0);
  });

  it("take a quarter bit more than four in mxfp4, of the experts alone where there are any, as gpt-oss is shipped", () => {
    expect(weightBytes(known("gpt-oss-120b"), "mxfp4")).toBe(65_248_815_744); // its files: hf-mem issue 60
    const kept = 2 * 131_072_000 + 65 * 4096;
    expect(weightBytes(known("Llama-2-7B"), "mxfp4")).toBe(((6_738_415_616 - kept) * 4.25) / 8 + 2 * kept);
  });

  it("of Llama-2-7B are 3.889 GB in int4 with the zero points, 0.65 % more than without", () => {
    const bytes = weightBytes(known("Llama-2-7B"), "int4");
    expect(bytes / 1e9).toBeCloseTo(3.889, 3);
    expect(bytes / (bytes - (6_476_005_376 * 4) / 128 / 8)).toBeCloseTo(1.0065, 4);
  });

  it("have their formats by any name that configs and engines use; other words are refused in a sentence", () => {
    const mixtral = known("Mixtral-8x7B");
    for (const [name, dtype] of [
      ["bf16", "bfloat16"],
      ["fp16", "float16"],
      ["half", "float16"],
      ["fp32", "float32"],
      ["torch.bfloat16", "bfloat16"],
      ["BF16", "bfloat16"],
      ["float8_e4m3fn", "fp8"],
    ] as [DtypeName, DtypeName][]) {
      expect(weightBytes(mixtral, name)).toBe(weightBytes(mixtral, dtype));
      expect(cacheBytes(mixtral, { tokens: 9, dtype: name })).toBe(cacheBytes(mixtral, { tokens: 9, dtype }));
      expect(bytesPerNumber(name)).toBe(bytesPerNumber(dtype));
    }
    for (const wrong of ["bf17", "", "toString", "__proto__", null, undefined, 16, {}]) {
      const sentence = /^weightBytes: dtype must be one of float32, bfloat16, [a-z0-9, ]+, got [^\n]+$/;
      expect(() => weightBytes(mixtral, wrong as never)).toThrow(sentence);
      if (wrong !== undefined)
        expect(() => cacheBytes(mixtral, { tokens: 1, dtype: wrong as never })).toThrow(/^cacheBytes: dtype must be/);
    }
  });

  it("do not include what is saved but not trained", () => {
    const v3 = known("DeepSeek-V3");
    expect(v3.buffers.total).toBe(14_848n);
    expect(weightBytes(v3, "fp8")).toBe(671_026_404_352);
  });
});
