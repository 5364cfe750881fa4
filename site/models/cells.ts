/** Cells of the notebooks that explain the parts of a page. A test looks whether they are there. */

import { html, type Html } from "./html.js";

export const cells = {
  total: ["05-parameters", "total-active", "how total and active parameters are counted"],
  bars: ["05-parameters", "code-05", "the same bars, for Mistral and Mixtral"],
  tree: ["05-parameters", "code-08", "the tree of parts"],
  weights: ["05-parameters", "code-30", "what weights weigh in each number format"],
  cache: ["05-parameters", "code-38", "what a long text costs"],
  training: ["05-parameters", "code-34", "what training takes"],
  coverage: ["08-inference", "code-49", "how many experts a batch touches, measured"],
  reading: ["08-inference", "code-54", "the bytes that a step reads"],
  held: ["08-inference", "code-64", "what must be held"],
  bound: ["08-inference", "code-45", "why reading is the limit"],
  measured: ["08-inference", "code-89", "what others measured beside what the bound says"],
} as const satisfies Record<string, readonly [notebook: string, cell: string, words: string]>;

/** "Explained in notebook 05: how …; and in notebook 08: …". @param up the way from the page to the notebooks */
export function explainedIn(up: string, names: readonly (keyof typeof cells)[]): Html {
  const links = names.map((name, i) => {
    const [notebook, cell, words] = cells[name];
    const href = `${up}${notebook}.html#cell-id=${cell}`;
    return html`${i > 0 ? " · " : ""}<a href="${href}">${words}</a> (notebook ${notebook.slice(0, 2)})`;
  });
  return html`<p class="model-explained">Explained, with code that runs: ${links}</p>`;
}
