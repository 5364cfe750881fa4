/** A notebook that the reader dropped, as sections of the page. What it holds is not the site's: its words and saved outputs are sanitised,
 *  and its cells run only when somebody presses Run. */

import DOMPurify from "dompurify";
import { marked } from "marked";
import { joined, type Notebook, type NotebookCell } from "../page/notebook.js";

/** Bytes of a notebook that a page can show. */
const LARGEST = 30e6;

/** Throws a sentence for what is no notebook. @param name of the file, for the sentence */
export function parseNotebook(name: string, text: string): Notebook {
  if (text.length > LARGEST)
    throw new Error(
      `${name} has ${Math.round(text.length / 1e6)} MB: a page shows notebooks up to ${LARGEST / 1e6} MB`,
    );
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new Error(`${name} is no notebook: it is not JSON`);
  }
  const { cells, nbformat } = (file ?? {}) as { cells?: unknown; nbformat?: unknown };
  if (!Array.isArray(cells)) throw new Error(`${name} is no notebook: it has no list of cells`);
  if (typeof nbformat === "number" && nbformat < 4)
    throw new Error(`${name} is a notebook of format ${nbformat}: save it in format 4, as Jupyter has done since 2015`);
  const ids = new Set<string>();
  const checked = cells.map((one: unknown, i): NotebookCell => {
    const { id, cell_type: type, source, outputs, metadata } = (one ?? {}) as Record<string, unknown>;
    const isSource =
      typeof source === "string" || (Array.isArray(source) && source.every((line) => typeof line === "string"));
    if (!isSource || typeof type !== "string")
      throw new Error(`${name} is no notebook: its cell ${i + 1} has no source`);
    // Ids become ids of the page: only what Jupyter itself allows.
    const own = typeof id === "string" && /^[\w-]{1,64}$/.test(id) && !ids.has(id) ? id : `cell-${i + 1}`;
    ids.add(own);
    return {
      id: own,
      cell_type: type,
      source: source,
      metadata: metadata ?? {},
      outputs: outputs ?? [],
    };
  });
  const code = checked
    .filter(({ cell_type }) => cell_type === "code")
    .map(({ id, source }) => ({ id, source: joined(source) }));
  return { file: { ...(file as object), cells: checked }, code };
}

/** Puts the cells of a notebook into an element, in place of what is there. */
export function drawNotebook(notebook: Notebook, into: HTMLElement): void {
  into.replaceChildren(
    ...notebook.file.cells.map((cell) => (cell.cell_type === "code" ? codeSection(cell) : textSection(cell))),
  );
}

export function codeSection(cell: NotebookCell): HTMLElement {
  const section = document.createElement("section");
  section.id = `cell-id=${cell.id}`;
  section.className = "cell code-cell";
  section.dataset.kind = "code";
  const box = document.createElement("div");
  box.className = "highlight";
  const pre = document.createElement("pre");
  pre.textContent = joined(cell.source);
  box.append(pre);
  section.append(box);
  for (const output of (Array.isArray(cell.outputs) ? cell.outputs : []) as Record<string, unknown>[]) {
    const shown = outputOf(output);
    if (!shown) continue;
    const place = document.createElement("div");
    place.className = "output";
    place.append(shown);
    section.append(place);
  }
  return section;
}

function textSection(cell: NotebookCell): HTMLElement {
  const section = document.createElement("section");
  section.id = `cell-id=${cell.id}`;
  section.className = "cell text-cell";
  section.dataset.kind = "markdown";
  const source = joined(cell.source);
  section.innerHTML = cell.cell_type === "markdown" ? safe(marked.parse(source, { async: false })) : "";
  if (cell.cell_type !== "markdown") section.textContent = source;
  return section;
}

function outputOf(output: Record<string, unknown>): HTMLElement | null {
  const data = (output.data ?? {}) as Record<string, string | string[] | undefined>;
  const text = (output.text ?? data["text/plain"]) as string | string[] | undefined;
  if (data["text/html"] !== undefined) {
    const element = document.createElement("div");
    element.className = "output-html saved-html";
    // A tree of its own: rules that come with a figure reach no further.
    element.attachShadow({ mode: "open" }).innerHTML = safe(joined(data["text/html"]), true);
    return element;
  }
  const image = data["image/png"];
  if (image !== undefined && /^[\w+/=\s]*$/.test(joined(image))) {
    const element = document.createElement("img");
    element.src = `data:image/png;base64,${joined(image)}`;
    element.alt = text === undefined ? "" : joined(text);
    return element;
  }
  if (text === undefined) return null;
  const element = document.createElement("pre");
  if (output.name === "stderr") element.className = "stderr";
  element.textContent = joined(text);
  return element;
}

/** Markup without scripts, handlers, forms, or anything from another address. @param withRules keeps its style: for a tree of its own */
export function safe(markup: string, withRules = false): string {
  const clean = DOMPurify.sanitize(markup, {
    FORBID_TAGS: ["form", "input", "button", "iframe", ...(withRules ? [] : ["style"])],
    FORBID_ATTR: withRules ? [] : ["id", "name", "style", "class"],
    FORCE_BODY: true, // else rules that come first are lost
  });
  const { body } = new DOMParser().parseFromString(clean, "text/html");
  for (const element of body.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      if (!/(^|:)(src|srcset|href|poster|data)$/.test(name)) continue;
      const isLink = element.localName === "a";
      if (
        isLink ? /^\s*(https?:|#|mailto:)/i.test(value) : /^(#|data:image\/(png|jpeg|gif|webp|svg\+xml);)/i.test(value)
      )
        continue;
      element.removeAttribute(name);
    }
    if (element.localName === "a") element.setAttribute("rel", "noreferrer noopener");
  }
  return body.innerHTML;
}
