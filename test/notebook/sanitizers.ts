import { parseHTML } from "linkedom";
import sanitizeHtml from "sanitize-html";

/** What the places do to an output whose notebook they don't trust.
 *
 *  JupyterLab 4 uses this very sanitize-html. The lists are those of its `Sanitizer` (packages/apputils/src/sanitizer.ts), reduced
 *  to what outputs of ours could contain, and never longer: no svg, no style element, no script, no data-attributes. Style
 *  properties pass a list of names and a pattern of values, here simply: no functions, so no `var()` and no `url()`.
 *  The same happens in a real JupyterLab in test/browser. */
const jupyterLab: sanitizeHtml.IOptions = {
  allowedTags: "a b br code div em figcaption figure h1 h2 h3 hr i img li ol p pre span strong sub sup"
    .split(" ")
    .concat("table tbody td tfoot th thead tr ul".split(" ")),
  allowedAttributes: {
    "*": ["class", "dir", "draggable", "hidden", "lang", "style", "title"],
    div: ["align"],
    img: ["align", "alt", "border", "height", "src", "width"],
    td: ["align", "colspan", "rowspan", "valign", "width"],
    th: ["align", "colspan", "rowspan", "valign", "width"],
  },
  allowedStyles: {
    "*": Object.fromEntries(
      ["background-color", "border", "border-collapse", "border-radius", "color", "display", "font-size", "font-weight"]
        .concat(["height", "margin", "margin-right", "max-width", "opacity", "overflow-x", "padding", "text-align"])
        .concat(["white-space", "width"])
        .map((property) => [property, [/^[^()]+$/]]),
    ),
  },
  allowedSchemesAppliedToAttributes: ["href", "cite"],
};

/** GitHub does not publish what its notebook view keeps. It is known to drop scripts, style sheets and inline SVG and to show
 *  images with data; taken for granted here is no more than that: no style, no class, `hidden` left. */
const gitHub: sanitizeHtml.IOptions = {
  ...jupyterLab,
  allowedAttributes: { ...jupyterLab.allowedAttributes, "*": ["hidden", "title"] },
};

/** The other half: a place that keeps style attributes but not `hidden`. */
const styleOnly: sanitizeHtml.IOptions = {
  ...jupyterLab,
  allowedAttributes: { ...jupyterLab.allowedAttributes, "*": ["style"] },
};

export const sanitizers: Readonly<Record<string, (html: string) => string>> = {
  JupyterLab: (html) => sanitizeHtml(html, jupyterLab),
  GitHub: (html) => sanitizeHtml(html, gitHub),
  "a place without the attribute hidden": (html) => sanitizeHtml(html, styleOnly),
};

/** What is left to see: words outside hidden boxes, and the images as the text of their files. */
export function visible(html: string): { words: string; images: string[]; root: Element } {
  const { document } = parseHTML(`<!doctype html><html><body>${html}</body></html>`);
  for (const element of Array.from(document.querySelectorAll("[hidden], [style]"))) {
    const style = element.getAttribute("style") ?? "";
    if (element.hasAttribute("hidden") || /display:\s*none/.test(style)) element.remove();
  }
  const images = Array.from(document.querySelectorAll("img")).map((image) => {
    const [kind, data] = image.getAttribute("src")!.split(";base64,");
    if (kind !== "data:image/svg+xml") throw new Error(`not a picture of our own: ${kind}`);
    return Buffer.from(data, "base64").toString("utf8");
  });
  return { words: (document.body.textContent ?? "").trim(), images, root: document.body };
}
