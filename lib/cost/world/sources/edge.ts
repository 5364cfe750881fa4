/** Small devices: a phone, a board of 8 GB, a card of 72 W. */

import { from, type Measurement } from "../types.js";

const read = "2026-11-29";
const four = { bits: 4 } as const;
const note = "4 bits a weight, without the scales of its groups; no tokens in the cache";

export const edge: readonly Measurement[] = [
  ...from(
    {
      title: "ExecuTorch, Llama on Android",
      address:
        "https://github.com/pytorch/executorch/blob/007485696ccb1cff20ed8bf8c034692406dc90b2/examples/models/llama/README.md",
      date: "2024-10-24",
      read,
      quote: "measured on Android OnePlus 12 device … with prompt length of 64",
    },
    { device: "Snapdragon-8-Gen-3", context: 64 },
    [
      { model: "Llama-3.2-3B", figure: "7.6", tokensPerSecond: 7.6, quote: "3B BF16 (baseline) | 7.6 [Decode]" },
      {
        model: "Llama-3.2-3B",
        weights: four,
        figure: "19.7",
        tokensPerSecond: 19.7,
        quote: "3B SpinQuant | 19.7 (2.6x) [Decode]",
        note: "4 bits a weight: scales, and the head's 8 bits, are left out",
      },
    ],
  ),
  ...from(
    {
      title: "Jetson AI Lab, Benchmarks",
      address:
        "https://github.com/NVIDIA-AI-IOT/jetson-generative-ai-playground/blob/0311bad13300cc98653316eb1916dd7b0b928eb4/docs/benchmarks.md",
      date: "2024-12-18",
      read,
      quote: "Jetson Orin Nano (original) | Jetson Orin Nano Super … with MLC and INT4 quantization",
    },
    { device: "Jetson-Orin-Nano-8GB", weights: four, context: 1, note },
    [
      { model: "Llama-3.1-8B", figure: "19.14", tokensPerSecond: 19.14, quote: "Llama 3.1 8B | 14 | 19.14" },
      { model: "Llama-3.2-3B", figure: "43.07", tokensPerSecond: 43.07, quote: "Llama 3.2 3B | 27.7 | 43.07" },
    ],
  ),
  ...from(
    {
      title: "llm-inference-bench",
      address:
        "https://github.com/bereketlemma/llm-inference-bench/blob/28f11e2eed6fd3b35785170d40f8febe4ae6e7e8/README.md",
      date: "2026-04-06",
      read,
      quote: "Mistral-7B on an NVIDIA L4 (24GB) … INT4 AWQ-Marlin",
    },
    { device: "L4", model: "Mistral-7B", weights: four, context: 128 / 2 },
    [
      {
        model: "Mistral-7B",
        figure: "61.4",
        tokensPerSecond: 61.4,
        quote: "1 | 128 | 2,084 | 2,087 | 61.4",
        note: "4 bits a weight: scales, and embeddings and head in 16 bits, are left out",
      },
      {
        model: "Mistral-7B",
        batch: 8,
        figure: "452.3",
        tokensPerSecond: 452.3,
        quote: "8 | 128 | 2,264 | 2,266 | 452.3",
        note: "4 bits a weight: scales, and embeddings and head in 16 bits, are left out",
      },
    ],
  ),
];
