/** What people have at home, in a bag or on a robot. */

import type { Device } from "./types.js";

const READ = "2026-11-29";
/** Apple's processors multiply 16 bits as fast as 32. Apple publishes no power. */
const apple = (
  name: string,
  memory: number,
  bandwidth: number,
  flops: number,
  sources: Device["sources"],
  note?: string,
): Device => ({
  name,
  aliases: [`Apple ${name}`],
  memory,
  bandwidth,
  peak: { float32: flops, bfloat16: flops, float16: flops },
  link: null,
  host: null,
  watts: null,
  sources,
  ...(note === undefined ? {} : { note }),
});
const cores = (address: string, says: string): Device["sources"][number] => ({ address, read: READ, says });
const M2_MAX = cores(
  "https://github.com/philipturner/applegpuinfo/issues/10",
  "Apple M2 Max, 38 cores: GPU bandwidth 409.6 GB/s, GPU FLOPS 13.6 TFLOPS, GPU memory 96 GB (2024-07-23)",
);

export const personal: readonly Device[] = [
  {
    name: "RTX-4090",
    aliases: ["GeForce RTX 4090", "4090"],
    memory: 24e9,
    bandwidth: 1.008e12,
    peak: { float32: 82.6e12, tf32: 82.6e12, bfloat16: 165.2e12, float16: 330.3e12, fp8: 660.6e12, int8: 660.6e12 },
    link: { name: "PCIe 4.0 x16", bandwidth: 32e9 },
    host: 32e9,
    watts: 450,
    sources: [
      {
        address: "https://holynerdvana.blogspot.com/2022/10/nvidia-geforce-rtx-4090-specifications.html",
        read: READ,
        says: "VRAM 24 GB; 1008 GB/s; 450 W; FP32 82.6 TFLOPS; with sparsity FP16 661 and FP8 1321 TFLOPS (2022-11-01)",
      },
      {
        address: "https://waredb.com/processor/nvidia-geforce-rtx-4090",
        read: READ,
        says: "without sparsity TF32 82.58, BF16 165.15 TFLOPS, INT8 660.60 TOPS",
      },
    ],
    note: "float16 and fp8 are the peaks of sums in 16 bits; sums in 32 bits, as for bfloat16, take twice as long. PCIe 4.0 x16 carries 32 GB/s in each direction.",
  },
  apple(
    "M1-Max",
    64e9,
    409.6e9,
    10.6e12,
    [
      cores(
        "https://github.com/philipturner/applegpuinfo/issues/2",
        "Apple M1 Max, 32 cores: GPU bandwidth 409.6 GB/s, GPU FLOPS 10.617 TFLOPS (2023-05-28)",
      ),
    ],
    "Sold with up to 64 GB; the source's has 32 GB.",
  ),
  apple("M2-Max", 96e9, 409.6e9, 13.6e12, [M2_MAX]),
  apple(
    "M2-Ultra",
    192e9,
    819.2e9,
    27.2e12,
    [
      M2_MAX,
      cores(
        "https://www.apple.com/pt/newsroom/2023/06/apple-introduces-m2-ultra",
        "two M2 Max dies; up to 192GB of unified memory; 800GB/s of memory bandwidth, twice that of M2 Max (2023-06-05)",
      ),
    ],
    "Twice the M2 Max.",
  ),
  apple("M4-Max", 128e9, 546e9, 18.4e12, [
    cores(
      "http://www.notebookcheck.net/Apple-M4-Max-official-with-incremental-upgrades-over-the-M3-Max.911098.0.html",
      "up to 128 GB of 'unified' memory with a total bandwidth of 546 GB/s",
    ),
    cores("https://github.com/huggingface/huggingface.js/pull/1044", "M4 Max 18.4 (FP32, 40 cores) (2024-11-19)"),
  ]),
  {
    name: "Ryzen-7-7840U",
    aliases: ["laptop CPU", "7840U"],
    memory: 32e9,
    bandwidth: 120e9,
    peak: { float32: 1.31e12, bfloat16: 2.61e12, float16: 1.31e12, int8: 5.22e12 },
    link: null,
    host: null,
    watts: 30,
    sources: [
      {
        address: "https://cputronic.com/cpu/amd-ryzen-7-7840u",
        read: READ,
        says: "8 cores; 3.3 GHz, in Turbo Boost 5.1 GHz; DDR5-5600 and LPDDR5x-7500; from 15W to 30W",
      },
    ],
    note: "Computed: 7,500 million transfers of 16 bytes a second (two channels); 8 cores at 5.1 GHz with 32 FLOPs a cycle in float32, twice that in bfloat16 and four times in int8 (AVX-512 in two halves), which no laptop holds for long. Memory: a common size.",
  },
  {
    name: "Snapdragon-8-Gen-3",
    aliases: ["phone"],
    memory: 12e9,
    bandwidth: 76.8e9,
    peak: { float32: 4.6e12, float16: 9.2e12, bfloat16: 9.2e12 },
    link: null,
    host: null,
    storage: { name: "UFS 4.0", bandwidth: 4.2e9 },
    watts: null,
    sources: [
      {
        address: "https://droidholic.com/snapdragon-8-gen-3-launched/",
        read: READ,
        says: "LPDDR5X RAM with up to 4800MHz",
      },
      {
        address: "https://www.doc.surf/wiki/adreno",
        read: READ,
        says: "Adreno: compute up to 4608.0 GFLOPS (FP32)",
      },
      {
        address: "https://fyss.in/processor-specs/mobile-processor-specs/snapdragon-8-gen-3-specs",
        read: READ,
        says: "UFS 4.0 storage",
      },
      {
        address: "https://voonze.com/samsung-announces-the-first-ufs-4-0-storage-chip-what-advantages-does-it-bring/",
        read: READ,
        says: "UFS 4.0: sequential read speeds of 4,200MB/s (2022-05-07)",
      },
    ],
    note: "Computed: two transfers of 8 bytes for each of the 4,800 million cycles (64 bits). The peak is the highest of its series of GPUs, doubled for 16 bits; that of its neural processor is not published. Memory: a common size, of which the system takes its part.",
  },
  {
    name: "Jetson-Orin-Nano-8GB",
    aliases: ["Jetson Orin Nano", "Orin Nano", "Jetson Orin Nano Super", "edge"],
    memory: 8e9,
    bandwidth: 102e9,
    peak: { float32: 2.09e12, tf32: 8.4e12, bfloat16: 16.8e12, float16: 16.8e12, int8: 33.5e12 },
    link: null,
    host: null,
    storage: { name: "NVMe drive, PCIe 3.0 x4", bandwidth: 3.5e9 },
    watts: 25,
    sources: [
      {
        address: "https://www.brojogopalsapui.com/ai-foundations/sub_contents/AI_hardware/jetson_orin_nano_light.html",
        read: READ,
        says: "Super: 8 GB LPDDR5, 102 GB/s (was 68), 1 024 CUDA cores, GPU clock 1.02 GHz, 67 TOPS (INT8 sparse), 7–25 W",
      },
      {
        address: "https://www.scribd.com/document/673174036/Orin-nano-datasheet",
        read: READ,
        says: "1 x4 (GEN3) PCIe; supports external storage (NVMe)",
      },
      {
        address: "https://nuvorix.com/glossary/nvme",
        read: READ,
        says: "PCIe 3.0 x4 NVMe SSDs: read and write speeds up to 3,500 MB/s",
      },
    ],
    note: "Computed: half of 67 TOPS without sparsity, half of that in 16 bits, half again in TF32; 2 FLOPs a core and cycle in float32. As first sold, with 15 W, it moved 68 GB/s.",
  },
];
