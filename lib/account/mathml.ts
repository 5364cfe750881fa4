/** A formula as MathML, which browsers draw by themselves: for pages without MathJax. */

import type { ConstantNode, MathNode, OperatorNode, ParenthesisNode, SymbolNode } from "mathjs";

export const mathml = (node: MathNode): string =>
  `<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">${row(node)}</math>`;

const mo = (sign: string): string => `<mo>${sign}</mo>`;

function row(node: MathNode): string {
  switch (node.type) {
    case "SymbolNode": {
      const [letter, ...indices] = (node as SymbolNode).name.split("_");
      if (indices.length === 0) return `<mi>${letter}</mi>`;
      return `<msub><mi>${letter}</mi><mtext>${indices.join(",")}</mtext></msub>`;
    }
    case "ConstantNode":
      return `<mn>${(node as unknown as ConstantNode<bigint>).value.toLocaleString("en")}</mn>`;
    case "ParenthesisNode":
      return `<mrow>${mo("(")}${row((node as ParenthesisNode).content)}${mo(")")}</mrow>`;
    case "OperatorNode": {
      const { op, args } = node as OperatorNode;
      if (op === "^") return `<msup>${args.map(row).join("")}</msup>`;
      // Letters side by side are a product, as in print; numbers need a sign between them.
      const sign = op === "+" ? mo("+") : args.every(isNumber) ? mo("·") : '<mo>&#8290;</mo><mspace width="0.15em"/>';
      return args.map(row).join(sign);
    }
    default:
      throw new Error(`a formula of counts has no ${node.type}`);
  }
}

/** True for a number and for a product that ends or begins with one. */
function isNumber(node: MathNode): boolean {
  if (node.type === "ConstantNode") return true;
  if (node.type === "OperatorNode") return (node as OperatorNode).args.some(isNumber);
  return node.type === "ParenthesisNode" && isNumber((node as ParenthesisNode).content);
}
