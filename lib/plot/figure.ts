import { base64, escapeHtml } from "./escape.js";
import { jsonText, oneLine, printable } from "../text/printable.js";
import { bakeColors, COLORS, paletteRules, type Theme } from "./palette.js";

export interface FigureParts {
  /** Short name, for `data-figure` and file names: "loss". */
  readonly name: string;
  /** Size in CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** The drawing: an `<svg width height viewBox>` whose colors are palette variables, in the attributes `fill` and `stroke`. Words
   *  of the user are escaped, and none of them stands in the `<svg>` tag itself. */
  readonly markup: string;
  /** What the picture says, in words, for those who don't see it. */
  readonly description: string;
  /** The rows that the picture ends in; tests compare them with the data. */
  readonly last: unknown;
}

/** Something that a notebook can show: a Figure, a table, a formula. */
export interface Markup {
  readonly name: string;
  /** What it shows, in words. */
  readonly description: string;
  /** A self-contained piece of HTML. */
  html(): string;
}

/** A picture that knows nothing of where it will be shown. */
export class Figure {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly description: string;
  readonly last: unknown;
  /** The attributes of `<svg …>`, and all that follows them. Only the first may be changed by patterns: the rest holds words. */
  readonly #attributes: string;
  readonly #rest: string;

  constructor(parts: FigureParts) {
    this.name = parts.name;
    this.width = parts.width;
    this.height = parts.height;
    this.description = oneLine(parts.description);
    this.last = parts.last;
    const markup = printable(parts.markup);
    const end = markup.indexOf(">");
    this.#attributes = markup.slice("<svg".length, end).replace(/ xmlns="[^"]*"/, "");
    this.#rest = markup.slice(end + 1);
  }

  /** A standalone SVG file: solid ground, fixed colors, readable wherever it is put. */
  svg(theme: Theme = "light"): string {
    const colors = `style="background:${colorOf("background", theme)};color:${colorOf("ink", theme)}"`;
    const words = `role="img" aria-label="${escapeHtml(this.description)}"`;
    const ground = `<rect width="100%" height="100%" fill="${colorOf("background", theme)}"/>`;
    const open = `<svg xmlns="http://www.w3.org/2000/svg" ${words} ${colors}${this.#attributes}>`;
    return open + ground + bakeColors(this.#rest, theme);
  }

  /** A notebook output. Where the notebook is trusted the inline drawing shows, and follows the light or dark theme. An untrusted
   *  notebook loses `<svg>` and `<style>` but keeps an image, so the same picture is there a second time as an image, which only
   *  the style rule hides. What a sanitizer leaves of the drawing is its bare words: they stay in a hidden box, said twice
   *  (`hidden` and `display:none`), since some places keep only one of the two; they drop attributes without a value.
   *  @param options.still false leaves the second picture out (half the bytes): for the many states of a live chart. */
  html(options: { readonly still?: boolean } = {}): string {
    const words = escapeHtml(this.description);
    const open = `<svg role="img" aria-label="${words}" style="display:block;max-width:100%;height:auto;overflow:visible"`;
    const drawing = `${open}${this.#attributes}>${this.#rest}`;
    const still = options.still === false ? "" : this.#still(words);
    return (
      `<figure class="twinformer" data-figure="${escapeHtml(this.name)}" data-last="${escapeHtml(jsonText(this.last))}" ` +
      `style="margin:0 0 10px;font-size:0"><style>${paletteRules()}${SHOW_DRAWING}</style>` +
      `<div class="twinformer-drawing" hidden="hidden" style="display:none">${drawing}</div>${still}</figure>`
    );
  }

  #still(words: string): string {
    const image = base64(this.svg().replace(/<title>[^<]*<\/title>/g, "")); // an image shows no tooltips
    return `<img alt="${words}" width="${this.width}" style="max-width:100%" src="data:image/svg+xml;base64,${image}">`;
  }

  /** What Jupyter front ends that ask the value itself (Deno's kernel) show for it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/html": this.html(), "text/plain": this.description };
  }

  /** What tslab and Node print for it: words, instead of thousands of coordinates. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Figure "${this.name}": ${this.description} Show it with display(figure) from "twinformer/notebook".`;
  }
}

/** Trusted: the drawing, where there is one, instead of its image. */
const SHOW_DRAWING =
  ".twinformer-drawing:has(>svg){display:block!important}.twinformer-drawing:has(>svg)+img{display:none}";

const colorOf = (name: "background" | "ink", theme: Theme): string => COLORS[name][theme];
