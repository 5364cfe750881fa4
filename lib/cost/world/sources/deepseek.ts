/** DeepSeek-V3 on many machines, by its makers and by SGLang's. */

import { from, type Measurement } from "../types.js";

const read = "2026-11-29";
const fp8 = { model: "DeepSeek-V3", weights: "fp8", sharing: "experts" } as const;

export const deepseek: readonly Measurement[] = [
  ...from(
    {
      title: "DeepSeek-V3/R1 Inference System Overview",
      address:
        "https://github.com/deepseek-ai/open-infra-index/blob/56d86855fcf6e08fdfd45ce6280bd24322c93351/202502OpenSourceWeek/day_6_one_more_thing_deepseekV3R1_inference_system_overview.md",
      date: "2025-03-01",
      read,
      quote:
        "served on H800 GPUs … average kvcache length per output token was 4,989 tokens … matrix multiplications and dispatch transmissions adopt the FP8 format … core MLA computations and combine transmissions use the BF16 format",
    },
    { device: "H100-SXM", context: 4989 },
    [
      {
        ...fp8,
        devices: 18 * 8,
        batch: 18 * 8 * 128,
        figure: "14.8k",
        tokensPerSecond: 14_800 * 18,
        quote: "Each H800 node delivers an average throughput of … ~14.8k tokens/s output during decoding",
        note: "an H800 is an H100 with a slower link; 18 nodes are one unit of decoding; 128 texts a GPU as SGLang's table has it",
      },
    ],
  ),
  ...from(
    {
      title: "Deploying DeepSeek with PD Disaggregation and Large-scale Expert Parallelism on 96 H100 GPUs",
      address: "https://lmsys.org/blog/2025-05-05-large-scale-ep/",
      date: "2025-05-05",
      read,
      quote: "runs on 12 nodes, each with 8 H100 GPUs",
    },
    { device: "H100-SXM", context: 2000 },
    [
      {
        ...fp8,
        devices: 9 * 8,
        batch: 9 * 8 * 256,
        figure: "22,282",
        tokensPerSecond: 22_282 * 9,
        quote:
          "SGLang (Default): Batch Size 256, KV Cache Length 2,000, Number of Nodes 9, Throughput (per node) 22,282",
      },
      {
        ...fp8,
        phase: "prefill",
        devices: 4 * 8,
        batch: (4 * 8 * 16_384) / 4096,
        context: 4096,
        figure: "50,302",
        tokensPerSecond: 50_302 * 4,
        quote: "On 4 nodes (4×8×H100, EP32) … Batch Size 16,384, Input Length 4,096, Throughput (per node) 50,302",
      },
    ],
  ),
];
