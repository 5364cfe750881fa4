/** The editor of a cell: CodeMirror, with the compiler of the notebook kernel behind it. */

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
import { Annotation, Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, keymap } from "@codemirror/view";
import { checkAgain, help } from "./editor/help.js";
import { theme } from "./editor/theme.js";
import type { TypesClient } from "./types.js";

export interface EditorOptions {
  /** It becomes the last element in there. */
  readonly parent: HTMLElement;
  readonly source: string;
  /** What somebody who does not see it is told: "Cell 3". */
  readonly label: string;
  /** Sources of the code cells before this one, as they are now. */
  readonly before: () => readonly string[];
  readonly types: TypesClient;
  /** Somebody has changed it; `set` does not call this. */
  readonly onChange: (source: string) => void;
  /** Shift-Enter goes on to the next cell, Ctrl-Enter stays. */
  readonly onRun: (then: "stay" | "next") => void;
}

export interface Editor {
  readonly source: string;
  /** Other text, which undo takes back. */
  set(source: string): void;
  focus(): void;
  /** Marks the line, from 1, that a cell threw at; null takes the mark away. */
  mark(line: number | null): void;
  /** Asks the compiler again, as earlier cells have changed; whoever begins to edit here is asked for anyway. */
  check(): void;
  close(): void;
}

const isSet = Annotation.define<boolean>();
const setMark = StateEffect.define<number | null>();
const threw = Decoration.line({ class: "cm-threw" });
const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, { changes, effects, state }) {
    value = value.map(changes);
    for (const effect of effects) {
      if (!effect.is(setMark)) continue;
      const isThere = effect.value !== null && effect.value >= 1 && effect.value <= state.doc.lines;
      value = isThere ? Decoration.set([threw.range(state.doc.line(effect.value).from)]) : Decoration.none;
    }
    return value;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export function openEditor({ parent, source, label, before, types, onChange, onRun }: EditorOptions): Editor {
  const run = (then: "stay" | "next") => () => (onRun(then), true);
  const view: EditorView = new EditorView({
    parent,
    doc: source,
    extensions: [
      // Before CodeMirror's own meaning of these keys. Tab has none: it moves on, as in the rest of the page.
      Prec.highest(
        keymap.of([
          { key: "Shift-Enter", run: run("next") },
          { key: "Mod-Enter", run: run("stay") },
          { key: "Ctrl-Enter", run: run("stay") }, // on a Mac as well
        ]),
      ),
      history(),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      javascript({ typescript: true }),
      help({ types, before }),
      marked,
      theme,
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...lintKeymap]),
      EditorView.contentAttributes.of({
        "aria-label": label,
        autocapitalize: "off",
        autocorrect: "off",
        spellcheck: "false",
      }),
      EditorView.domEventHandlers({ focus: () => check() }),
      EditorView.updateListener.of(({ docChanged, state, transactions }) => {
        if (docChanged && !transactions.some((one) => one.annotation(isSet))) onChange(state.doc.toString());
      }),
    ],
  });
  const check = (): void => {
    // After the update that has brought the focus.
    void Promise.resolve().then(() => view.dispatch({ effects: checkAgain.of(null) }));
  };
  return {
    get source() {
      return view.state.doc.toString();
    },
    set(text) {
      if (text === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, annotations: isSet.of(true) });
    },
    focus: () => view.focus(),
    mark(line) {
      const at = line !== null && line >= 1 && line <= view.state.doc.lines ? view.state.doc.line(line).from : null;
      const scroll = at === null ? [] : [EditorView.scrollIntoView(at)];
      view.dispatch({ effects: [setMark.of(line), ...scroll] });
    },
    check,
    close: () => view.destroy(),
  };
}
