import type * as notebook from "../../../lib/notebook/index.js";
import * as plot from "../../../lib/plot/index.js";

/** What an output puts before somebody's eyes. */
export interface Shown {
  readonly html: readonly string[];
  readonly svg: readonly string[];
  readonly descriptions: readonly string[];
}

export interface Output {
  /** Arguments as plain data. Each text in them is one that a user may choose, but for `fixed`. */
  readonly args: readonly unknown[];
  /** Texts that mean something: a status, a unit. */
  readonly fixed?: readonly string[];
  readonly show: (...args: never[]) => Shown | Promise<Shown>;
}

export const shown = (picture: notebook.Picture): Shown => ({
  html: [picture.html()],
  svg: picture instanceof plot.Figure ? [picture.svg(), picture.svg("dark")] : [],
  descriptions: [picture.description ?? ""],
});

/** An output that is one function of its arguments. */
export const figure = <Args extends unknown[]>(
  draw: (...args: Args) => notebook.Picture,
  args: Args,
  fixed: readonly string[] = [],
): Output => ({ args, fixed, show: (...given: never[]) => shown(draw(...(given as unknown as Args))) });

/** Options that every figure takes. */
export const frame = { width: 680, height: 300, title: "title", subtitle: "subtitle" };
