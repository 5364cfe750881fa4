import type { Span } from "../rows.js";
import type { AttentionKernels, AttentionSizes, Heads } from "./types.js";

type Operand = [pointer: number, batchStride: number, headStride: number, rowStride: number];
type Sizes = [
  ...shape: [batch: number, groups: number, shared: number, queries: number, keys: number],
  ...rows: [size: number, valueSize: number, scale: number, ahead: number],
];

/** What a built module exports for attention; see kernels/src/attention. Pointers are byte addresses, 0 is "none". */
export interface AttentionExports {
  attention(
    ...arguments_: [
      ...sizes: Sizes,
      ...q: Operand,
      ...k: Operand,
      ...v: Operand,
      ...rest: [y: number, stats: number, scratch: number],
    ]
  ): number;
  attention_backward(
    ...arguments_: [
      ...sizes: Sizes,
      ...q: Operand,
      ...k: Operand,
      ...v: Operand,
      ...dy: Operand,
      ...rest: [stats: number, dq: number, dk: number, dv: number, scratch: number],
    ]
  ): number;
  attention_keys(): number;
}

const at = ({ storage, offset }: Span): number => storage.address() + 4 * offset;
const place = (x: Span | null): number => (x ? at(x) : 0);
const operand = (x: Heads): Operand => [at(x), x.batchStride, x.headStride, x.rowStride];
const numbers = (s: AttentionSizes): Sizes => [
  ...([s.batch, s.groups, s.groups && s.heads / s.groups, s.queries, s.keys] as const),
  ...([s.size, s.valueSize, s.scale, s.ahead] as const),
];

/** The attention of a module, with operands turned into addresses. Bringing a block in may move memory, though never one of
 *  those that were just touched. */
export function attentionOf(kernels: AttentionExports, scratch: number): AttentionKernels {
  return {
    maxKeys: kernels.attention_keys(),
    forward(sizes, q, k, v, y, stats) {
      const [Q, K, V] = [operand(q), operand(k), operand(v)];
      return kernels.attention(...numbers(sizes), ...Q, ...K, ...V, at(y), place(stats), scratch);
    },
    backward(sizes, q, k, v, dy, stats, dq, dk, dv) {
      const [Q, K, V, DY] = [operand(q), operand(k), operand(v), operand(dy)];
      const to = [at(stats), place(dq), place(dk), place(dv)] as const;
      return kernels.attention_backward(...numbers(sizes), ...Q, ...K, ...V, ...DY, ...to, scratch);
    },
  };
}
