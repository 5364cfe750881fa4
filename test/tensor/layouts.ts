/** The same numbers, lying in memory in different ways, and the states of memory under which ops must work. */

import { afterEach, beforeEach, describe } from "vitest";
import { detachOnEveryAllocation, setMemoryBudget, Storage } from "../../lib/kernels/memory.js";
import {
  concat,
  fromArray,
  Generator,
  neg,
  permute,
  reshape,
  select,
  slice,
  stack,
  type Tensor,
} from "../../lib/tensor/index.js";

/** Shapes that only the run time knows. */
export type X = Tensor;

/** How an input is stored (a contiguous tensor) and how an op gets to see it (a view of that). */
export interface Layout {
  name: string;
  store: (x: X) => X;
  view: (stored: X, shape: readonly number[]) => X;
}

const reversed = (rank: number): number[] => Array.from({ length: rank }, (_, i) => rank - 1 - i);

export const layouts: readonly Layout[] = [
  { name: "row-major", store: (x) => x, view: (x) => x },
  {
    name: "transposed",
    store: (x) => reshape(permute(x, reversed(x.rank)), [...x.shape].reverse()),
    view: (x) => permute(x, reversed(x.rank)),
  },
  {
    name: "a slice",
    store: (x) => (x.rank ? concat([x, x, x], 0) : x),
    view: (x, shape) => (x.rank ? slice(x, 0, shape[0], 2 * shape[0]) : x),
  },
  { name: "every second number", store: (x) => stack([neg(x), x], -1), view: (x) => select(x, -1, 1) },
  {
    // Row-major, but the strides of the axes of size 1 are not what those of a new tensor would be.
    name: "axes of size 1 from elsewhere",
    store: (x) =>
      reshape(
        permute(x, onesFirst(x.shape)),
        [...x.shape].sort((a, b) => Number(b === 1) - Number(a === 1)),
      ),
    view: (x, shape) => {
      const order = onesFirst(shape);
      return permute(x, order.map((_, axis) => order.indexOf(axis))); // prettier-ignore
    },
  },
];

/** The axes of size 1, then the others. */
function onesFirst(shape: readonly number[]): number[] {
  const axes = shape.map((_, axis) => axis);
  return [...axes.filter((axis) => shape[axis] === 1), ...axes.filter((axis) => shape[axis] !== 1)];
}

/** Runs tests four times: as usual; with all views detached by every allocation; with a budget of nothing, so that whatever was
 *  not touched lately moves out of linear memory; and with free blocks full of old numbers, as after hours of work. */
export function inEveryMemory(body: () => void): void {
  describe("as usual", body);
  describe("when every allocation detaches all views", () => {
    beforeEach(() => detachOnEveryAllocation(true));
    afterEach(() => detachOnEveryAllocation(false));
    body();
  });
  describe("when free blocks hold old numbers", () => {
    beforeEach(() => {
      const blocks = Array.from({ length: 600 }, (_, i) => new Storage(16 << (i % 6)));
      blocks.forEach((block, i) => block.f32().fill(i % 2 ? 1e30 : NaN));
      blocks.forEach((block) => block.release());
    });
    body();
  });
  describe("when everything moves out as soon as it may", () => {
    let before: number;
    beforeEach(() => void (before = setMemoryBudget(0)));
    afterEach(() => void setMemoryBudget(before));
    body();
  });
}

/** 0 to n − 1 in a fixed random order. */
function shuffled(n: number, seed: number): number[] {
  const rng = new Generator(seed);
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** Numbers at least 0.2 from each other and 0.05 from 0, so that a nudge crosses no kink and swaps no order.
 *  Two tensors with different seeds below 4 share no number. */
export function spaced(shape: readonly number[], seed = 0): X {
  const n = shape.reduce((p, d) => p * d, 1);
  return fromArray(
    shuffled(n, seed).map((k) => (k - Math.floor(n / 2)) * 0.2 + 0.05 + 0.03 * seed),
    shape as number[],
  );
}

/** Positive numbers from 0.6 on, 0.1 apart. */
export function positive(shape: readonly number[], seed = 0): X {
  const n = shape.reduce((p, d) => p * d, 1);
  return fromArray(
    shuffled(n, seed).map((k) => 0.6 + 0.1 * k),
    shape as number[],
  );
}

export const int32 = (values: number[], shape: number[] = [values.length]): X => fromArray(values, shape, "int32");
