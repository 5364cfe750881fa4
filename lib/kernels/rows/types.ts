import type { Storage } from "../memory.js";
import type { UnaryRows } from "./unary.js";

/** Where a run of numbers begins in a block: a contiguous tensor is one. */
export interface Span {
  readonly storage: Storage;
  readonly offset: number;
}

/** yᵢ = f(aᵢ, bᵢ), where a shorter operand repeats with its period (a bias over rows, a number over everything).
 *  Both periods divide n, and one is a multiple of the other. `y` may be an operand of period n. */
export type Elementwise = (n: number, a: Span, aPeriod: number, b: Span, bPeriod: number, y: Span) => void;

export interface AdamNumbers {
  /** β₁ and β₂, the decay rates of the running means. */
  betas: readonly [number, number];
  /** lr / (1 − β₁ᵗ). */
  stepSize: number;
  /** 1 / √(1 − β₂ᵗ). */
  invSqrtBiasCorrection2: number;
  eps: number;
  /** AdamW's decay, 1 − lr · decay: multiplies the weight before all else. */
  weightDecayFactor: number;
  /** Adam's decay: `decay` · p joins the gradient. */
  decay: number;
}

/**
 * Functions of rows of numbers: what stands between matrix products. Each has a file in kernels/src/rows (Rust, four numbers
 * at a time, float32) and a twin in reference/ (TypeScript, float64 inside). All spans are float32 unless it says int32.
 */
export interface RowKernels extends UnaryRows {
  add: Elementwise;
  sub: Elementwise;
  mul: Elementwise;
  div: Elementwise;
  /** xᵢ ← s · xᵢ. */
  scale(n: number, x: Span, s: number): void;

  /** yᵢ = e^(s·xᵢ − m) / Σⱼ e^(s·xⱼ − m) for each row, m the row's largest s·xᵢ, s the scale. Row r sees its first
   *  (r mod block) + ahead + 1 numbers, the others become 0: a causal mask. A row that sees nothing but −∞ is all zeros.
   *  `stats` [rows, 2], where given, gets m and the sum. `y` may be `x`. */
  softmax(rows: number, n: number, x: Span, y: Span, scale: number, block: number, ahead: number, stats?: Span): void;
  /** dxᵢ = yᵢ (dyᵢ − Σⱼ dyⱼ yⱼ) · scale for each row. `dx` may be `dy`. */
  softmaxBackward(rows: number, n: number, y: Span, dy: Span, dx: Span, scale: number): void;
  /** dx = scale · weight · (p − (1 − smoothing) · [i = target] − smoothing / V) for each row of p [rows, V]; zeros where
   *  the int32 target is `ignored`. `weights` [rows] default to 1. */
  crossEntropyBackward(
    rows: number,
    v: number,
    p: Span,
    targets: Span,
    ignored: number,
    smoothing: number,
    scale: number,
    weights: Span | null,
    dx: Span,
  ): void;

  /** Layer norm where `centered`, else RMS norm: x̂ = (x − mean) / σ to `hat`, 1 / σ to `rstd` [rows], x̂ · weight + bias to `y`. */
  norm(
    rows: number,
    d: number,
    x: Span,
    weight: Span | null,
    bias: Span | null,
    eps: number,
    centered: boolean,
    hat: Span,
    rstd: Span,
    y: Span,
  ): void;
  /** dx = (g − mean g − x̂ · mean(g x̂)) / σ with g = dy · weight; without the mean of g where x was not centered. */
  normBackward(
    rows: number,
    d: number,
    dy: Span,
    weight: Span | null,
    hat: Span,
    rstd: Span,
    centered: boolean,
    dx: Span,
  ): void;

  /** yⱼ = Σᵢ x[i, j], summed in float64. */
  columnSums(rows: number, d: number, x: Span, y: Span): void;
  /** yⱼ = Σᵢ a[i, j] · b[i, j], summed in float64. */
  columnDots(rows: number, d: number, a: Span, b: Span, y: Span): void;
  /** Σ xᵢ², in float64. */
  sumSquares(n: number, x: Span): number;

  /** to[i] = from[index[i]] for m rows of d; `index` int32, every one a row of `from`. */
  gatherRows(m: number, d: number, from: Span, index: Span, to: Span): void;
  /** to[index[i]] += alpha · from[i] for m rows of d; rows that are named twice add up. */
  scatterAddRows(m: number, d: number, from: Span, index: Span, alpha: number, to: Span): void;
  /** y[tokens[i]] += weights[order[i]] · rows[i] for m rows of d; `tokens` and `order` int32. */
  combine(m: number, d: number, rows: Span, tokens: Span, weights: Span, order: Span, y: Span): void;
  /** dRows[i] = weights[order[i]] · dy[tokens[i]]. */
  combineBackward(m: number, d: number, dy: Span, tokens: Span, weights: Span, order: Span, dRows: Span): void;
  /** dWeights[order[i]] = Σⱼ rows[i, j] · dy[tokens[i], j]; the others stay as they are. */
  combineWeightsBackward(m: number, d: number, rows: Span, dy: Span, tokens: Span, order: Span, dWeights: Span): void;
  /** Positions (int32) of the k largest of each row of n, largest first; the earlier among equals; NaN counts as largest. */
  topk(rows: number, n: number, k: number, x: Span, places: Span): void;

  /** p ← p · weightDecayFactor; g ← g + decay · p; m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²;
   *  p ← p − stepSize · m / (√v · invSqrtBiasCorrection2 + eps). */
  adam(n: number, p: Span, g: Span, m: Span, v: Span, numbers: AdamNumbers): void;
}

/** Throws if `n` numbers from the span's beginning leave its block: a kernel would write over a neighbor without a word. */
export function checkSpan({ storage, offset }: Span, n: number): void {
  if (offset >= 0 && offset + n <= storage.length) return; // false for NaN, too
  throw new RangeError(
    `internal error: ${n} numbers from ${offset} on reach beyond a block of ${storage.length}; check the offset`,
  );
}
