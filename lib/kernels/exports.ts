import type { AttentionExports } from "./attention/wasm.js";
import type { RowExports } from "./rows/wasm.js";

/** What a built module exports; see kernels/src/lib.rs. Pointers are byte addresses, strides count elements. */
export interface KernelExports extends RowExports, AttentionExports {
  matmul: (
    ...arguments_: [
      ...sizes: [m: number, k: number, n: number, batch: number],
      ...a: [pointer: number, rowStride: number, colStride: number, batchStride: number],
      ...b: [pointer: number, rowStride: number, colStride: number, batchStride: number],
      ...c: [pointer: number, rowStride: number, batchStride: number],
      accumulate: number,
      scratch: number,
    ]
  ) => void;
  grouped_rows: (
    ...arguments_: [
      ...groups: [count: number, starts: number, k: number, n: number],
      ...operands: [a: number, b: number, bRow: number, bCol: number, bGroup: number, c: number],
      accumulate: number,
      scratch: number,
    ]
  ) => void;
  grouped_outer: (
    ...arguments_: [
      ...groups: [count: number, starts: number, m: number, n: number],
      ...operands: [a: number, b: number, c: number],
      scratch: number,
    ]
  ) => void;
  /** Writes the constants that loops read where layout.ts says, and returns the address behind them. To be called before all else. */
  write_constants: () => number;
  /** Bytes that kernels need at `scratch`. */
  scratch_bytes: () => number;
  /** Runs `steps` steps of the register tile without memory: the speed that no matmul of this build can exceed. */
  ceiling: (steps: number, pointer: number) => void;
  /** FLOPs of one such step. */
  ceiling_flops: () => number;
  /** Each thread has a stack of its own. */
  readonly __stack_pointer: WebAssembly.Global;
}
