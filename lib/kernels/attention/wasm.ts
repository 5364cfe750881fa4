import type { Storage } from "../memory.js";
import { headAt, overHeads, statsAt, type AttentionKernels } from "./types.js";

type Rows = [pointer: number, rowStride: number];
type Sizes = [queries: number, keys: number, size: number, valueSize: number, scale: number, ahead: number];

/** What a built module exports for one head; see kernels/src/attention. Pointers are byte addresses, 0 is "none". */
export interface AttentionExports {
  attention(
    ...arguments_: [...sizes: Sizes, ...q: Rows, ...k: Rows, ...v: Rows, ...y: Rows, stats: number, scratch: number]
  ): number;
  attention_backward(
    ...arguments_: [
      ...sizes: Sizes,
      ...operands: [...q: Rows, ...k: Rows, ...v: Rows, ...dy: Rows, stats: number],
      ...results: [...dq: Rows, ...dk: Rows, ...dv: Rows, adds: number],
      scratch: number,
    ]
  ): number;
  attention_keys(): number;
}

/** The attention of a module, with operands turned into addresses. */
export function attentionOf(kernels: AttentionExports, scratch: number): AttentionKernels {
  return {
    maxKeys: kernels.attention_keys(),
    forward(sizes, q, k, v, y, stats) {
      const { queries, keys, size, valueSize, scale, ahead } = sizes;
      // All blocks first: bringing one in may move memory, though never a block that was just touched.
      const [Q, K, V, Y] = [q, k, v, y].map(({ storage }) => storage.address());
      const S = baseOf(stats?.storage);
      // prettier-ignore
      return overHeads(sizes, (b, h, g) => kernels.attention(
        queries, keys, size, valueSize, scale, ahead,
        Q + 4 * headAt(q, b, h), q.rowStride, K + 4 * headAt(k, b, g), k.rowStride, V + 4 * headAt(v, b, g), v.rowStride,
        Y + 4 * headAt(y, b, h), y.rowStride, stats ? S + 4 * statsAt(sizes, stats, b, h) : 0, scratch,
      ));
    },
    backward(sizes, q, k, v, dy, stats, dq, dk, dv) {
      const { queries, keys, size, valueSize, scale, ahead } = sizes;
      const [Q, K, V, DY, S] = [q, k, v, dy, stats].map(({ storage }) => storage.address());
      const [DQ, DK, DV] = [dq, dk, dv].map((x) => baseOf(x?.storage));
      // prettier-ignore
      return overHeads(sizes, (b, h, g, place) => kernels.attention_backward(
        queries, keys, size, valueSize, scale, ahead,
        Q + 4 * headAt(q, b, h), q.rowStride, K + 4 * headAt(k, b, g), k.rowStride, V + 4 * headAt(v, b, g), v.rowStride,
        DY + 4 * headAt(dy, b, h), dy.rowStride, S + 4 * statsAt(sizes, stats, b, h),
        dq ? DQ + 4 * headAt(dq, b, h) : 0, dq ? dq.rowStride : 0,
        dk ? DK + 4 * headAt(dk, b, g) : 0, dk ? dk.rowStride : 0,
        dv ? DV + 4 * headAt(dv, b, g) : 0, dv ? dv.rowStride : 0,
        place, scratch,
      ));
    },
  };
}

const baseOf = (storage: Storage | undefined): number => (storage ? storage.address() : 0);
