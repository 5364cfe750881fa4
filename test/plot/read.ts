import { DOMParser, parseHTML } from "linkedom";
import type { Figure } from "../../lib/plot/index.js";

/** The figure's notebook output as a document that a test can ask. */
export function read(figure: Figure) {
  const { document } = parseHTML(`<!doctype html><html><body>${figure.html()}</body></html>`);
  const root = document.querySelector("figure.twinformer")!;
  return {
    root,
    name: root.getAttribute("data-figure"),
    facts: JSON.parse(root.getAttribute("data-facts")!) as Record<string, Record<string, unknown>>,
    texts: Array.from(root.querySelectorAll("svg text")).map((text) => text.textContent),
    all: (selector: string) => Array.from(root.querySelectorAll(selector)),
  };
}

/** Every coordinate of the picture, as text. */
export function geometry(figure: Figure): string {
  const tags = figure.svg().match(/<(?:path|rect|circle|text|g|line)\b[^>]*>/g) ?? [];
  return tags.join("\n");
}

/** "" or what an XML parser would reject: entities that XML lacks, stray signs, characters it forbids, tags that don't close. */
export function wellFormed(svg: string): string {
  const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.exec(svg);
  if (forbidden) return `character ${forbidden[0].charCodeAt(0)}`;
  const entity = /&(?!(?:amp|lt|gt|quot|#39|#160);)/.exec(svg);
  if (entity) return `entity at ${svg.slice(entity.index, entity.index + 12)}`;
  const open: string[] = [];
  const text = svg.replace(
    /<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
    (_, close: string, name: string, _a, self: string) => {
      if (close) return open.pop() === name ? "" : "<";
      if (!self) open.push(name);
      return "";
    },
  );
  if (open.length > 0) return `open: ${open.join(" ")}`;
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
  return text.includes("<") || !parsed.querySelector("svg")
    ? `stray < in ${text.slice(Math.max(0, text.indexOf("<") - 20), 60)}`
    : "";
}
