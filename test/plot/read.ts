import { parseHTML } from "linkedom";
import type { Figure } from "../../lib/plot/index.js";

/** The figure's notebook output as a document that a test can ask. */
export function read(figure: Figure) {
  const { document } = parseHTML(`<!doctype html><html><body>${figure.html()}</body></html>`);
  const root = document.querySelector("figure.twinformer")!;
  return {
    root,
    name: root.getAttribute("data-figure"),
    last: JSON.parse(root.getAttribute("data-last")!) as Record<string, Record<string, unknown>>,
    texts: Array.from(root.querySelectorAll("svg text")).map((text) => text.textContent),
    all: (selector: string) => Array.from(root.querySelectorAll(selector)),
  };
}

/** Every coordinate of the picture, as text. */
export function geometry(figure: Figure): string {
  const tags = figure.svg().match(/<(?:path|rect|circle|text|g|line)\b[^>]*>/g) ?? [];
  return tags.join("\n");
}
