/** Cells one after another, as the notebook kernel compiles them: by its own converter, over files in memory. */

import "./system.js"; // before the converter
import { type Converter, createConverter } from "tslab/dist/converter.js";
import type { Answers, Diagnostic, Place } from "./messages.js";

/** A cell as it was compiled last, behind the declarations of those before it. */
interface Compiled {
  readonly before: string;
  readonly source: string;
  readonly diagnostics: Answers["diagnostics"];
  /** What is declared behind it. */
  readonly after: string;
}

/** Rank of what TypeScript gives no number. */
const LAST = 20;

export class Cells {
  #converter: Converter | null = null;
  /** By the number of cells before it. */
  readonly #compiled: Compiled[] = [];

  /** Diagnostics of a cell that stands behind these declarations. */
  diagnostics(declarations: string, { before, source }: Place): Answers["diagnostics"] {
    return this.#compile(before.length, declarations, source).diagnostics;
  }

  hover(declarations: string, { source, position }: Place): Answers["hover"] {
    const found = this.#with((converter) => converter.inspect(declarations, source, position));
    if (!found) return null;
    const { start, length } = found.textSpan;
    const tags = (found.tags ?? []).map(({ name, text }) => [name, words(text)] as const);
    return { start, end: start + length, type: words(found.displayParts), words: words(found.documentation), tags };
  }

  completions(declarations: string, { source, position }: Place): Answers["completions"] {
    const found = this.#with((converter) => converter.complete(declarations, source, position));
    // Not the kernel's own selection: the editor chooses among all of them, letter by letter.
    const choices = (found.original?.entries ?? []).map(({ name, kind, sortText }) => ({
      name,
      kind,
      rank: Number(sortText) || LAST,
    }));
    return choices.length > 0 ? { start: found.start, end: found.end, choices } : null;
  }

  /** Declarations of all these cells together, step by step: each takes a while, and somebody may ask for something else
   *  meanwhile. What has not changed is not compiled again. */
  *declarations(before: readonly string[]): Generator<void, string> {
    let declarations = "";
    for (const [i, source] of before.entries()) {
      const known = this.#compiled[i];
      try {
        const compiled = this.#compile(i, declarations, source);
        declarations = compiled.after;
        if (compiled !== known) yield;
      } catch {
        // The compiler has lost its way in half a word: the cell declares nothing.
      }
    }
    return declarations;
  }

  #compile(at: number, before: string, source: string): Compiled {
    const known = this.#compiled[at];
    if (known?.before === before && known.source === source) return known;
    const found = this.#with((converter) => converter.convert(before, source));
    const diagnostics = found.diagnostics.flatMap((one): Diagnostic[] => {
      // A module beside the cell: there is none here.
      if (one.fileName !== undefined) return [];
      // The converter compiles a line more than the cell has.
      const start = Math.min(one.start.offset, source.length);
      const end = Math.min(one.end.offset, source.length);
      return [{ line: one.start.line + 1, column: one.start.character + 1, start, end, text: one.messageText }];
    });
    // As in the kernel, a cell that does not compile declares nothing.
    const compiled = { before, source, diagnostics, after: found.declOutput ?? before };
    this.#compiled[at] = compiled;
    return compiled;
  }

  /** Where the compiler throws as it reads a text, over half a word, the converter waits for the end of that for ever: the next
   *  question then gets a new one. */
  #with<T>(ask: (converter: Converter) => T): T {
    this.#converter ??= createConverter();
    try {
      return ask(this.#converter);
    } catch (error) {
      if (!(error as Error).message.includes("rebuildTimer")) throw error;
      this.#converter = createConverter();
      return ask(this.#converter);
    }
  }
}

const words = (parts: readonly { readonly text: string }[] | undefined): string =>
  (parts ?? []).map(({ text }) => text).join("");
