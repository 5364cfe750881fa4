import type { Span } from "./types.js";

/** Functions of one number that have a kernel, forward and backward. From this list follow the members of `RowKernels`, what the
 *  modules export, the ops (lib/tensor/ops/unary.ts) and their tests. CONTRIBUTING.md, "An op", says how to add one. */
export const unaryKernels = ["gelu", "geluTanh", "silu", "squaredRelu", "sigmoid", "tanh"] as const;
export type UnaryKernel = (typeof unaryKernels)[number];

/** yᵢ = f(xᵢ). `y` may be `x`. */
export type Unary = (n: number, x: Span, y: Span) => void;
/** dxᵢ = dyᵢ · f′(xᵢ). `dx` may be `x` or `dy`. */
export type UnaryBackward = (n: number, x: Span, dy: Span, dx: Span) => void;

/** One object from the two functions that `make` gives for each name. */
export const unaryRows = (make: (name: UnaryKernel) => readonly [Unary, UnaryBackward]): UnaryRows =>
  Object.fromEntries(
    unaryKernels.flatMap((name) => {
      const [forward, backward] = make(name);
      return [
        [name, forward],
        [`${name}Backward`, backward],
      ];
    }),
  ) as UnaryRows;

export type UnaryRows = Record<UnaryKernel, Unary> & Record<`${UnaryKernel}Backward`, UnaryBackward>;
