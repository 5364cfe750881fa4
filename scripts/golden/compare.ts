/** Is a number close enough to the expected one? Tolerances are fixed: the library computes in float32. */

/** |actual − expected| ≤ absolute + relative · |expected|. */
export interface Tolerance {
  absolute: number;
  relative: number;
}

export const tolerances = {
  opOutput: { absolute: 2e-5, relative: 2e-4 },
  opGradient: { absolute: 5e-5, relative: 1e-3 },
  optimizer: { absolute: 1e-5, relative: 1e-3 },
  routing: { absolute: 1e-5, relative: 2e-4 },
  modelOutput: { absolute: 2e-4, relative: 1e-3 },
  modelGradient: { absolute: 1e-4, relative: 2e-3 },
  exact: { absolute: 0, relative: 0 },
} as const satisfies Record<string, Tolerance>;

/** Numbers in row-major order with their shape. */
export interface Numbers {
  shape: readonly number[];
  data: ArrayLike<number>;
}

/** The largest errors of one comparison (the relative one where something other than 0 is expected), and a reason if it failed. */
export interface Difference {
  absolute: number;
  relative: number;
  reason: string | null;
}

const show = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

/** Compares element by element; NaN equals NaN, and an infinity only itself. */
export function compare(field: string, actual: Numbers, expected: Numbers, tolerance: Tolerance): Difference {
  if (show(actual.shape) !== show(expected.shape)) {
    return {
      absolute: Infinity,
      relative: Infinity,
      reason: `${field} has shape ${show(actual.shape)}, expected ${show(expected.shape)}`,
    };
  }
  let [absolute, relative] = [0, 0];
  let reason: string | null = null;
  for (let i = 0; i < expected.data.length; i++) {
    const [a, e] = [actual.data[i], expected.data[i]];
    if (Object.is(a, e) || a === e) continue;
    const error = Number.isNaN(a) || Number.isNaN(e) ? Infinity : Math.abs(a - e);
    absolute = Math.max(absolute, error);
    if (e !== 0) relative = Math.max(relative, error / Math.abs(e));
    const close = Number.isFinite(e) && error <= tolerance.absolute + tolerance.relative * Math.abs(e);
    if (!close) reason ??= `${field}[${i}] is ${a}, expected ${e}`;
  }
  return { absolute, relative, reason };
}
