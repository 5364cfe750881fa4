/** Cards of servers. Peaks with sparsity, as data sheets print them, are halved. */

import type { Device } from "./types.js";

const HOPPER = {
  float32: 66.9e12,
  tf32: 494.7e12,
  bfloat16: 989.4e12,
  float16: 989.4e12,
  fp8: 1978.9e12,
  int8: 1978.9e12,
};
const NVLINK_4 = { name: "NVLink 4", bandwidth: 450e9 };
const SHARED = "Links carry half of the figure in each direction.";

export const datacenter: readonly Device[] = [
  {
    name: "H100-SXM",
    aliases: ["H100", "H100 SXM5", "H100 80GB"],
    memory: 80e9,
    bandwidth: 3.35e12,
    peak: HOPPER,
    link: NVLINK_4,
    host: 64e9,
    watts: 700,
    sources: [
      {
        address: "https://glennklockwood.com/garden/processors/h100",
        read: "2026-11-29",
        says: "80 GB HBM3; 3.35 TB/s (max); 900 GB/s NVLink; 128 GB/s PCIe Gen5; 700 W maximum; matrix TFLOPS: TF32 494.7, FP16 and BF16 989.4, FP8 and INT8 1978.9; FP32 66.9",
      },
    ],
    note: SHARED,
  },
  {
    name: "H200-SXM",
    aliases: ["H200", "H200 141GB"],
    memory: 141e9,
    bandwidth: 4.8e12,
    peak: HOPPER,
    link: NVLINK_4,
    host: 64e9,
    watts: 700,
    sources: [
      {
        address: "https://www.morphllm.com/nvidia-h200",
        read: "2026-11-29",
        says: "141GB of HBM3e memory at 4.8TB/s; 1,979 TFLOPS of BFLOAT16 and 3,958 of FP8 with sparsity; compute identical to the H100 SXM's",
      },
      {
        address:
          "https://raw.githubusercontent.com/mlcommons/inference_results_v4.1/main/closed/NVIDIA/systems/H200-SXM-141GBx8_TRT_MaxQ.json",
        read: "2026-11-29",
        says: "18x 4th Gen NVLink, 900GB/s; PCIe Gen5 x16; H200 TGP 700W",
      },
    ],
    note: `Peaks as of the H100, whose chip it has. ${SHARED}`,
  },
  {
    name: "A100-80GB",
    aliases: ["A100", "A100 SXM", "A100-SXM4-80GB"],
    memory: 80e9,
    bandwidth: 2.039e12,
    peak: { float32: 19.5e12, tf32: 156e12, bfloat16: 312e12, float16: 312e12, int8: 624e12 },
    link: { name: "NVLink 3", bandwidth: 300e9 },
    host: 32e9,
    watts: 400,
    sources: [
      {
        address: "https://glennklockwood.com/garden/processors/A100",
        read: "2026-11-29",
        says: "80 GB HBM2e; 2.039 [T]B/s; 300+300 GB/s NVLink; 32+32 GB/s PCIe Gen4; 400 W maximum; matrix TFLOPS: TF32 156, FP16 and BF16 312, INT8 624; FP32 19.5",
      },
    ],
  },
  {
    name: "L4",
    memory: 24e9,
    bandwidth: 300e9,
    peak: { float32: 31.3e12, tf32: 62.7e12, bfloat16: 125.3e12, float16: 125.3e12, fp8: 250.7e12, int8: 250.7e12 },
    link: { name: "PCIe 4.0 x16", bandwidth: 32e9 },
    host: 32e9,
    watts: 72,
    sources: [
      {
        address: "https://hmc-tech.com/gpu/nvidia-l4-vs-nvidia-l40",
        read: "2026-11-29",
        says: "24GB GDDR6; TDP 72W; FP32 31.33 TFLOPS; TF32 62.67, BF16 and FP16 125.34, FP8 and INT8 250.68 TFLOPS Tensor, without sparsity",
      },
      {
        address: "https://grokipedia.com/page/NVIDIA_L4_vs_L40S",
        read: "2026-11-29",
        says: "24 GB GDDR6 memory at 300 GB/s; 242 TFLOPS in FP16 and 485 in FP8 with sparsity",
      },
    ],
    note: "The higher of both sources' peaks, as this is a bound. PCIe 4.0 x16 carries 32 GB/s in each direction.",
  },
];
