import { checkSpan, type Span } from "../rows/types.js";

/** The `n` numbers of a span. */
export function floats(span: Span, n: number): Float32Array {
  checkSpan(span, n);
  return span.storage.f32().subarray(span.offset, span.offset + n);
}

/** The numbers from a span's beginning on, as many as indices reach. */
export const from = ({ storage, offset }: Span): Float32Array => storage.f32().subarray(offset);

/** As `floats`, for indices. */
export function ints(span: Span, n: number): Int32Array {
  checkSpan(span, n);
  return span.storage.i32().subarray(span.offset, span.offset + n);
}
