import { show } from "../../text/show.js";
import { bigint, list, readRows, text } from "../rows/columns.js";
import { escapeHtml } from "../escape.js";
import { HtmlFigure } from "../figure.js";
import { Options } from "../options.js";

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
 *  Throws a TypeError for LaTeX or MathML that is more than a formula of counts: both are written out as they are.
 *  @param options.name what it computes: "total" */
export function formulaBox(formula: FormulaParts, options: { readonly name?: string } = {}): HtmlFigure {
  const { latex, mathml, latexInNumbers, mathmlInNumbers, letters, ...whole } = checked(formula);
  const name = new Options("formulaBox", options).text("name", "parameters");
  const value = whole.value.toLocaleString("en");
  const result = `\\textbf{${value.replaceAll(",", "{,}")}}`;
  return new HtmlFigure({
    name: "formula",
    description: `${name} = ${whole.text} = ${value}`,
    facts: { value: whole.value },
    html: () =>
      `<div class="twinformer-formula" data-value="${whole.value}"><style>${RULES}</style>` +
      both(`\\text{${inLatex(name)}} = ${latex}`, leading(name, mathml)) +
      both(`= ${latexInNumbers}`, leading("", mathmlInNumbers)) +
      both(`= ${result}`, `${MATH}<mo>=</mo><mn style="font-weight:bold">${value}</mn></math>`) +
      `<p style="font-size:12px;margin:4px 0">${letters.map(letter).join(" · ")}</p></div>`,
  });
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
  ".twinformer-latex{overflow-x:auto}.twinformer-formula math{width:max-content;min-width:0;margin:0;math-style:normal}";

const MATH = `<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">`;

/** The MathML with `name =` before it. */
const leading = (name: string, mathml: string): string =>
  `${MATH}${name ? `<mtext>${escapeHtml(name)}</mtext>` : ""}<mo>=</mo>${mathml.slice(MATH.length)}`;

function letter({ letter: name, field, value }: FormulaParts["letters"][number]): string {
  const [main, ...indices] = name.split("_").map(escapeHtml);
  const written = `<i>${main}</i>${indices.length > 0 ? `<sub>${indices.join(",")}</sub>` : ""}`;
  return `${written}: ${escapeHtml(field)} = ${value.toLocaleString("en")}`;
}

/** Words inside \text{…}: none of them starts a command or ends the group, and no $ ends the formula. */
const inLatex = (words: string): string =>
  words.replace(/\s+/g, " ").replace(/[\\{}$]/g, (sign) => (sign === "\\" ? "/" : `\\${sign}`));

const LATEX = /^(?:[\w\s+*=,.()[\]^{}-]|\\(?:left|right|cdot|[,;]))*$/;
const TAGS = /<\/?(?:mrow|mi|mn|mo|msub|msup|mtext)>|<mspace width="[\d.]+em"\/>|&#\d+;/g;

function checked(formula: FormulaParts): FormulaParts {
  const words = { text, latex: text, mathml: text, latexInNumbers: text, mathmlInNumbers: text };
  const [parts] = readRows("formulaBox", [formula], { ...words, value: bigint, letters: list });
  const letters = readRows("formulaBox with letters", parts.letters as FormulaParts["letters"], {
    value: bigint,
    letter: text,
    field: text,
  });
  for (const name of ["latex", "latexInNumbers"] as const)
    if (!LATEX.test(parts[name]))
      throw new TypeError(`formulaBox needs ${name} of sums and products, got ${show(parts[name])}`);
  for (const name of ["mathml", "mathmlInNumbers"] as const)
    if (!isMathml(parts[name]))
      throw new TypeError(`formulaBox needs ${name} as formula() writes it, got ${show(parts[name])}`);
  return { ...parts, letters };
}

/** True for a formula in the few tags that counts need, with nothing else in it that acts. */
const isMathml = (markup: string): boolean =>
  markup.startsWith(MATH) &&
  markup.endsWith("</math>") &&
  !/[<>&]/.test(markup.slice(MATH.length, -"</math>".length).replace(TAGS, ""));
