/** Options that every figure takes. */
export interface FrameOptions {
  /** Width in CSS pixels; default 680. A narrower place shrinks the figure as a whole. */
  readonly width?: number;
  /** Height in CSS pixels. */
  readonly height?: number;
  /** First line, bold. Empty string: none. */
  readonly title?: string;
  /** Second line: how to read the marks. Empty string: none. */
  readonly subtitle?: string;
}

/** Checks a size in pixels: a figure of NaN pixels would be an empty output without a word. */
export function checkSize(figure: string, name: "width" | "height", value: number): number {
  if (Number.isFinite(value) && value >= 120) return value;
  throw new RangeError(`${figure} needs a ${name} of 120 pixels or more, got ${value}`);
}

/** Height of the lines above the drawing, in pixels. */
export function headHeight(title: string, subtitle: string): number {
  return (title ? 22 : 0) + (subtitle ? 18 : 0);
}
