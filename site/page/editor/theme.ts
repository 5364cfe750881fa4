/** How the editor looks: as the code of the page that was read (page.css), in its colors, light or dark. */

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const words = HighlightStyle.define([
  { tag: [tags.keyword, tags.bool], color: "var(--blue)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp, tags.escape], color: "var(--green)" },
  { tag: tags.number, color: "var(--violet)" },
  { tag: tags.comment, color: "var(--muted)" },
]);

/** Left of the code, where the page has nothing: room for a dot. */
const PADDING = "14px";

const box = {
  color: "var(--ink)",
  backgroundColor: "Canvas",
  border: "1px solid var(--line)",
  borderRadius: "6px",
  boxShadow: "0 4px 14px var(--shade)",
  // In a narrow window, too, all of it is inside.
  maxWidth: "min(560px, calc(100vw - 16px))",
};

const look = EditorView.theme({
  "&": {
    color: "var(--ink)",
    backgroundColor: "var(--tint)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
    fontSize: "13.5px",
  },
  "@media (max-width: 600px)": { ".cm-scroller": { fontSize: "13px" } },
  "&.cm-focused": { outline: "2px solid var(--blue)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { padding: "10px 0", caretColor: "var(--ink)", outline: "none" },
  ".cm-line": { padding: `0 ${PADDING} 0 0` },
  ".cm-gutters": { color: "var(--muted)", backgroundColor: "var(--tint)", border: "none" },
  ".cm-gutter-lint": { width: PADDING },
  ".cm-gutter-lint .cm-gutterElement": {
    padding: "0",
    display: "flex",
    justifyContent: "center",
    alignItems: "center",
  },
  // CodeMirror's own marks are pictures in data: addresses, which the page forbids.
  ".cm-lint-marker": { width: "7px", height: "7px", borderRadius: "50%", backgroundColor: "var(--red)" },
  ".cm-lint-marker-error, .cm-lint-marker-warning, .cm-lint-marker-info": { content: "normal" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--red)",
    textDecorationSkipInk: "none",
    textUnderlineOffset: "3px",
  },
  ".cm-lintRange-active": { backgroundColor: "color-mix(in srgb, var(--red) 15%, transparent)" },
  ".cm-lintPoint-error:after": { borderBottomColor: "var(--red)" },
  ".cm-threw": {
    backgroundColor: "color-mix(in srgb, var(--red) 14%, transparent)",
    boxShadow: "inset 3px 0 var(--red)",
  },
  "&.cm-focused .cm-matchingBracket, .cm-matchingBracket": {
    backgroundColor: "color-mix(in srgb, var(--blue) 22%, transparent)",
  },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "color-mix(in srgb, var(--red) 22%, transparent)" },
  ".cm-tooltip": box,
  // The list of all red lines (Ctrl-Shift-M).
  ".cm-panels": { color: "var(--ink)", backgroundColor: "Canvas", borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-panel-lint ul [aria-selected], .cm-panel.cm-panel-lint ul:focus [aria-selected]": {
    color: "var(--ink)",
    backgroundColor: "var(--tint)",
  },
  ".cm-panel.cm-panel-lint button": { color: "var(--ink)" },
  ".cm-diagnostic": {
    padding: "6px 12px",
    borderLeft: "4px solid var(--red)",
    fontSize: "13px",
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
  },
  ".cm-types": {
    padding: "8px 12px",
    fontSize: "13px",
    lineHeight: "1.5",
    maxHeight: "min(300px, 40vh)",
    overflowY: "auto",
  },
  ".cm-types pre": { whiteSpace: "pre-wrap", overflowWrap: "anywhere", fontSize: "13px", background: "none" },
  ".cm-types p": { margin: "6px 0 0", whiteSpace: "pre-line", overflowWrap: "anywhere" },
  ".cm-types small": {
    display: "block",
    marginTop: "6px",
    color: "var(--muted)",
    fontSize: "12.5px",
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--mono)",
    fontSize: "13px",
    maxWidth: "min(560px, calc(100vw - 16px))",
    minWidth: "min(220px, calc(100vw - 16px))",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px", lineHeight: "1.5" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { color: "Canvas", backgroundColor: "var(--blue)" },
  ".cm-tooltip-autocomplete ul li[aria-selected] .cm-completionDetail": { color: "Canvas" },
  ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal", marginLeft: "1.5em" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-tooltip.cm-completionInfo": { padding: "0" },
});

export const theme: Extension = [look, syntaxHighlighting(words)];
