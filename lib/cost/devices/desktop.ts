/** What stands on a desk, and a laptop that has been measured with all that a bound needs. */

import type { Device } from "./types.js";

const READ = "2026-11-29";

export const desktop: readonly Device[] = [
  {
    name: "M3-Ultra",
    aliases: ["Apple M3-Ultra"],
    memory: 512e9,
    bandwidth: 819.2e9,
    peak: { float32: 28.6e12, bfloat16: 28.6e12, float16: 28.6e12 },
    link: null,
    host: null,
    watts: null,
    sources: [
      {
        address: "https://inforeader.com/i/?a=reader&rid=67c916097fa95&search=%23m3%2Bultra",
        read: READ,
        says: "Apple M3 Ultra (high): 80 GPU cores, 128GB/256GB/512GB, 819.2GB/s",
      },
      {
        address: "https://hmc-tech.com/gpu/apple-60-core-m3-ultra-vs-nvidia-geforce-rtx-3060",
        read: READ,
        says: "60-Core M3 Ultra: FP32 and FP16 21.47 TFLOPS",
      },
    ],
    note: "Computed: the peak of 80 cores from that of 60.",
  },
  {
    name: "DGX-Spark",
    aliases: ["GB10", "Spark"],
    memory: 128e9,
    bandwidth: 273e9,
    peak: { float32: 31e12, bfloat16: 125e12, float16: 125e12, fp8: 250e12, int8: 250e12 },
    link: { name: "ConnectX-7", bandwidth: 25e9 },
    host: null,
    watts: 140,
    sources: [
      {
        address: "https://ai-infrastructure.net/dgx-spark/",
        read: READ,
        says: "128GB LPDDR5x unified, 273 GB/s; up to 1 PFLOP of FP4 (with sparsity); ~140 W TDP; 2x QSFP ConnectX-7 (200 Gb/s)",
      },
      {
        address: "https://meterpreter.org/a-supercomputer-on-your-desk-nvidia-unveils-the-dgx-spark-ai-superchip",
        read: READ,
        says: "roughly 31 TFLOPS in FP32",
      },
    ],
    note: "Computed: half of the petaFLOP without sparsity, half of that in 8 bits, half again in 16.",
  },
  {
    name: "Core-i5-4278U",
    aliases: ["4278U"],
    memory: 8e9,
    bandwidth: 25.6e9,
    peak: { float32: 198e9, float16: 198e9, bfloat16: 198e9 },
    link: null,
    host: null,
    watts: 28,
    sources: [
      {
        address: "https://chipversus.com/hardware/cpu/core-i5-4278u",
        read: READ,
        says: "2 cores; boost up to 3.1 GHz; 28 Watt; Haswell",
      },
      {
        address: "https://github.com/geerlingguy/ai-benchmarks/issues/53",
        read: READ,
        says: "Intel Core i5 4278U, 8GB DDR3L-1600",
      },
    ],
    note: "A laptop of 2014. Computed: 1,600 million transfers of 16 bytes a second (two channels); 2 cores at 3.1 GHz with 32 FLOPs a cycle (two multiply-adds of 8 float32).",
  },
];
