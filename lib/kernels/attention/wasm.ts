import type { Storage } from "../memory.js";
import type { ThreadPool } from "../threads/threads.js";
import type { KernelExports } from "../exports.js";
import { SCRATCH_ADDRESS } from "../layout.js";
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

type Name = "attention" | "attention_backward";
/** Sets the addresses of a call to query head h of batch row b, whose keys are head g's; see `overHeads`. One list of arguments
 *  serves all heads: a step has hundreds of them. */
type Aim = (b: number, h: number, g: number, place: number) => void;

/** The attention of a module, with operands turned into addresses; heads are shared with the threads of a pool. */
export function attentionOf(kernels: KernelExports, pool?: ThreadPool): AttentionKernels {
  const run = (name: Name, sizes: AttentionSizes, products: number, call: number[], aim: Aim): number => {
    const { batch, heads, groups, queries, keys, size } = sizes;
    const threads = pool ? pool.threads(2 * products * batch * heads * queries * keys * size) : 1;
    if (threads > 1) {
      const calls: number[][] = [];
      overHeads(sizes, (b, h, g, place) => {
        aim(b, h, g, place);
        return calls.push([...call]);
      });
      // Heads that add to the gradients of the same keys go one after another.
      return pool!.run(name, calls, threads, products > 2 ? heads / groups : 1);
    }
    const kernel: (...values: number[]) => number = kernels[name];
    call.push(SCRATCH_ADDRESS);
    return overHeads(sizes, (b, h, g, place) => {
      aim(b, h, g, place);
      return kernel(...call);
    });
  };
  return {
    maxKeys: kernels.attention_keys(),
    forward(sizes, q, k, v, y, stats) {
      const { queries, keys, size, valueSize, scale, ahead } = sizes;
      // All blocks first: bringing one in may move memory, though never a block that was just touched.
      const [Q, K, V, Y] = [q, k, v, y].map(({ storage }) => storage.address());
      const S = baseOf(stats?.storage);
      const sizesOf = [queries, keys, size, valueSize, scale, ahead];
      const call = [...sizesOf, Q, q.rowStride, K, k.rowStride, V, v.rowStride, Y, y.rowStride, S];
      return run("attention", sizes, 2, call, (b, h, g) => {
        call[6] = Q + 4 * headAt(q, b, h);
        call[8] = K + 4 * headAt(k, b, g);
        call[10] = V + 4 * headAt(v, b, g);
        call[12] = Y + 4 * headAt(y, b, h);
        if (stats) call[14] = S + 4 * statsAt(sizes, stats, b, h);
      });
    },
    backward(sizes, q, k, v, dy, stats, dq, dk, dv) {
      const { queries, keys, size, valueSize, scale, ahead } = sizes;
      const [Q, K, V, DY, S] = [q, k, v, dy, stats].map(({ storage }) => storage.address());
      const [DQ, DK, DV] = [dq, dk, dv].map((x) => baseOf(x?.storage));
      const strides = [dq, dk, dv].map((x) => x?.rowStride ?? 0);
      const call = [queries, keys, size, valueSize, scale, ahead];
      call.push(Q, q.rowStride, K, k.rowStride, V, v.rowStride, DY, dy.rowStride, S);
      call.push(DQ, strides[0], DK, strides[1], DV, strides[2], 0);
      return run("attention_backward", sizes, 5, call, (b, h, g, place) => {
        call[6] = Q + 4 * headAt(q, b, h);
        call[8] = K + 4 * headAt(k, b, g);
        call[10] = V + 4 * headAt(v, b, g);
        call[12] = DY + 4 * headAt(dy, b, h);
        call[14] = S + 4 * statsAt(sizes, stats, b, h);
        if (dq) call[15] = DQ + 4 * headAt(dq, b, h);
        if (dk) call[17] = DK + 4 * headAt(dk, b, g);
        if (dv) call[19] = DV + 4 * headAt(dv, b, g);
        call[21] = place;
      });
    },
  };
}

const baseOf = (storage: Storage | undefined): number => (storage ? storage.address() : 0);
