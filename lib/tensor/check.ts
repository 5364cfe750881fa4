/**
 * The shape rules of `shape.ts` at run time: the same templates, the same sentences.
 * They always run, since a type may say no more than `number`.
 */

import type { Shape } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** A shape, axis, value or operand that an operation cannot work with. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** What a value is, in a few words for an error message: `the string "a"`, `NaN`, `an array of 3`. */
export function describe(value: unknown): string {
  if (typeof value === "string")
    return `the string ${JSON.stringify(value.length > 20 ? `${value.slice(0, 20)}…` : value)}`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  if (typeof value !== "object" || value === null) return String(value);
  if (isTensor(value)) return `the tensor ${show(value.shape)}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const { length } = value as { length?: unknown };
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (ArrayBuffer.isView(value)) return `a ${kind} of ${String(length)}`;
  return kind === "Object" ? "an object" : `a ${kind}`;
}

/** `[2, 3, 64]`, as the types print it. */
export const show = (shape: Shape): string =>
  `[${Array.from(shape, (d: unknown) => (typeof d === "number" ? d : describe(d))).join(", ")}]`;

export const sizeOf = (shape: Shape): number => shape.reduce((product, d) => product * d, 1);

/** Elements to skip for one step along each axis of a row-major array. */
export function rowMajor(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i]);

export const MAX_RANK = 6;

/** A list of integers, as shapes, axes and sizes are. */
export function checkList(op: string, what: string, list: unknown): void {
  if (!Array.isArray(list))
    throw new ShapeError(`${op}: the ${what} must be an array of integers, got ${describe(list)}`);
}

/** Sizes must be non-negative integers, and at most six of them. */
export function checkShape(op: string, shape: Shape): void {
  checkList(op, "shape", shape);
  if (shape.length > MAX_RANK)
    throw new ShapeError(`${op}: ${show(shape)} has rank ${shape.length}, at most ${MAX_RANK} is supported`);
  for (const d of shape) {
    if (!Number.isInteger(d) || d < 0)
      throw new ShapeError(`${op}: invalid shape ${show(shape)}: sizes must be non-negative integers`);
  }
}

/** Position of an axis from the front; -1 is the last. */
export function checkAxis(op: string, shape: Shape, axis: number): number {
  if (typeof axis !== "number") throw new ShapeError(`${op}: the axis must be an integer, got ${describe(axis)}`);
  const index = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(index) || index < 0 || index >= shape.length) {
    throw new ShapeError(`${op}: axis ${axis} is out of range for ${show(shape)}`);
  }
  return index;
}

/** Positions of one axis, of several different ones, or (null) of all. */
export function checkAxes(op: string, shape: Shape, axes: number | readonly number[] | null): number[] {
  if (axes === null) return shape.map((_, i) => i);
  const list = typeof axes === "number" ? [axes] : axes;
  if (!Array.isArray(list))
    throw new ShapeError(`${op}: the axes must be an integer or an array of integers, got ${describe(axes)}`);
  const positions = Array.from(list as readonly number[], (axis) => checkAxis(op, shape, axis));
  if (new Set(positions).size !== positions.length)
    throw new ShapeError(`${op}: axes ${show(list)} of ${show(shape)} name one axis twice`);
  return positions;
}

/** Shape of an elementwise result: aligned on the right, 1s stretched. */
export function checkBroadcast(op: string, a: Shape, b: Shape): number[] {
  const out = broadcast(a, b);
  if (!out) throw new ShapeError(`${op}: cannot broadcast ${show(a)} with ${show(b)}`);
  return out;
}

function broadcast(a: Shape, b: Shape): number[] | null {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return null;
    out.push(x === 1 ? y : x);
  }
  return out;
}

/** True when `shape` can be stretched to `target` without changing `target`. */
export function broadcastsTo(shape: Shape, target: Shape): boolean {
  const missing = target.length - shape.length;
  return missing >= 0 && shape.every((d, i) => d === 1 || d === target[missing + i]);
}

/** A mask must be a tensor that stretches to `shape`. */
export function checkMask(op: string, mask: Tensor, shape: Shape): void {
  checkTensor(op, "mask", mask);
  if (!broadcastsTo(mask.shape, shape))
    throw new ShapeError(`${op}: the mask ${show(mask.shape)} must broadcast to ${show(shape)}`);
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
  const batch = broadcast(...lead);
  if (!batch) throw new ShapeError(`${what}: batch dimensions ${show(lead[0])} and ${show(lead[1])} differ`);
  return { batch, m, k, n };
}

/** The wanted shape with a -1 filled in; the number of elements must not change. */
export function checkReshape(op: string, from: Shape, to: Shape): number[] {
  checkList(op, "shape", to);
  if (to.length > MAX_RANK) checkShape(op, to);
  const said = op === "reshape" ? "" : `${op}: `;
  const count = sizeOf(from);
  const holes = to.filter((d) => d === -1).length;
  if (holes > 1)
    throw new ShapeError(`${said}cannot reshape ${show(from)} to ${show(to)}: only one dimension can be -1`);
  const known = to.reduce((product, d) => (d === -1 ? product : product * d), 1);
  const out = to.map((d) => (d === -1 ? (known === 0 ? 0 : count / known) : d));
  if (sizeOf(out) !== count || !out.every((d) => Number.isInteger(d) && d >= 0)) {
    const wanted = holes ? `a multiple of ${known}` : known;
    throw new ShapeError(`${said}cannot reshape ${show(from)} (${count} elements) to ${show(to)} (${wanted} elements)`);
  }
  return out;
}

/** A layer that maps the last dimension from `size` to another. */
export function checkLast(op: string, shape: Shape, size: number): void {
  if (shape.length === 0) throw new ShapeError(`${op}: expected a last dimension of ${size}, got a scalar`);
  if (shape[shape.length - 1] !== size)
    throw new ShapeError(`${op}: expected a last dimension of ${size}, got ${show(shape)}`);
}

/** Logits [...N, V] and targets [...N]. */
export function checkCrossEntropy(logits: Shape, targets: Shape): void {
  if (logits.length === 0) throw new ShapeError("crossEntropy: logits need a class axis");
  if (!sameShape(logits.slice(0, -1), targets)) {
    throw new ShapeError(
      `crossEntropy: targets ${show(targets)} do not match logits ${show(logits)} without the last axis`,
    );
  }
}

/** An index within bounds, or a sentence that names the argument. */
export function checkIndex(op: string, what: string, value: number, size: number): void {
  if (!(value >= 0 && value < size)) throw new ShapeError(`${op}: ${what} ${value} is outside 0 to ${size - 1}`);
}

/** An integer of an argument, from `least` on. */
export function checkInteger(op: string, what: string, value: number, least = -Infinity): void {
  const kind = least === 0 ? "a non-negative integer" : "an integer";
  if (!Number.isInteger(value) || value < least)
    throw new ShapeError(`${op}: ${what} must be ${kind}, got ${describe(value)}`);
}

/** A number of an argument, for which `holds`; `kind` says so in words. */
export function checkNumber(
  op: string,
  what: string,
  value: number,
  kind = "a number",
  holds: (value: number) => boolean = () => true,
): void {
  if (typeof value !== "number" || !holds(value))
    throw new ShapeError(`${op}: ${what} must be ${kind}, got ${describe(value)}`);
}

/** One word of a few. */
export function checkWord(op: string, what: string, value: string, words: readonly string[]): void {
  if (!words.includes(value))
    throw new ShapeError(
      `${op}: ${what} must be ${words.map((word) => `"${word}"`).join(" or ")}, got ${describe(value)}`,
    );
}

/** The last argument of an op, `{ name: value }`; it may be left out. */
export function checkOptions(op: string, options: unknown): void {
  if (options === undefined) return;
  if (Object.prototype.toString.call(options) !== "[object Object]" || isTensor(options))
    throw new ShapeError(`${op}: the options must be an object, got ${describe(options)}`);
}

/** By this symbol every copy of the package marks its tensors, with a symbol of its own as the value. */
const TENSOR = Symbol.for("twinformer.Tensor");
const THIS_COPY = Symbol("this copy of twinformer");
/** Marks a prototype as that of this copy's tensors. */
export const brand = (prototype: object): void => void Object.defineProperty(prototype, TENSOR, { value: THIS_COPY });
const copyOf = (x: unknown): unknown => (typeof x === "object" && x !== null && TENSOR in x ? x[TENSOR] : null);

export const isTensor = (x: unknown): x is Tensor => copyOf(x) === THIS_COPY;

/** Refuses what is no tensor of this package. `kind` says in words what it should have been. */
export function checkTensor(op: string, what: string, x: unknown, kind = "a tensor"): asserts x is Tensor {
  const copy = copyOf(x);
  if (copy === THIS_COPY) return;
  if (copy !== null)
    throw new ShapeError(
      `${op}: ${what} is a tensor of another copy of twinformer, whose memory this copy cannot read; load the package once (\`npm ls twinformer\` lists the copies; a bundler must resolve all imports of it alike)`,
    );
  throw new ShapeError(`${op}: ${what} must be ${kind}, got ${describe(x)}`);
}

/** A scope such as `noGrad` ends when its function returns; what runs later, step by step, would run outside of it.
 *  @param later what would become of that: "would be recorded again" */
export function checkFinished(scope: string, result: unknown, later: string): void {
  if ((typeof result !== "object" && typeof result !== "function") || result === null) return;
  const { then, next } = result as { then?: unknown; next?: unknown };
  if (typeof then === "function") {
    if (result instanceof Promise) result.catch(() => undefined); // the sentence below is thrown in its place
    throw new Error(`${scope}: the function must not be async: what runs after its first await ${later}`);
  }
  if (typeof next === "function")
    throw new Error(
      `${scope}: the function must not return an iterator or be a generator: what it yields later ${later}`,
    );
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
