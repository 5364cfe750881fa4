import { jsonText, oneLine, printable } from "../text/printable.js";
import { base64, escapeHtml } from "./escape.js";
import { tslab } from "./kernel.js";
import { bakeColors, fileRules, paletteRules, type Theme, themeStyle, valueOf } from "./palette.js";
import { pngOf } from "./png.js";

/** How a figure is written as HTML. */
export interface HtmlOptions {
  /** "auto" (default): light or dark as the page says, by its `color-scheme`, as JupyterLab or VS Code. Else one of both, always. */
  readonly theme?: Theme | "auto";
  /** false leaves the second picture out (half the bytes): for the many states of a live chart. */
  readonly still?: boolean;
}

interface Words {
  /** Short name, for `data-figure` and file names: "loss". */
  readonly name: string;
  /** What it shows, in words, for those who don't see it. */
  readonly description: string;
  /** The numbers that its words and marks are made from, as plain data. */
  readonly facts: unknown;
}

/** What all outputs have in common: drawings (Figure), and tables, formulas and sliders (HtmlFigure). */
abstract class Output implements Words {
  readonly name: string;
  readonly description: string;
  readonly facts: unknown;

  constructor({ name, description, facts }: Words) {
    this.name = name;
    this.description = oneLine(description);
    this.facts = facts;
  }

  /** A self-contained piece of HTML. */
  abstract html(options?: HtmlOptions): string;

  /** The same as one text: a drawing's SVG file, or the HTML of what is no drawing. */
  abstract toString(): string;

  /** An element of the page, new at each call: what Observable, React's refs and d3's `append` want. Throws where there
   *  is no page, as in Node and in a worker: those send `svg()` or `html()`. */
  node(options: Pick<HtmlOptions, "theme"> = {}): HTMLElement {
    if (typeof document === "undefined")
      throw new Error("node needs a page: where there is none, svg() and html() give the same as text");
    const place = document.createElement("div");
    place.innerHTML = this.html({ ...options, still: false });
    const node = place.firstElementChild as HTMLElement;
    node.remove();
    // A script that came as text never runs; one that was made does, as soon as it is in the page.
    for (const script of Array.from(node.querySelectorAll("script"))) {
      const made = document.createElement("script");
      made.type = script.type;
      made.textContent = script.textContent;
      script.replaceWith(made);
    }
    return node;
  }

  /** What Jupyter front ends that ask the value itself (Deno's kernel) show for it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/html": this.html(), "text/plain": this.description };
  }

  /** In tslab a figure that ends a cell, or is logged, shows itself. Elsewhere a console prints words, not thousands of coordinates. */
  [Symbol.for("nodejs.util.inspect.custom")](depth: number, options: { readonly depth?: number | null } = {}): string {
    const kernel = depth === (options.depth ?? depth) ? tslab() : undefined; // not for one deep inside another value
    kernel?.newDisplay().html(this.html());
    return kernel ? "" : `Figure "${this.name}": ${this.description}`;
  }
}

export interface FigureParts extends Words {
  /** Size in CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** The drawing: an `<svg width height viewBox>` whose colors are palette variables, in the attributes `fill` and `stroke`. Words
   *  of the user are escaped, and none of them stands in the `<svg>` tag itself. */
  readonly markup: string;
}

/** A picture that knows nothing of where it will be shown. */
export class Figure extends Output {
  readonly width: number;
  readonly height: number;
  /** The attributes of `<svg …>`, and all that follows them. Only the first may be changed by patterns: the rest holds words. */
  readonly #attributes: string;
  readonly #rest: string;

  constructor(parts: FigureParts) {
    super(parts);
    this.width = parts.width;
    this.height = parts.height;
    const markup = printable(parts.markup);
    const end = markup.indexOf(">");
    this.#attributes = markup.slice("<svg".length, end).replace(/ xmlns="[^"]*"/, "");
    this.#rest = markup.slice(end + 1);
  }

  /** A standalone SVG file with a solid ground: light, dark, or as the reader's system has it ("auto"; colors are then variables,
   *  which browsers understand and some drawing programs do not). */
  svg(theme: Theme | "auto" = "light"): string {
    const isAuto = theme === "auto";
    const valued = (name: "background" | "ink"): string =>
      isAuto ? `var(--twin-${name},${valueOf(name, "light")})` : valueOf(name, theme);
    const look = `style="direction:ltr;background:${valued("background")};color:${valued("ink")}"`;
    const ground = `<rect width="100%" height="100%" fill="${valued("background")}"/>`;
    const rest = isAuto ? this.#rest : bakeColors(this.#rest, theme);
    return `<svg xmlns="http://www.w3.org/2000/svg" ${this.#role()} ${look}${this.#attributes}>${isAuto ? fileRules() : ""}${ground}${rest}`;
  }

  /** A notebook output. Where the notebook is trusted the inline drawing shows, and follows the light or dark theme. An untrusted
   *  notebook loses `<svg>` and `<style>` but keeps an image, so the same picture is there a second time as an image, which only
   *  the style rule hides. What a sanitizer leaves of the drawing is its bare words: they stay in a hidden box, said twice
   *  (`hidden` and `display:none`), since some places keep only one of the two; they drop attributes without a value. */
  override html({ theme = "auto", still = true }: HtmlOptions = {}): string {
    const drawing = `<svg ${this.#role()} style="${SVG_STYLE};min-width:${this.#least()}px"${this.#attributes}>${this.#rest}`;
    const image = still ? this.#image(theme === "dark" ? "dark" : "light") : "";
    return (
      `<figure class="twinformer" data-figure="${escapeHtml(this.name)}" data-facts="${escapeHtml(jsonText(this.facts))}" ` +
      `style="margin:0 0 10px;font-size:0${themeStyle(theme)}"><style>${paletteRules()}${SHOW_DRAWING}</style>` +
      `<div class="twinformer-drawing" hidden="hidden" style="display:none">${drawing}</div>${image}</figure>`
    );
  }

  /** The picture as a PNG file. In Node it is drawn by the package @resvg/resvg-js, which has to be installed beside this one; in a
   *  page, by the browser. @param options.scale pixels of the file for one CSS pixel; default 2 */
  async png(options: { readonly theme?: Theme; readonly scale?: number } = {}): Promise<Uint8Array> {
    return await pngOf(this.svg(options.theme), this, options.scale);
  }

  override toString(): string {
    return this.svg();
  }

  #role(): string {
    return `role="img" aria-label="${escapeHtml(this.description)}"`;
  }

  /** A narrow place shrinks the drawing until its letters of 12 px have 11; from there on it scrolls. */
  #least(): number {
    return Math.floor((this.width * 11) / 12);
  }

  #image(theme: Theme): string {
    const image = base64(this.svg(theme).replace(/<title>[^<]*<\/title>/g, "")); // an image shows no tooltips
    return `<img alt="${escapeHtml(this.description)}" width="${this.width}" style="max-width:100%;min-width:${this.#least()}px" src="data:image/svg+xml;base64,${image}">`;
  }
}

/** An output that is not one drawing: a table, a formula, a slider. */
export class HtmlFigure extends Output {
  readonly #html: (options: HtmlOptions) => string;

  /** @param parts.html what it looks like: one element. Words of the user are escaped. */
  constructor({ html, ...words }: Words & { readonly html: (options: HtmlOptions) => string }) {
    super(words);
    this.#html = html;
  }

  override html(options: HtmlOptions = {}): string {
    return this.#html(options);
  }

  override toString(): string {
    return this.html();
  }
}

/** Words run from left to right in a page of Arabic or Hebrew, too: the places of the marks do. */
const SVG_STYLE = "direction:ltr;display:block;max-width:100%;height:auto;overflow:visible";

/** Trusted: the drawing, where there is one, instead of its image. */
const SHOW_DRAWING =
  ".twinformer-drawing:has(>svg){display:block!important;overflow-x:auto}.twinformer-drawing:has(>svg)+img{display:none}";
