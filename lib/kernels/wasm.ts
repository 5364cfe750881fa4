import type { AttentionExports } from "./attention/wasm.js";
import { RESERVED_BYTES, wasmMemory } from "./memory.js";
import type { Grouped, Matmul } from "./matrix.js";
import type { Span } from "./rows.js";
import type { RowExports } from "./rows.wasm.js";
import * as modules from "./modules.generated.js";

/** What a built module exports; see kernels/src/lib.rs. Pointers are byte addresses, strides count elements. */
export interface KernelExports extends RowExports, AttentionExports {
  matmul(
    ...arguments_: [
      ...sizes: [m: number, k: number, n: number, batch: number],
      ...a: [pointer: number, rowStride: number, colStride: number, batchStride: number],
      ...b: [pointer: number, rowStride: number, colStride: number, batchStride: number],
      ...c: [pointer: number, rowStride: number, batchStride: number],
      accumulate: number,
      scratch: number,
    ]
  ): void;
  grouped_rows(
    ...arguments_: [
      ...groups: [count: number, starts: number, k: number, n: number],
      ...operands: [a: number, b: number, bRow: number, bCol: number, bGroup: number, c: number],
      accumulate: number,
      scratch: number,
    ]
  ): void;
  grouped_outer(
    ...arguments_: [
      ...groups: [count: number, starts: number, m: number, n: number],
      ...operands: [a: number, b: number, c: number],
      scratch: number,
    ]
  ): void;
  /** Bytes that kernels need at `scratch`. */
  scratch_bytes(): number;
  /** Runs `steps` steps of the register tile without memory: the speed that no matmul of this build can exceed. */
  ceiling(steps: number, pointer: number): void;
  /** FLOPs of one such step. */
  ceiling_flops(): number;
}

/** Where packed panels go: behind the kernels' stack, before the tensors. */
export const SCRATCH_ADDRESS = 128 * 1024;

/** Where group boundaries go, 4 bytes each: at the end of the kernels' part. */
const STARTS_ADDRESS = RESERVED_BYTES - 64 * 1024;

/** Instantiates a module on the shared memory. Synchronous: a module of this size compiles in about a millisecond. */
export function instantiate(bytes: Uint8Array<ArrayBuffer>): KernelExports {
  const memory = wasmMemory();
  if (!memory) throw new Error("there is no WebAssembly here: choose the typescript kernels");
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const kernels = instance.exports as unknown as KernelExports;
  if (SCRATCH_ADDRESS + kernels.scratch_bytes() > STARTS_ADDRESS) {
    throw new Error(`internal error: the kernels' scratch memory of ${kernels.scratch_bytes()} bytes reaches too far`);
  }
  return kernels;
}

/** The bytes of a build that the package carries. */
export function moduleBytes(name: "relaxed" | "simd"): Uint8Array<ArrayBuffer> {
  const digits = modules[name];
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** The matmul of a module, with operands turned into addresses. */
export function matmulOf(kernels: KernelExports): Matmul {
  return (m, k, n, batch, a, b, c, accumulate) => {
    // All blocks first: bringing one in may move memory, though never a block that was just touched.
    const pa = a.storage.address() + 4 * a.offset;
    const pb = b.storage.address() + 4 * b.offset;
    const pc = c.storage.address() + 4 * c.offset;
    // prettier-ignore
    kernels.matmul(
      m, k, n, batch,
      pa, a.rowStride, a.colStride, a.batchStride,
      pb, b.rowStride, b.colStride, b.batchStride,
      pc, c.rowStride, c.batchStride,
      accumulate ? 1 : 0, SCRATCH_ADDRESS,
    );
  };
}

/** The grouped products of a module. */
export function groupedOf(kernels: KernelExports): Grouped {
  const at = ({ storage, offset }: Span): number => storage.address() + 4 * offset;
  const place = (starts: Int32Array): number => {
    const room = (RESERVED_BYTES - STARTS_ADDRESS) / 4;
    if (starts.length > room)
      throw new RangeError(`grouped matmul: ${starts.length - 1} groups are more than the ${room - 1} that fit`);
    new Int32Array(wasmMemory()!.buffer, STARTS_ADDRESS, starts.length).set(starts);
    return STARTS_ADDRESS;
  };
  return {
    rows(starts, k, n, a, b, c, accumulate) {
      const [pa, pb, pc] = [at(a), at(b), at(c)];
      // prettier-ignore
      kernels.grouped_rows(
        starts.length - 1, place(starts), k, n,
        pa, pb, b.rowStride, b.colStride, b.batchStride, pc, accumulate ? 1 : 0, SCRATCH_ADDRESS,
      );
    },
    outer(starts, m, n, a, b, c) {
      const [pa, pb, pc] = [at(a), at(b), at(c)];
      kernels.grouped_outer(starts.length - 1, place(starts), m, n, pa, pb, pc, SCRATCH_ADDRESS);
    },
  };
}
