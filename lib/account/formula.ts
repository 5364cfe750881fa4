/** The count as a formula, from the same tree: as text, as LaTeX and as MathML; with letters, with numbers, and evaluated.
 *  mathjs is loaded when the first formula is asked for: it takes most of a second, and 18 MB of disk, so it is not installed with this
 *  package. */

import type { ConstantNode, MathNode, SymbolNode } from "mathjs";
import type { Account } from "./account.js";
import type { Letter } from "./config/fields.js";
import { expression } from "./expression.js";
import { mathml } from "./mathml.js";

export interface Formula {
  /** In the syntax of mathjs: `V*D + L*(…)`. */
  readonly text: string;
  /** With the letters. */
  readonly latex: string;
  readonly mathml: string;
  /** With each letter's number. */
  readonly latexInNumbers: string;
  readonly mathmlInNumbers: string;
  /** What mathjs computes from the text and the numbers: exact. */
  readonly value: bigint;
  /** The letters that occur, in order of the config's reading. */
  readonly letters: readonly Letter[];
}

/** Needs the package mathjs beside this one.
 *  @param what all parameters, or those that work on one token */
export async function formula(counted: Account, what: "total" | "active" = "total"): Promise<Formula> {
  const { math } = await import("./mathjs.js").catch((cause: unknown) => {
    throw new Error("formula needs the package mathjs: npm install mathjs", { cause });
  });
  const text = expression(counted.tree, what);
  const scope = Object.fromEntries(counted.letters.map(({ letter, value }) => [letter, value]));
  const letters = math.parse(text);
  const numbers = letters.transform((node) =>
    math.isSymbolNode(node) ? new math.ConstantNode(scope[node.name] as unknown as number) : node,
  );
  const used = new Set<string>();
  letters.traverse((node) => {
    if (math.isSymbolNode(node)) used.add(node.name);
  });
  return {
    text,
    latex: latex(letters),
    mathml: mathml(letters),
    latexInNumbers: latex(numbers, "\\cdot"),
    mathmlInNumbers: mathml(numbers),
    value: letters.evaluate({ ...scope }) as bigint,
    letters: counted.letters.filter(({ letter }) => used.has(letter)),
  };
}

/** mathjs' LaTeX, with an index for what follows "_" and commas in long numbers. Letters side by side are a product. */
const latex = (node: MathNode, times = "\\,"): string =>
  node.toTex({ handler: asInPrint }).replace(/\\cdot/g, () => times);

function asInPrint(node: MathNode): string | undefined {
  if (node.type === "SymbolNode") {
    const [letter, ...indices] = (node as SymbolNode).name.split("_");
    return indices.length > 0 ? `${letter}_{${indices.join(",")}}` : letter;
  }
  if (node.type !== "ConstantNode") return undefined;
  return (node as unknown as ConstantNode<bigint>).value.toLocaleString("en").replaceAll(",", "{,}");
}
