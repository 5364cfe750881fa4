import type { Storage } from "../memory.js";
import type { Crew } from "../threads.js";
import { SCRATCH_ADDRESS, type KernelExports } from "../wasm.js";
import { headAt, overHeads, statsAt, type AttentionKernels, type AttentionSizes } from "./types.js";

type Rows = [pointer: number, rowStride: number];
type Sizes = [queries: number, keys: number, size: number, valueSize: number, scale: number, ahead: number];

/** What a built module exports for one head; see kernels/src/attention. Pointers are byte addresses, 0 is "none". */
export interface AttentionExports {
  attention: (
    ...arguments_: [...sizes: Sizes, ...q: Rows, ...k: Rows, ...v: Rows, ...y: Rows, stats: number, scratch: number]
  ) => number;
  attention_backward: (
    ...arguments_: [
      ...sizes: Sizes,
      ...operands: [...q: Rows, ...k: Rows, ...v: Rows, ...dy: Rows, stats: number],
      ...results: [...dq: Rows, ...dk: Rows, ...dv: Rows, adds: number],
      scratch: number,
    ]
  ) => number;
  attention_keys: () => number;
}

/** The arguments, without scratch space, for query head h of batch row b, whose keys are head g's; see `overHeads`. */
type HeadCall = (b: number, h: number, g: number, place: number) => number[];

/** The attention of a module, with operands turned into addresses; heads are shared with the threads of a crew. */
export function attentionOf(kernels: KernelExports, crew?: Crew): AttentionKernels {
  const run = (
    name: "attention" | "attention_backward",
    sizes: AttentionSizes,
    products: number,
    call: HeadCall,
  ): number => {
    const { batch, heads, groups, queries, keys, size } = sizes;
    const threads = crew ? crew.threads(2 * products * batch * heads * queries * keys * size) : 1;
    const kernel: (...values: number[]) => number = kernels[name];
    if (threads === 1) return overHeads(sizes, (...head) => kernel(...call(...head), SCRATCH_ADDRESS));
    const calls: number[][] = [];
    overHeads(sizes, (...head) => calls.push(call(...head)));
    // Heads that add to the gradients of the same keys go one after another.
    return crew!.run(name, calls, threads, products > 2 ? heads / groups : 1);
  };
  return {
    maxKeys: kernels.attention_keys(),
    forward(sizes, q, k, v, y, stats) {
      const { queries, keys, size, valueSize, scale, ahead } = sizes;
      // All blocks first: bringing one in may move memory, though never a block that was just touched.
      const [Q, K, V, Y] = [q, k, v, y].map(({ storage }) => storage.address());
      const S = baseOf(stats?.storage);
      // prettier-ignore
      return run("attention", sizes, 2, (b, h, g) => [
        queries, keys, size, valueSize, scale, ahead,
        Q + 4 * headAt(q, b, h), q.rowStride, K + 4 * headAt(k, b, g), k.rowStride, V + 4 * headAt(v, b, g), v.rowStride,
        Y + 4 * headAt(y, b, h), y.rowStride, stats ? S + 4 * statsAt(sizes, stats, b, h) : 0,
      ]);
    },
    backward(sizes, q, k, v, dy, stats, dq, dk, dv) {
      const { queries, keys, size, valueSize, scale, ahead } = sizes;
      const [Q, K, V, DY, S] = [q, k, v, dy, stats].map(({ storage }) => storage.address());
      const [DQ, DK, DV] = [dq, dk, dv].map((x) => baseOf(x?.storage));
      // prettier-ignore
      return run("attention_backward", sizes, 5, (b, h, g, place) => [
        queries, keys, size, valueSize, scale, ahead,
        Q + 4 * headAt(q, b, h), q.rowStride, K + 4 * headAt(k, b, g), k.rowStride, V + 4 * headAt(v, b, g), v.rowStride,
        DY + 4 * headAt(dy, b, h), dy.rowStride, S + 4 * statsAt(sizes, stats, b, h),
        dq ? DQ + 4 * headAt(dq, b, h) : 0, dq ? dq.rowStride : 0,
        dk ? DK + 4 * headAt(dk, b, g) : 0, dk ? dk.rowStride : 0,
        dv ? DV + 4 * headAt(dv, b, g) : 0, dv ? dv.rowStride : 0,
        place,
      ]);
    },
  };
}

const baseOf = (storage: Storage | undefined): number => (storage ? storage.address() : 0);
