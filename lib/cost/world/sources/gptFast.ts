/** PyTorch's gpt-fast: one text, one to eight A100. */

import { from, type Measurement } from "../types.js";

const commit = "32971d3129541c5bfb4f715abc33d1c5f408d204";
const address = `https://github.com/pytorch-labs/gpt-fast/blob/${commit}`;
const words =
  "8xA100-80GB, power limited to 330W with a hybrid cube mesh topology … batch size=1 … a very small prompt length (just 5 tokens)";
const read = "2026-11-29";
const note = "context: the prompt alone, without what was generated";
const common = { device: "A100-80GB", context: 5, note };

export const gptFast: readonly Measurement[] = [
  ...from(
    { title: "gpt-fast, README", address: `${address}/README.md#benchmarks`, date: "2024-09-15", read, quote: words },
    common,
    [
      { model: "Llama-2-7B", figure: "104.9", tokensPerSecond: 104.9, quote: "Llama-2-7B | Base | 104.9" },
      {
        model: "Llama-2-7B",
        weights: "int8",
        figure: "155.58",
        tokensPerSecond: 155.58,
        quote: "Llama-2-7B | 8-bit | 155.58",
      },
      {
        model: "Llama-2-70B",
        devices: 8,
        figure: "62.50",
        tokensPerSecond: 62.5,
        quote: "Llama-2-70B | 8 [GPUs] | 62.50",
      },
      {
        model: "Llama-3.1-405B",
        devices: 8,
        weights: "int8",
        figure: "15.60",
        tokensPerSecond: 15.6,
        quote: "Tensor Parallelism + Quantization: Llama-3.1-405B | 8-bit | 15.60",
      },
    ],
  ),
  ...from(
    {
      title: "gpt-fast, Mixtral 8x7B",
      address: `${address}/mixtral-moe/README.md#benchmarks`,
      date: "2024-03-08",
      read,
      quote: words,
    },
    common,
    [
      {
        model: "Mixtral-8x7B",
        weights: "int8",
        figure: "97.92",
        tokensPerSecond: 97.92,
        quote: "int8 | 97.92 [1 GPU]",
      },
      {
        model: "Mixtral-8x7B",
        devices: 8,
        figure: "227.82",
        tokensPerSecond: 227.82,
        quote: "baseline(bfloat16) | 227.82 [8 GPU]",
      },
    ],
  ),
];
