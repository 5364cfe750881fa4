/** Attention as its formulas say, one query after the other: see kernels/src/attention.rs. */

import type { AttentionKernels, AttentionSizes, Heads } from "../attention/types.js";
import type { Span } from "../rows.js";

/** Element [b, h, t, 0] of an operand. */
const rowOf = (x: Heads, b: number, h: number, t: number): number =>
  x.offset + b * x.batchStride + h * x.headStride + t * x.rowStride;

/** A result [B, H, T, K] as an operand: it lies as [B, T, H, K]. */
const apart = ({ storage, offset }: Span, heads: number, rows: number, size: number): Heads => ({
  ...{ storage, offset, rowStride: heads * size },
  ...{ headStride: size, batchStride: rows * heads * size },
});

/** Σᵢ a[i] b[i]. */
function dot(n: number, A: Float32Array, a: number, B: Float32Array, b: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += A[a + i] * B[b + i];
  return sum;
}

/** y ← y + w · x. */
function addTo(n: number, Y: Float32Array, y: number, w: number, X: Float32Array, x: number): void {
  for (let i = 0; i < n; i++) Y[y + i] += w * X[x + i];
}

/** Every query: its batch row, its head, the head of its keys, its position, how many keys it sees, its place among all. */
function* queriesOf({ batch, heads, groups, queries, keys, ahead }: AttentionSizes) {
  let row = 0;
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++)
      for (let t = 0; t < queries; t++) {
        const n = Math.max(0, Math.min(keys, t + ahead + 1));
        yield { b, h, g: Math.floor(h / (heads / groups)), t, n, row: row++ };
      }
}

/** The scaled scores of one query, rounded to float32 so that the way back finds the same again. */
const scoresOf = (
  n: number,
  size: number,
  scale: number,
  q: Heads,
  at: number,
  k: Heads,
  first: number,
): Float32Array =>
  Float32Array.from(
    { length: n },
    (_, s) => scale * dot(size, q.storage.f32(), at, k.storage.f32(), first + s * k.rowStride),
  );

/** Weights of scores whose largest is `top`; what is nothing but −∞ gives zeros. */
const weightsOf = (scores: Float32Array, top: number, total: number): Float64Array =>
  Float64Array.from(scores, (x) => (top === -Infinity ? 0 : Math.exp(x - top) / total));

export const attention: AttentionKernels = {
  maxKeys: Infinity,

  forward(sizes, q, k, v, y, stats) {
    const { heads, queries, size, valueSize, scale } = sizes;
    const to = apart(y, heads, queries, valueSize);
    const [V, Y, S] = [v.storage.f32(), y.storage.f32(), stats?.storage.f32()];
    let flops = 0;
    for (const { b, h, g, t, n, row } of queriesOf(sizes)) {
      const scores = scoresOf(n, size, scale, q, rowOf(q, b, h, t), k, rowOf(k, b, g, 0));
      const top = scores.reduce((most, x) => (x > most || x !== x ? x : most), -Infinity);
      const total = weightsOf(scores, top, 1).reduce((sum, w) => sum + w, 0);
      const mixed = new Float64Array(valueSize);
      weightsOf(scores, top, total).forEach((w, s) => {
        const from = rowOf(v, b, g, s);
        for (let i = 0; i < valueSize; i++) mixed[i] += w * V[from + i];
      });
      Y.set(mixed, rowOf(to, b, h, t));
      S?.set([top, total], stats!.offset + 2 * row);
      flops += 2 * n * (size + valueSize);
    }
    return flops;
  },

  backward(sizes, q, k, v, dy, stats, dq, dk, dv) {
    const { batch, heads, groups, queries, keys, size, valueSize, scale } = sizes;
    const [Q, K, V, DY, S] = [q, k, v, dy, stats].map(({ storage }) => storage.f32());
    const toQ = dq && apart(dq, heads, queries, size);
    const toK = dk && apart(dk, groups, keys, size);
    const toV = dv && apart(dv, groups, keys, valueSize);
    for (const to of [toQ, toK, toV]) to?.storage.f32().fill(0, to.offset, to.offset + batch * to.batchStride);
    let flops = 0;
    for (const { b, h, g, t, n, row } of queriesOf(sizes)) {
      const [fromQ, fromDY, kept] = [rowOf(q, b, h, t), rowOf(dy, b, h, t), stats.offset + 2 * row];
      const scores = scoresOf(n, size, scale, q, fromQ, k, rowOf(k, b, g, 0));
      const p = weightsOf(scores, S[kept], S[kept + 1]);
      const dp = p.map((_, s) => dot(valueSize, DY, fromDY, V, rowOf(v, b, g, s)));
      const along = p.reduce((sum, w, s) => sum + w * dp[s], 0);
      for (let s = 0; s < n; s++) {
        const ds = p[s] * (dp[s] - along) * scale;
        if (toV) addTo(valueSize, toV.storage.f32(), rowOf(toV, b, g, s), p[s], DY, fromDY);
        if (toQ) addTo(size, toQ.storage.f32(), rowOf(toQ, b, h, t), ds, K, rowOf(k, b, g, s));
        if (toK) addTo(size, toK.storage.f32(), rowOf(toK, b, g, s), ds, Q, fromQ);
      }
      const perKey = size + (dv ? valueSize : 0) + ((dq ?? dk) ? valueSize : 0) + (dq ? size : 0) + (dk ? size : 0);
      flops += 2 * n * perKey;
    }
    return flops;
  },
};
