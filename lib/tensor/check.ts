/**
 * The shape rules of `shape.ts` at run time: the same templates, the same sentences.
 * They always run, since a type may say no more than `number`.
 */

import type { Shape } from "./shape.js";

/** A shape or axis that an operation cannot work with. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** `[2, 3, 64]`, as the types print it. */
export const show = (shape: Shape): string => `[${shape.join(", ")}]`;

export const sizeOf = (shape: Shape): number => shape.reduce((product, d) => product * d, 1);

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i]);

export const MAX_RANK = 6;

/** Sizes must be whole numbers from 0, and at most six of them. */
export function checkShape(op: string, shape: Shape): void {
  if (shape.length > MAX_RANK)
    throw new ShapeError(`${op}: ${show(shape)} has rank ${shape.length}, at most ${MAX_RANK} is supported`);
  for (const d of shape) {
    if (!Number.isInteger(d) || d < 0)
      throw new ShapeError(`${op}: ${show(shape)} is no shape: ${d} is not a whole number from 0`);
  }
}

/** Position of an axis from the front; -1 is the last. */
export function checkAxis(shape: Shape, axis: number): number {
  const index = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(index) || index < 0 || index >= shape.length) {
    throw new ShapeError(`axis ${axis} is out of range for ${show(shape)}`);
  }
  return index;
}

/** Shape of an elementwise result: aligned on the right, 1s stretched. */
export function checkBroadcast(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw new ShapeError(`cannot broadcast ${show(a)} with ${show(b)}`);
    out.push(x === 1 ? y : x);
  }
  return out;
}

/** True when `shape` can be stretched to `target` without changing `target`. */
export function broadcastsTo(shape: Shape, target: Shape): boolean {
  const missing = target.length - shape.length;
  return missing >= 0 && shape.every((d, i) => d === 1 || d === target[missing + i]);
}

/** [..., M, K] @ [..., K, N] -> batch dimensions, M, K, N. */
export function checkMatmul(a: Shape, b: Shape): { batch: number[]; m: number; k: number; n: number } {
  if (a.length < 2) throw new ShapeError(`matmul needs at least 2 dimensions on the left, got ${show(a)}`);
  if (b.length < 2) throw new ShapeError(`matmul needs at least 2 dimensions on the right, got ${show(b)}`);
  const [m, k] = a.slice(-2) as [number, number];
  const [k2, n] = b.slice(-2) as [number, number];
  const what = `cannot matmul ${show(a)} @ ${show(b)}`;
  if (k !== k2) throw new ShapeError(`${what}: inner dimensions ${k} and ${k2} differ`);
  const lead = [a.slice(0, -2), b.slice(0, -2)] as const;
  try {
    return { batch: checkBroadcast(...lead), m, k, n };
  } catch {
    throw new ShapeError(`${what}: batch dimensions ${show(lead[0])} and ${show(lead[1])} differ`);
  }
}

/** The wanted shape with a -1 filled in; the number of elements must not change. */
export function checkReshape(from: Shape, to: Shape): number[] {
  const count = sizeOf(from);
  const holes = to.filter((d) => d === -1).length;
  if (holes > 1) throw new ShapeError(`cannot reshape ${show(from)} to ${show(to)}: only one dimension can be -1`);
  const known = to.reduce((product, d) => (d === -1 ? product : product * d), 1);
  const out = to.map((d) => (d === -1 ? (known === 0 ? 0 : count / known) : d));
  if (sizeOf(out) !== count || !out.every((d) => Number.isInteger(d) && d >= 0)) {
    const wanted = holes ? `a multiple of ${known}` : known;
    throw new ShapeError(`cannot reshape ${show(from)} (${count} elements) to ${show(to)} (${wanted} elements)`);
  }
  return out;
}

/** A layer that maps the last dimension from `size` to another. */
export function checkLast(shape: Shape, size: number): void {
  if (shape.length === 0) throw new ShapeError(`expected a last dimension of ${size}, got a scalar`);
  if (shape[shape.length - 1] !== size)
    throw new ShapeError(`expected a last dimension of ${size}, got ${show(shape)}`);
}

/** Logits [...N, V] and targets [...N]. */
export function checkCrossEntropy(logits: Shape, targets: Shape): void {
  if (logits.length === 0) throw new ShapeError("logits need a class axis");
  if (!sameShape(logits.slice(0, -1), targets)) {
    throw new ShapeError(`targets ${show(targets)} do not match logits ${show(logits)} without the last axis`);
  }
}

/** An integer within bounds, or a sentence that names the argument. */
export function checkIndex(op: string, what: string, value: number, size: number): void {
  if (!(value >= 0 && value < size)) throw new ShapeError(`${op}: ${what} ${value} is outside 0 to ${size - 1}`);
}

/** Kernels read raw float32; indices would be read as tiny fractions. */
export function checkFloat(op: string, ...inputs: readonly { readonly shape: Shape; readonly dtype: string }[]): void {
  for (const { shape, dtype } of inputs) {
    if (dtype !== "float32") throw new ShapeError(`${op}: ${show(shape)} is ${dtype}, it must be float32`);
  }
}

/** A parameter of a layer: as many axes as its letters say, as in `[Out, In]`. */
export function checkRank(op: string, what: string, shape: Shape, letters: string): void {
  if (shape.length !== letters.split(",").length)
    throw new ShapeError(`${op}: the ${what} must be [${letters}], got ${show(shape)}`);
}
