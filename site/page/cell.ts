/** A code cell of a page: what was executed stays to be read until the reader runs the cell. */

import type { Failure } from "../messages.js";
import type { Edits } from "./edits.js";
import type { Editor } from "./editor.js";
import { Outputs } from "./outputs.js";

export interface CellEvents {
  run(cell: CodeCell, then: "stay" | "next"): void;
  runTo(cell: CodeCell): void;
  /** Opens an editor in place of the code. */
  edit(cell: CodeCell, place: HTMLElement): Promise<Editor>;
}

export class CodeCell {
  readonly outputs: Outputs;
  readonly #events: CellEvents;
  readonly #edits: Edits;
  readonly #code: HTMLElement;
  readonly #bar: HTMLElement;
  readonly #status: HTMLElement;
  readonly #reset: HTMLButtonElement;
  #editor: Editor | null = null;
  #source: string;

  /** @param id of the cell in the notebook  @param author its source there */
  constructor(
    readonly section: HTMLElement,
    readonly id: string,
    readonly author: string,
    edits: Edits,
    events: CellEvents,
  ) {
    this.outputs = new Outputs(section);
    this.#events = events;
    this.#edits = edits;
    this.#code = section.querySelector<HTMLElement>(".highlight")!;
    const edit = edits.get(id);
    this.#source = edit?.source ?? author;
    const name = (what: string): string => `${what} this cell`;
    this.#status = made("span", "live-state");
    this.#status.setAttribute("role", "status");
    this.#reset = button("Reset", name("Reset"), () => this.reset());
    this.#bar = made("div", "live-cell");
    this.#bar.append(
      button("▶ Run", name("Run"), () => events.run(this, "stay")),
      button("Run to here", "Run all cells up to this one", () => events.runTo(this)),
      button("Edit", name("Edit"), () => void this.edit()),
      this.#reset,
      this.#status,
    );
    this.#code.after(this.#bar);
    this.#code.addEventListener("dblclick", () => void this.edit());
    if (edit) {
      void this.edit(false);
      if (edit.from !== author) this.#offerNewer(edit.from);
    }
    this.#changed();
  }

  /** As the reader has it. */
  get source(): string {
    return this.#source;
  }

  get isEdited(): boolean {
    return this.#source !== this.author;
  }

  /** Shows an editor in place of the code. */
  async edit(focus = true): Promise<void> {
    if (!this.#editor) {
      const place = made("div", "live-editor");
      this.#code.before(place);
      try {
        this.#editor = await this.#events.edit(this, place);
        this.#code.hidden = true;
      } catch (error) {
        place.remove();
        this.say(`The editor could not be loaded: ${(error as Error).message}`);
        return;
      }
    }
    if (focus) this.#editor.focus();
  }

  /** Called by the editor. */
  typed(source: string): void {
    this.#source = source;
    this.#edits.set(this.id, source, this.author);
    this.#changed();
  }

  /** The author's source again. */
  reset(): void {
    this.typed(this.author);
    this.#editor?.set(this.author);
    this.section.querySelector(".live-newer")?.remove();
  }

  focus(): void {
    if (this.#editor) this.#editor.focus();
    else this.#bar.querySelector("button")!.focus();
    this.section.scrollIntoView({ block: "nearest" });
  }

  began(): void {
    this.outputs.clear();
    this.#editor?.mark(null);
    this.section.dataset.state = "running";
    this.say("running …");
  }

  waits(): void {
    this.section.dataset.state = "waiting";
    this.say("waits");
  }

  /** @param line where it was thrown, "" where nobody knows */
  ended(failed: Failure | null, seconds: number, line: string): void {
    this.section.dataset.state = failed ? "failed" : "done";
    this.say(
      failed
        ? failed.interrupted
          ? "stopped"
          : "failed"
        : `done in ${seconds < 0.1 ? "less than 0.1" : seconds.toFixed(1)} s`,
    );
    if (!failed) return;
    this.outputs.failed(failed, line);
    if (failed.place?.cell === this.id) this.#editor?.mark(failed.place.line);
  }

  /** What was said of it is no longer so. */
  forgotten(): void {
    delete this.section.dataset.state;
    this.say("");
  }

  say(words: string): void {
    this.#status.textContent = words;
  }

  #changed(): void {
    this.#reset.hidden = !this.isEdited;
    this.section.classList.toggle("live-edited", this.isEdited);
  }

  /** The author has written another cell since the reader edited this one: both are shown. */
  #offerNewer(before: string): void {
    const note = made("div", "live-newer");
    const words = made("p", "");
    words.textContent =
      "The author has changed this cell since you edited it. Yours is in the editor; the author's is now:";
    const newer = made("pre", "");
    newer.textContent = this.author;
    const keep = button("Keep mine", "Keep my version of this cell", () => {
      note.remove();
      this.#edits.set(this.id, this.#source, this.author);
    });
    note.title = before === "" ? "" : "Your version began with an older one.";
    note.append(
      words,
      newer,
      keep,
      button("Take the author's", "Take the author's version of this cell", () => this.reset()),
    );
    this.#bar.before(note);
  }
}

function made<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, className: string): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  return element;
}

/** @param label what it is called where nobody sees the cell beside it */
export function button(words: string, label: string, press: () => void): HTMLButtonElement {
  const element = made("button", "");
  element.type = "button";
  element.textContent = words;
  element.setAttribute(
    "aria-label",
    words.replace(/^[^\p{L}]+/u, "") === label ? label : `${words.replace(/^[^\p{L}]+/u, "")}: ${label}`,
  );
  element.addEventListener("click", press);
  return element;
}
