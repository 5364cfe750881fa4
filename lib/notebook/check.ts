import { escapeHtml } from "../plot/escape.js";
import { oneLine } from "../text/printable.js";
import { show } from "../text/show.js";
import { display } from "./display.js";
import { host } from "./host.js";
import type { Picture } from "./picture.js";
import type { Verdict } from "./exercises/exercise.js";
import { exercises } from "./exercises/index.js";
import { judge } from "./exercises/judge.js";

/** Says below the cell whether an answer to an exercise is right and, where it is not, what is wrong with it.
 *  An exercise that is not answered yet (undefined, null) is no error: *Run All* goes on.
 *
 *      check("places of an expert", (tokens, nExpert, topK, factor) => …)  */
export function check(name: string, answer: unknown): void {
  const found = Object.hasOwn(exercises, name) ? exercises[name] : undefined;
  if (!found) throw new Error(`check knows no exercise ${show(name)}; there are ${Object.keys(exercises).join(", ")}`);
  const verdict = judge(found, answer);
  if (host() === "node") console.log(`${name}: ${words(verdict)}`);
  else display(box(name, verdict));
}

const marks = { open: "○ not answered yet", right: "✓ right", wrong: "✗ not yet" } as const;

const words = (verdict: Verdict): string =>
  oneLine(
    [`${marks[verdict.state]}: ${verdict.says}`, ...(verdict.state === "wrong" ? [verdict.hint] : [])]
      .filter(Boolean)
      .join(". "),
  );

/** A name between `back quotes` is code. */
const markup = (words: string): string => escapeHtml(oneLine(words)).replace(/`([^`]+)`/g, "<code>$1</code>");

function box(name: string, verdict: Verdict): Picture {
  const hint = verdict.state === "wrong" && verdict.hint ? `<br><b>Hint:</b> ${markup(verdict.hint)}` : "";
  const style = `margin:4px 0;padding:4px 10px;border-left:4px ${verdict.state === "right" ? "solid" : "dashed"};font-size:14px;line-height:1.5`;
  return {
    name: `check-${name}`,
    description: `${name}: ${words(verdict)}`,
    html: () =>
      `<p class="twinformer-check" role="status" data-check="${escapeHtml(name)}" data-state="${verdict.state}" style="${style}">` +
      `<b>${marks[verdict.state]}</b> · ${markup(verdict.says)}${hint}</p>`,
  };
}
