/** NVIDIA's TensorRT-LLM: large batches and whole prompts, A100, H100 and H200. */

import { from, type Measurement } from "../types.js";

const read = "2026-11-29";

const early = {
  title: "TensorRT-LLM v0.6.1, Performance",
  address:
    "https://github.com/NVIDIA/TensorRT-LLM/blob/138f96d45f90b9667426f7c47297d8c06bafac73/docs/source/performance.md",
  date: "2023-12",
  read,
  quote:
    "H100 GPUs (FP8) … A100 GPUs (FP16) … TP stands for Tensor Parallelism [issue 281 there, 2023-11-05: based on SXM and 80GB memory]",
};

/** Tokens of a text while 2048 are written behind a prompt of 128, on average. */
const context = 128 + 2048 / 2;
const a100 = { device: "A100-80GB", weights: "float16", context } as const;
const h100 = { device: "H100-SXM", weights: "fp8", cache: "fp8", context } as const;
const prompt = { phase: "prefill", context: 2048 } as const;
const first = "tokens per second: the 2048 of the prompt by the time to the first token";
const mixed = "the time includes the prompts', the bound does not";

export const tensorRt: readonly Measurement[] = [
  ...from(early, a100, [
    {
      model: "Llama-2-7B",
      batch: 60,
      figure: "1,928",
      tokensPerSecond: 1928,
      quote: "LLaMA 7B | 60 | 1 | 128 | 2048 | 1,928",
      note: mixed,
    },
    {
      ...prompt,
      model: "Llama-2-7B",
      figure: "133",
      tokensPerSecond: 2048 / 0.133,
      quote: "LLaMA 7B | 1 | 1 | 2048 | 133",
      note: first,
    },
    {
      ...prompt,
      model: "Llama-2-70B",
      devices: 4,
      figure: "377",
      tokensPerSecond: 2048 / 0.377,
      quote: "LLaMA 70B | 1 | 4 | 2048 | 377",
      note: first,
    },
  ]),
  ...from(early, h100, [
    {
      model: "Llama-2-7B",
      batch: 112,
      figure: "6,818",
      tokensPerSecond: 6818,
      quote: "LLaMA 7B | 112 | 1 | 128 | 2048 | 6,818",
      note: mixed,
    },
    {
      model: "Llama-2-70B",
      devices: 4,
      batch: 480,
      figure: "1,486",
      tokensPerSecond: 1486 * 4,
      quote: "out tok/s/GPU: LLaMA 70B | 480 | 4 | 128 | 2048 | 1,486",
      note: mixed,
    },
    {
      ...prompt,
      model: "Llama-2-7B",
      figure: "36",
      tokensPerSecond: 2048 / 0.036,
      quote: "LLaMA 7B | 1 | 1 | 2048 | 36",
      note: first,
    },
    {
      ...prompt,
      model: "Llama-2-70B",
      devices: 4,
      figure: "109",
      tokensPerSecond: 2048 / 0.109,
      quote: "LLaMA 70B | 1 | 4 | 2048 | 109",
      note: first,
    },
  ]),
  ...from(
    {
      title: "TensorRT-LLM v1.0, Overview of performance",
      address:
        "https://github.com/NVIDIA/TensorRT-LLM/blob/00f37686aa854010d68bcbd0f4ab000221541ca6/docs/source/performance/perf-overview.md",
      date: "2025-09",
      read,
      quote: "a local inference client is fed requests at an infinite rate … Total Output Throughput (tokens/sec)",
    },
    h100,
    [
      {
        model: "Llama-3.1-8B",
        batch: "most",
        figure: "22,714",
        tokensPerSecond: 22_714,
        quote: "Llama 3.1 8B, H100 TP1 (FP8): 128/2048 | 22,714",
        note: `batch not stated: as many as 80 GB hold at this context; ${mixed}`,
      },
      {
        model: "Llama-3.3-70B",
        device: "H200-SXM",
        batch: "most",
        figure: "4,336",
        tokensPerSecond: 4336,
        quote: "Llama 3.3 70B, H200 TP1 (FP8): 128/2048 | 4,336",
        note: `batch not stated: as many as 141 GB hold at this context; ${mixed}`,
      },
      {
        model: "Qwen3-235B-A22B",
        device: "H200-SXM",
        devices: 8,
        sharing: "experts",
        batch: 3000,
        figure: "42,821",
        tokensPerSecond: 42_821,
        quote: "Qwen3-235B-A22B, H200 TP8 (FP8): 128/2048 | 42,821; num_requests 3000; enable_attention_dp: true",
        note: `batch not stated: all of the 3000 requests; ${mixed}`,
      },
    ],
  ),
];
