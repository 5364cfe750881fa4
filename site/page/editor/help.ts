/** What the compiler knows, in the editor: red lines, what a name is, and names to choose from. */

import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { type Diagnostic as Mark, linter, lintGutter } from "@codemirror/lint";
import { type Extension, StateEffect, StateField } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap, showTooltip, type Tooltip, tooltips } from "@codemirror/view";
import type { Choice, Diagnostic, Hover, TypesClient } from "../types.js";

/** Milliseconds after the last key until the compiler is asked. */
const PAUSE = 250;
/** Pixels between a tooltip and the side of the window. */
const ROOM = 8;
/** Pixels of a window below which little stands beside another. */
const NARROW = 700;

/** Earlier cells are others now: what the compiler said may be out of date. */
export const checkAgain = StateEffect.define();

interface Asked {
  readonly types: TypesClient;
  readonly before: () => readonly string[];
}

export function help({ types, before }: Asked): Extension {
  const what = async (view: EditorView, position: number): Promise<Tooltip | null> => {
    const found = await types.hover({ before: before(), source: view.state.doc.toString(), position });
    if (!found) return null;
    return { pos: found.start, end: found.end, above: true, create: () => ({ dom: described(found) }) };
  };
  const red = async (view: EditorView): Promise<readonly Mark[]> => {
    const found = await types.diagnostics({ before: before(), source: view.state.doc.toString() });
    return marks(found ?? []);
  };
  return [
    linter(red, { delay: PAUSE, needsRefresh: ({ transactions }) => transactions.some(hasCheck) }),
    lintGutter(),
    hoverTooltip(what),
    atCursor,
    keymap.of([{ key: "Mod-i", preventDefault: true, run: (view) => (void showAtCursor(view, what), true) }]),
    autocompletion({ override: [(context) => names(context, { types, before })], icons: false }),
    tooltips({
      tooltipSpace: () => ({
        left: ROOM,
        top: ROOM,
        right: document.documentElement.clientWidth - ROOM,
        bottom: innerHeight - ROOM,
      }),
    }),
  ];
}

const hasCheck = ({ effects }: { readonly effects: readonly StateEffect<unknown>[] }): boolean =>
  effects.some((effect) => effect.is(checkAgain));

/** The kernel prints the reasons of an error as lines of their own, at the same place: here they are one. */
function marks(found: readonly Diagnostic[]): Mark[] {
  const all: Mark[] = [];
  for (const { start, end, text } of found) {
    const last = all.at(-1);
    if (last?.from === start && last.to === end) last.message += `\n${text}`;
    else all.push({ from: start, to: end, severity: "error", message: text });
  }
  return all;
}

/** What hover shows of a name. */
function described({ type, words, tags }: Hover): HTMLElement {
  const box = document.createElement("div");
  box.className = "cm-types";
  const add = (name: string, text: string): void => {
    if (text === "") return;
    const element = document.createElement(name);
    element.textContent = text;
    box.append(element);
  };
  add("pre", type);
  add("p", words);
  for (const [name, text] of tags) add("small", `@${name} ${text}`);
  return box;
}

/** What hover shows, by a key: at the cursor, until it moves. */
const setAtCursor = StateEffect.define<Tooltip | null>();
const atCursor = StateField.define<Tooltip | null>({
  create: () => null,
  update(value, { docChanged, selection, effects }) {
    if (docChanged || selection) value = null;
    for (const effect of effects) if (effect.is(setAtCursor)) value = effect.value;
    return value;
  },
  provide: (field) => showTooltip.from(field),
});

async function showAtCursor(
  view: EditorView,
  what: (view: EditorView, position: number) => Promise<Tooltip | null>,
): Promise<void> {
  const { state } = view;
  const tooltip = await what(view, state.selection.main.head);
  if (view.state.doc === state.doc && view.state.selection.eq(state.selection))
    view.dispatch({ effects: setAtCursor.of(tooltip) });
}

async function names(context: CompletionContext, asked: Asked): Promise<CompletionResult | null> {
  const isName = context.matchBefore(/[\w$]+|\./) !== null;
  const isNumber = context.matchBefore(/(?:^|[^\w$])\d[\w.]*/) !== null;
  if (!context.explicit && (!isName || isNumber)) return null;
  const source = context.state.doc.toString();
  const found = await asked.types.completions({ before: asked.before(), source, position: context.pos });
  if (!found) return null;
  const options = found.choices.map((choice): Completion => {
    const { name, kind, rank } = choice;
    // Where there is no room beside the names, it would hide them.
    const info = innerWidth < NARROW ? {} : { info: () => about(choice, found, source, asked) };
    return { label: name, detail: kind, boost: -rank, ...info };
  });
  return { from: found.start, options, validFor: /^[\w$]*$/ };
}

/** What a name to choose is: the compiler looks at the cell as if it was chosen. */
async function about(
  { name }: Choice,
  { start, end }: { readonly start: number; readonly end: number },
  source: string,
  { types, before }: Asked,
): Promise<HTMLElement | null> {
  const chosen = source.slice(0, start) + name + source.slice(end);
  const found = await types.hover({ before: before(), source: chosen, position: start });
  return found && described(found);
}
