/** What a cell has shown, below it: words in the order in which they came, pictures that are replaced in place. */

import type { Failure, Report } from "../messages.js";

/** Outputs as a .ipynb has them. */
export type SavedOutput =
  | { output_type: "stream"; name: "stdout" | "stderr"; text: string }
  | { output_type: "display_data"; data: Record<string, string>; metadata: object };

/** Letters of one stream that are shown: more than that nobody reads, and a page that grows for ever ends the tab. */
const MOST_LETTERS = 200_000;

export class Outputs {
  readonly #section: HTMLElement;
  #displays = new Map<number, HTMLElement>();
  #last: { stream: string; element: HTMLElement; letters: number } | null = null;

  constructor(section: HTMLElement) {
    this.#section = section;
  }

  /** Nothing is shown any more. */
  clear(): void {
    for (const old of this.#section.querySelectorAll(":scope > .output, :scope > .live-error")) old.remove();
    this.#displays = new Map();
    this.#last = null;
  }

  text({ stream, text }: Extract<Report, { type: "text" }>): void {
    if (this.#last?.stream !== stream) {
      const element = document.createElement("pre");
      if (stream === "stderr") element.className = "stderr";
      this.#add(element);
      this.#last = { stream, element, letters: 0 };
    }
    const last = this.#last;
    if (last.letters > MOST_LETTERS) return;
    last.letters += text.length;
    last.element.append(last.letters > MOST_LETTERS ? "\n… (more is not shown)\n" : text);
    // As in the page that was read: lines longer than a screen are broken.
    if (text.split("\n").some((line) => line.length > 100)) last.element.classList.add("wraps");
  }

  html({ display, html }: Extract<Report, { type: "html" }>): void {
    let element = this.#displays.get(display);
    if (!element) {
      element = document.createElement("div");
      element.className = "output-html";
      this.#add(element);
      this.#displays.set(display, element);
      this.#last = null;
    }
    // A figure leads to notebooks; here their pages are.
    element.innerHTML = html.replace(/(href="\d\d-[\w-]+)\.ipynb(?=[#"])/g, "$1.html");
    enliven(element);
  }

  failed(failed: Failure, line: string): void {
    const element = document.createElement("div");
    element.className = "live-error";
    element.setAttribute("role", "alert");
    const sentence = document.createElement("p");
    sentence.textContent = failed.sentence;
    element.append(sentence);
    if (line !== "") {
      const where = document.createElement("p");
      where.className = "live-where";
      where.textContent = line;
      element.append(where);
    }
    if (failed.stack !== "" && !failed.interrupted) {
      const details = document.createElement("details");
      const summary = document.createElement("summary");
      summary.textContent = "Where it was thrown";
      const stack = document.createElement("pre");
      stack.textContent = failed.stack;
      details.append(summary, stack);
      element.append(details);
    }
    this.#section.append(element);
    this.#last = null;
  }

  /** What is below the cell, as a notebook keeps it. */
  saved(): SavedOutput[] {
    const all: SavedOutput[] = [];
    const shown = this.#section.querySelectorAll<HTMLElement>(":scope > .output > *, :scope > .live-error > p");
    for (const element of shown) {
      const isError = element.parentElement!.className === "live-error";
      if (isError || element instanceof HTMLPreElement) {
        const name = isError || element.className.includes("stderr") ? "stderr" : "stdout";
        all.push({ output_type: "stream", name, text: isError ? `${element.textContent}\n` : element.textContent });
        continue;
      }
      const inside = (element.shadowRoot ?? element).innerHTML;
      const html = element instanceof HTMLImageElement ? element.outerHTML : inside;
      const words = element.querySelector("[role=img]")?.getAttribute("aria-label") ?? element.innerText;
      all.push({ output_type: "display_data", data: { "text/html": html, "text/plain": words.trim() }, metadata: {} });
    }
    return all;
  }

  #add(element: HTMLElement): void {
    const output = document.createElement("div");
    output.className = "output";
    output.append(element);
    this.#section.append(output);
  }
}

/** A script that came as text never runs; one that was made does, if the page's policy knows it: those of our figures. That which brings a
 *  training into sight is for notebooks, whose *Run all* jumps to the end. */
function enliven(element: HTMLElement): void {
  for (const script of element.querySelectorAll("script")) {
    if (script.closest(".twinformer-in-sight")) continue;
    const made = document.createElement("script");
    if (script.type) made.type = script.type;
    made.textContent = script.textContent;
    script.replaceWith(made);
  }
}
