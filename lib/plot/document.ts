/** The document that a picture is drawn into: the page's own in a browser, a light one (linkedom) in Node and Deno.
 *  linkedom is required by name at run time, so a bundler that builds a page never packs it. */
let drawing: Document | undefined;

export function drawingDocument(): Document {
  if (typeof document !== "undefined") return document;
  if (!drawing) {
    const { createRequire } = process.getBuiltinModule("node:module");
    const { parseHTML } = createRequire(import.meta.url)("linkedom") as typeof import("linkedom");
    drawing = parseHTML("<!doctype html><html><body></body></html>").document;
  }
  return drawing;
}

/** An SVG element as text that is well-formed XML, coordinates rounded to 1/100 of a pixel (half the bytes). */
export function markupOf(element: SVGElement): string {
  const text =
    typeof XMLSerializer === "undefined" ? element.outerHTML : new XMLSerializer().serializeToString(element);
  return text
    .replace(/&nbsp;/g, "&#160;") // an entity that HTML knows and XML does not
    .replace(/<[^>]+>/g, (tag) =>
      tag.replace(/-?\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100)),
    );
}
