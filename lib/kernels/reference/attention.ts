/** Attention as its formulas say, one query after the other: see kernels/src/attention.rs. */

import {
  headAt,
  overHeads,
  statsAt,
  type AttentionKernels,
  type AttentionSizes,
  type Heads,
} from "../attention/types.js";

/** Σᵢ a[i] b[i]. */
function dot(n: number, A: Float32Array, a: number, B: Float32Array, b: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += A[a + i] * B[b + i];
  return sum;
}

/** y ← y + w · x. */
function addTo(n: number, Y: Float32Array | Float64Array, y: number, w: number, X: Float32Array, x: number): void {
  for (let i = 0; i < n; i++) Y[y + i] += w * X[x + i];
}

/** How many keys query `t` sees. */
const seen = ({ keys, ahead }: AttentionSizes, t: number): number => Math.max(0, Math.min(keys, t + ahead + 1));

/** The scaled scores of the query at `from`, rounded to float32 so that the backward pass finds the same again. */
function scoresOf(n: number, { size, scale }: AttentionSizes, q: Heads, from: number, k: Heads, first: number) {
  const [Q, K] = [q.storage.f32(), k.storage.f32()];
  return Float32Array.from({ length: n }, (_, s) => scale * dot(size, Q, from, K, first + s * k.rowStride));
}

/** Weights of scores whose largest is `top`; nothing but −∞ gives zeros. */
const weightsOf = (scores: Float32Array, top: number, total: number): Float64Array =>
  Float64Array.from(scores, (x) => (top === -Infinity ? 0 : Math.exp(x - top) / total));

export const attention: AttentionKernels = {
  maxKeys: Infinity,

  forward(sizes, q, k, v, y, stats) {
    const { queries, size, valueSize } = sizes;
    const [V, Y, S] = [v.storage.f32(), y.storage.f32(), stats?.storage.f32()];
    return overHeads(sizes, (b, h, g) => {
      let flops = 0;
      for (let t = 0; t < queries; t++) {
        const n = seen(sizes, t);
        const scores = scoresOf(n, sizes, q, headAt(q, b, h) + t * q.rowStride, k, headAt(k, b, g));
        const top = scores.reduce((most, x) => (x > most || x !== x ? x : most), -Infinity);
        const total = weightsOf(scores, top, 1).reduce((sum, w) => sum + w, 0);
        const mixed = new Float64Array(valueSize);
        weightsOf(scores, top, total).forEach((w, s) => {
          addTo(valueSize, mixed, 0, w, V, headAt(v, b, g) + s * v.rowStride);
        });
        Y.set(mixed, headAt(y, b, h) + t * y.rowStride);
        if (stats) S!.set([top, total], statsAt(sizes, stats, b, h) + 2 * t);
        flops += 2 * n * (size + valueSize);
      }
      return flops;
    });
  },

  backward(sizes, q, k, v, dy, stats, dq, dk, dv) {
    const { queries, keys, size, valueSize, scale } = sizes;
    const [Q, K, V, DY, S] = [q, k, v, dy, stats].map(({ storage }) => storage.f32());
    const [DQ, DK, DV] = [dq, dk, dv].map((x) => x?.storage.f32());
    const zero = (X: Float32Array, first: number, rows: number, step: number, n: number): void => {
      for (let i = 0; i < rows; i++) X.fill(0, first + i * step, first + i * step + n);
    };
    const perKey = 2 * (size * (1 + Number(!!dq) + Number(!!dk)) + valueSize * (Number(!!(dq ?? dk)) + Number(!!dv)));
    return overHeads(sizes, (b, h, g, place) => {
      if (dq) zero(DQ!, headAt(dq, b, h), queries, dq.rowStride, size);
      if (dk && place === 0) zero(DK!, headAt(dk, b, g), keys, dk.rowStride, size);
      if (dv && place === 0) zero(DV!, headAt(dv, b, g), keys, dv.rowStride, valueSize);
      let flops = 0;
      for (let t = 0; t < queries; t++) {
        const n = seen(sizes, t);
        const [fromQ, fromDY] = [headAt(q, b, h) + t * q.rowStride, headAt(dy, b, h) + t * dy.rowStride];
        const kept = statsAt(sizes, stats, b, h) + 2 * t;
        const p = weightsOf(scoresOf(n, sizes, q, fromQ, k, headAt(k, b, g)), S[kept], S[kept + 1]);
        const dp = p.map((_, s) => dot(valueSize, DY, fromDY, V, headAt(v, b, g) + s * v.rowStride));
        const along = p.reduce((sum, w, s) => sum + w * dp[s], 0);
        for (let s = 0; s < n; s++) {
          const ds = p[s] * (dp[s] - along) * scale;
          if (dq) addTo(size, DQ!, headAt(dq, b, h) + t * dq.rowStride, ds, K, headAt(k, b, g) + s * k.rowStride);
          if (dk) addTo(size, DK!, headAt(dk, b, g) + s * dk.rowStride, ds, Q, fromQ);
          if (dv) addTo(valueSize, DV!, headAt(dv, b, g) + s * dv.rowStride, p[s], DY, fromDY);
        }
        flops += n * perKey;
      }
      return flops;
    });
  },
};
