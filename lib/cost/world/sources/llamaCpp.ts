/** llama.cpp, by several hands: desktops and laptops. `tg N` generates N tokens from an empty cache, `pp N` reads a prompt of N. */

import { from, GiB, type Measurement } from "../types.js";

const read = "2026-11-29";

export const llamaCpp: readonly Measurement[] = [
  ...from(
    {
      title: "GPU-Benchmarks-on-LLM-Inference",
      address:
        "https://github.com/XiongjieDai/GPU-Benchmarks-on-LLM-Inference/blob/aa72e0ec86c356c41f8281c9733e9a13c3675800/README.md",
      date: "2024-05-12",
      read,
      quote: "llama-bench -p 512,1024,4096,8192 -n 512,1024,4096,8192 … 8B 4.58 [GiB] Q4_K_M, 70B 39.59 Q4_K_M",
    },
    { device: "RTX-4090", context: 1024 / 2, weights: "float16" },
    [
      {
        model: "Llama-3-8B",
        figure: "54.34",
        tokensPerSecond: 54.34,
        quote: "4090 24GB | 8B F16 | tg 1024: 54.34",
      },
      {
        model: "Llama-3-8B",
        weights: { fileBytes: 4.58 * GiB },
        figure: "127.74",
        tokensPerSecond: 127.74,
        quote: "4090 24GB | 8B Q4_K_M | tg 1024: 127.74",
      },
      {
        model: "Llama-3-8B",
        phase: "prefill",
        context: 1024,
        figure: "9056.26",
        tokensPerSecond: 9056.26,
        quote: "4090 24GB | 8B F16 | pp 1024: 9056.26",
      },
      {
        model: "Llama-3.1-70B",
        device: "A100-80GB",
        weights: { fileBytes: 39.59 * GiB },
        figure: "24.33",
        tokensPerSecond: 24.33,
        quote: "A100 SXM 80GB | 70B Q4_K_M | tg 1024: 24.33",
        note: "Llama 3 70B, whose sizes are those of 3.1",
      },
      {
        model: "Llama-3.1-70B",
        device: "M2-Ultra",
        figure: "4.71",
        tokensPerSecond: 4.71,
        quote: "M2 Ultra 76-Core GPU 192GB | 70B F16 | tg 1024: 4.71",
        note: "Llama 3 70B, whose sizes are those of 3.1",
      },
      {
        model: "Llama-3-8B",
        device: "M2-Ultra",
        phase: "prefill",
        context: 1024,
        figure: "1202.74",
        tokensPerSecond: 1202.74,
        quote: "M2 Ultra 76-Core GPU 192GB | 8B F16 | pp 1024: 1202.74",
      },
      {
        model: "Llama-3-8B",
        device: "M1-Max",
        figure: "18.43",
        tokensPerSecond: 18.43,
        quote: "M1 Max 32-Core GPU 64GB | 8B F16 | tg 1024: 18.43",
      },
    ],
  ),
  ...from(
    {
      title: "llama.cpp, pull request 4406: Mixtral",
      address: "https://github.com/ggml-org/llama.cpp/pull/4406",
      date: "2023-12-16",
      read,
      quote: "M2 Max Studio, 8+4 CPU, 38 GPU, 96 GB - Mixtral 8x 7B Instruct",
    },
    { device: "M2-Max", context: 128 / 2 },
    [
      {
        model: "Mixtral-8x7B",
        weights: { fileBytes: 24.62 * GiB },
        figure: "36.66",
        tokensPerSecond: 36.66,
        quote: "Q4_0 | 24.62 GiB | tg 128: 36.66 ± 0.05",
      },
    ],
  ),
  ...from(
    {
      title: "beowulf-ai-cluster, issue 17: Mac Studio",
      address: "https://github.com/geerlingguy/beowulf-ai-cluster/issues/17",
      date: "2025-12-10",
      read,
      quote: "Single node: llama-bench -m models/DeepSeek-R1-Q4_K_M",
    },
    { device: "M3-Ultra", context: 128 / 2 },
    [
      {
        model: "DeepSeek-R1",
        weights: { fileBytes: 376.65 * GiB },
        figure: "20.21",
        tokensPerSecond: 20.21,
        quote: "deepseek2 671B Q4_K - Medium | 376.65 GiB | 671.03 B | Metal | tg128 | 20.21 ± 0.02",
      },
    ],
  ),
  ...from(
    {
      title: "ai-benchmarks, issue 53",
      address: "https://github.com/geerlingguy/ai-benchmarks/issues/53",
      date: "2026-09-10",
      read,
      quote: "2014 Macbook Pro (Intel Core i5 4278U) … 8GB DDR3L-1600 … 2019377696",
    },
    { device: "Core-i5-4278U", context: 128 / 2 },
    [
      {
        model: "Llama-3.2-3B",
        weights: { fileBytes: 2_019_377_696 },
        figure: "7.68",
        tokensPerSecond: 7.68,
        quote: "llama 3B Q4_K - Medium | 1.87 GiB | CPU | 2 | tg128 | 7.68 ± 0.03",
      },
    ],
  ),
];
