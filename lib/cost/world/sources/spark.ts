/** llama.cpp's own benchmark of a DGX Spark: mixtures, by batch. */

import { from, GiB, type Measurement } from "../types.js";

const qwen = { model: "Qwen3-30B-A3B", weights: { fileBytes: 30.25 * GiB } } as const;
const batched = "llama-batched-bench, PP 512, TG 32";

export const spark: readonly Measurement[] = from(
  {
    title: "llama.cpp, benches/dgx-spark.md",
    address: "https://github.com/ggml-org/llama.cpp/blob/4c7e9893c4ca8eec35d032726d14b74fae76cff8/benches/dgx-spark.md",
    date: "2025-11-02",
    read: "2026-11-29",
    quote: "NVIDIA GB10 … build: 2f68ce7cf (6918)",
  },
  { device: "DGX-Spark", context: 32 / 2 },
  [
    {
      model: "gpt-oss-120b",
      weights: { fileBytes: 59.02 * GiB },
      figure: "59.02",
      tokensPerSecond: 59.02,
      quote: "gpt-oss 120B MXFP4 MoE | 59.02 GiB | 116.83 B | CUDA | tg32 | 59.02 ± 0.17",
    },
    {
      ...qwen,
      figure: "60.92",
      tokensPerSecond: 60.92,
      quote: "qwen3moe 30B.A3B Q8_0 | 30.25 GiB | 30.53 B | CUDA | tg32 | 60.92 ± 0.17",
    },
    {
      ...qwen,
      batch: 8,
      context: 512 + 32 / 2,
      figure: "154.91",
      tokensPerSecond: 154.91,
      quote: `Qwen3-Coder-30B-A3B Q8_0, ${batched}, B 8: S_TG 154.91`,
    },
    {
      ...qwen,
      batch: 32,
      context: 512 + 32 / 2,
      figure: "345.01",
      tokensPerSecond: 345.01,
      quote: `Qwen3-Coder-30B-A3B Q8_0, ${batched}, B 32: S_TG 345.01`,
    },
  ],
);
