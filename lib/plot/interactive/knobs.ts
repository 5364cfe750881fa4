import { jsonText } from "../../text/printable.js";
import { show } from "../../text/show.js";
import { escapeHtml } from "../escape.js";
import { Figure, type FigureParts, HtmlFigure } from "../figure.js";
import { Options } from "../options.js";
import { color, themeStyle } from "../palette.js";
import { type AnyControl, checkControls, type Controls, valuesOf } from "./controls.js";
import { page } from "./page.generated.js";

/** What a function draws for one position of the knobs. */
export interface Drawn<Facts = unknown> extends Pick<FigureParts, "width" | "height" | "markup" | "description"> {
  /** The numbers that it is made from, as plain data. */
  readonly facts: Facts;
}

/** Draws for values, data and a width in pixels. */
export type Draw<V extends object, Data, Facts = unknown> = (values: V, data: Data, width: number) => Drawn<Facts>;

export interface KnobsOptions<V extends object, Data> {
  /** What is turned here, for those who do not see it, and the figure's file name: "capacity". */
  readonly label: string;
  /** A control for each value, by its name, in the order in which they stand. */
  readonly controls: Controls<V>;
  /** What the function draws from, besides the values: plain data, as JSON keeps it. */
  readonly data: Data;
  /** The same function for the page: JavaScript whose value is the function. Default: the function's own text, which will do for one
   *  that uses nothing but its arguments. */
  readonly script?: string;
  /** Width of the picture in CSS pixels; on a narrower page it is drawn anew for the width that there is. Default 680. */
  readonly width?: number;
}

/** A picture with knobs. */
export class KnobsFigure<V extends object = object, Facts = unknown> extends HtmlFigure {
  readonly #at: (values: Partial<V>) => Figure;

  constructor(parts: ConstructorParameters<typeof HtmlFigure>[0] & { readonly at: (values: Partial<V>) => Figure }) {
    super(parts);
    this.#at = parts.at;
  }

  /** The picture at these values; where one is left out, at its start. A figure: for a file, or for paper. */
  at(values: Partial<V> = {}): Figure & { readonly facts: Facts } {
    return this.#at(values) as Figure & { readonly facts: Facts };
  }
}

/** A picture that is drawn anew while somebody turns knobs: sliders, menus and fields, by mouse, finger and keyboard; what has changed is
 *  said to screen readers. The page runs the function itself, without a kernel and without a network. Where no script may run (a notebook
 *  that is not trusted, GitHub, a page whose Content-Security-Policy forbids inline scripts), the picture at the start is left; so it is
 *  in React's `dangerouslySetInnerHTML`, which runs no script: there, append `node()`.
 *
 *  The function gets plain values and data and gives back `markup`, an `<svg width height viewBox>` with colors of one's own or the
 *  palette's (`var(--twin-moe, #c3540d)`), and `description`, what it shows in words. Its words are markup: what comes from elsewhere
 *  must be escaped there. `facts` are the numbers behind it, as `data-facts` of the page.
 *  @example
 *  const square = ({ n }: { n: number }, color: string) => ({
 *    width: 120,
 *    height: 120,
 *    markup: `<svg width="120" height="120" viewBox="0 0 120 120"><rect width="${n}" height="${n}" fill="${color}"/></svg>`,
 *    description: `A square of ${n} pixels.`,
 *    facts: { area: n * n },
 *  });
 *  const figure = knobs(square, {
 *    label: "square",
 *    controls: { n: { label: "side", min: 0, max: 120, step: 1, start: 60 } },
 *    data: "teal",
 *  });
 *  figure.at({ n: 100 }).description // => "A square of 100 pixels." */
export function knobs<V extends object, Data, Facts>(
  draw: Draw<V, Data, Facts>,
  options: KnobsOptions<V, Data>,
): KnobsFigure<V, Facts> {
  if (typeof draw !== "function") throw new TypeError(`knobs needs a function that draws, got ${show(draw)}`);
  const given = new Options("knobs", options);
  const controls = checkControls(options.controls);
  const name = given.text("label", "knobs");
  const width = given.size("width", 680);
  const setup = jsonText({ label: name, width, controls }).slice(1, -1);
  const data = `{${setup},"data":${json("data", options.data)}}`.replaceAll("<", "\\u003c"); // nothing in it ends its element
  const script = inScript(`${page}(${given.text("script", "") || String(draw)})`);
  const at = (values: Partial<V>): Figure => {
    const drawn = draw(valuesOf(controls, values) as V, options.data, width);
    return new Figure({ ...checkDrawn(drawn), name });
  };
  const start = at({});
  json("facts", start.facts); // as the page keeps them
  return new KnobsFigure<V, Facts>({
    name,
    description: `${start.description} Knobs: ${controls.map(said).join(", ")}.`,
    facts: start.facts,
    html: (how) =>
      `<div class="twinformer twinformer-knobs" data-figure="${escapeHtml(name)}" ` +
      `style="margin:0 0 10px${themeStyle(how.theme ?? "auto")}"><div class="twinformer-still">${start.html(how)}</div>` +
      `<style>${RULES}</style><script type="application/json">${data}</script><script>${script}</script></div>`,
    at,
  });
}

function checkDrawn(drawn: unknown): Drawn {
  const { width, height, markup, description, facts = null } = (drawn ?? {}) as Partial<Drawn>;
  const isSize = (size: unknown): size is number => typeof size === "number" && Number.isFinite(size) && size > 0;
  if (
    isSize(width) &&
    isSize(height) &&
    typeof markup === "string" &&
    markup.startsWith("<svg") &&
    typeof description === "string"
  )
    return { width, height, markup, description, facts };
  throw new TypeError(
    "knobs needs a function that draws { width, height, markup, description }, markup being an <svg>",
  );
}

const said = ([, { label, start }]: readonly [string, AnyControl]): string => `${label} ${start}`;

/** Plain data as JSON. @param what they are, for the sentence that refuses others */
function json(what: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = value === undefined ? "null" : JSON.stringify(value);
  } catch {
    text = undefined; // a cycle, a bigint
  }
  if (text === undefined) throw new TypeError(`knobs needs ${what} that JSON keeps, got ${show(value)}`);
  return jsonText(value ?? null);
}

/** A text, a pattern or a template of a program may hold what would end its element; they mean the same with \x3C. */
const inScript = (text: string): string => text.replace(/<(?=\/script|!--)/gi, "\\x3C");

/** What the page shows while the script runs: the knobs above the picture, and in place of the still one the live one. */
const RULES =
  ".twinformer-bar{display:grid;grid-template-columns:repeat(auto-fill,minmax(148px,1fr));gap:6px 20px;margin:0 0 10px;" +
  "font:12px/1.4 system-ui,sans-serif}" +
  ".twinformer-bar label{display:grid;grid-template-columns:1fr auto;align-content:end;column-gap:8px;cursor:pointer}" +
  ".twinformer-bar b{font-variant-numeric:tabular-nums;font-weight:600}" +
  ".twinformer-bar :is(input,select,button){font:inherit;color:inherit;box-sizing:border-box;min-height:28px;margin:0;" +
  `accent-color:${color("dense")}}` +
  ".twinformer-bar :is(input,select){grid-column:1/-1;width:100%}" +
  ".twinformer-bar :is(input[type=number],select,button){background:var(--twin-background,Canvas);border:1px solid currentColor;" +
  "border-radius:3px;padding:0 6px}" +
  ".twinformer-bar button{align-self:end;justify-self:start;padding:0 16px;cursor:pointer}" +
  ".twinformer-bar :focus-visible{outline:2px solid currentColor;outline-offset:2px}" +
  "@media (pointer:coarse){.twinformer-bar :is(input,select,button){min-height:44px}}" +
  ".twinformer-said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}";
