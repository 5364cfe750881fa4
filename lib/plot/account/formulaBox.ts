import { escapeHtml } from "../escape.js";
import type { Markup } from "./partTable.js";

/** What `formula` of twinformer/account gives. */
export interface FormulaParts {
  readonly text: string;
  readonly latex: string;
  readonly mathml: string;
  readonly latexInNumbers: string;
  readonly mathmlInNumbers: string;
  readonly value: bigint;
  readonly letters: readonly { readonly letter: string; readonly field: string; readonly value: bigint }[];
}

/** A formula three times: in letters, with the numbers, and evaluated; and the field behind each letter. JupyterLab typesets the
 *  LaTeX; a page without MathJax draws the same formula as MathML. An untrusted output loses the MathML and keeps the LaTeX.
 *  @param name what it computes: "total" */
export function formulaBox(formula: FormulaParts, { name = "parameters" }: { name?: string } = {}): Markup {
  const value = formula.value.toLocaleString("en");
  const result = `\\textbf{${value.replaceAll(",", "{,}")}}`;
  return {
    name: "formula",
    description: `${name} = ${formula.text} = ${value}`,
    html: () =>
      `<div class="twinformer-formula" data-value="${formula.value}"><style>${RULES}</style>` +
      both(`\\text{${name}} = ${formula.latex}`, leading(name, formula.mathml)) +
      both(`= ${formula.latexInNumbers}`, leading("", formula.mathmlInNumbers)) +
      both(`= ${result}`, `<math display="block"><mo>=</mo><mn style="font-weight:bold">${value}</mn></math>`) +
      `<p style="font-size:12px;margin:4px 0">${formula.letters.map(letter).join(" · ")}</p></div>`,
  };
}

/** The same line as MathML and as LaTeX; the rules show one of them. */
const both = (latex: string, mathml: string): string =>
  `<div class="twinformer-mathml" hidden="hidden" style="display:none">${mathml}</div>` +
  `<div class="twinformer-latex">$$${escapeHtml(latex)}$$</div>`;

/** Where styles survive, MathML shows until MathJax has typeset the LaTeX beside it. */
const RULES =
  ".twinformer-mathml:has(>math){display:block!important;overflow-x:auto;margin:6px 0}" +
  ".twinformer-mathml:has(>math)+.twinformer-latex:not(:has(mjx-container)){height:0;overflow:hidden}" +
  ".twinformer-mathml:has(+.twinformer-latex mjx-container){display:none!important}" +
  ".twinformer-latex{overflow-x:auto}.twinformer-formula math{text-align:left;math-style:normal}";

const leading = (name: string, mathml: string): string =>
  mathml.replace(/^<math([^>]*)>/, `<math$1>${name ? `<mtext>${escapeHtml(name)}</mtext>` : ""}<mo>=</mo>`);

function letter({ letter: name, field, value }: FormulaParts["letters"][number]): string {
  const [main, ...indices] = name.split("_");
  const written = `<i>${main}</i>${indices.length > 0 ? `<sub>${indices.join(",")}</sub>` : ""}`;
  return `${written}: ${escapeHtml(field)} = ${value.toLocaleString("en")}`;
}
