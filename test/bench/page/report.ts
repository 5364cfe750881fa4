import type { ProductRow } from "../products/measure.js";

/** What a page says of itself. */
export interface Facts {
  browser: string;
  kernels: string;
  /** Is the page cross-origin isolated? Then its clock ticks every 5 µs; otherwise every 100 µs. */
  isolated: boolean;
}

/** What the page tells the command line in the course of a run. */
export type Report = { facts: Facts } | { row: ProductRow } | { error: string } | { end: true };
