/** What a mutant changes: for one node of the syntax tree, the texts that may stand in its place. */

import ts from "typescript";

export interface Change {
  /** What is replaced: the node itself, or the expression around it that must be written anew as a whole. */
  node: ts.Node;
  text: string;
  kind: string;
}

const swaps: Readonly<Record<string, readonly string[]>> = {
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "**": ["*"],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
  "&&": ["||"],
  "||": ["&&"],
  "&": ["|"],
  "|": ["&"],
  "^": ["&"],
  "<<": [">>"],
  ">>": ["<<"],
  ">>>": [">>"],
  "+=": ["-="],
  "-=": ["+="],
  "*=": ["/="],
  "/=": ["*="],
  "??=": ["="],
  "||=": ["="],
};

/** A call of a method on the left becomes one of the method on the right; null leaves the object it was called on. */
const methods: Readonly<Record<string, string | null>> = {
  floor: "ceil",
  ceil: "floor",
  round: "floor",
  max: "min",
  min: "max",
  every: "some",
  some: "every",
  startsWith: "endsWith",
  endsWith: "startsWith",
  indexOf: "lastIndexOf",
  find: "findLast",
  findIndex: "findLastIndex",
  push: "unshift",
  unshift: "push",
  filter: null,
  sort: null,
  toSorted: null,
  reverse: null,
  toReversed: null,
  slice: null,
  trim: null,
  toUpperCase: null,
  toLowerCase: null,
};

/** All changes of this node alone, not of those inside it. */
export function changesOf(node: ts.Node): Change[] {
  if (ts.isBinaryExpression(node)) return binary(node);
  if (ts.isPrefixUnaryExpression(node)) return prefix(node);
  if (ts.isPostfixUnaryExpression(node)) return [replaced(node, swapEnds(node.getText()), "increment")];
  if (ts.isNumericLiteral(node)) return number(node);
  if (ts.isBigIntLiteral(node)) return [replaced(node, `${BigInt(node.text.slice(0, -1)) + 1n}n`, "number")];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [replaced(node, "false", "boolean")];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [replaced(node, "true", "boolean")];
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node))
    return [replaced(node, node.text === "" ? '"mutant"' : '""', "text")];
  if (ts.isTemplateExpression(node)) return [replaced(node, '""', "text")];
  if (ts.isArrayLiteralExpression(node)) return array(node);
  if (ts.isCallExpression(node)) return [...call(node), ...chain(node)];
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return chain(node);
  if (ts.isIfStatement(node)) return [...always(node.expression, true), ...always(node.expression, false)];
  if (ts.isConditionalExpression(node)) return [...always(node.condition, true), ...always(node.condition, false)];
  // `true` would only be a loop without an end.
  if (ts.isWhileStatement(node) || ts.isDoStatement(node)) return always(node.expression, false);
  if (ts.isForStatement(node) && node.condition) return always(node.condition, false);
  if (ts.isBreakOrContinueStatement(node)) return [replaced(node, "", "statement")];
  if (ts.isExpressionStatement(node)) return statement(node);
  if (
    (ts.isParameter(node) || ts.isBindingElement(node)) &&
    node.initializer &&
    !ts.isLiteralExpression(node.initializer) &&
    node.initializer.kind !== ts.SyntaxKind.FalseKeyword // undefined is as good
  )
    return [replaced(node.initializer, "undefined", "default")];
  return [];
}

const replaced = (node: ts.Node, text: string, kind: string): Change => ({ node, text, kind });

const always = (condition: ts.Expression, value: boolean): Change[] =>
  condition.getText() === String(value) ? [] : [replaced(condition, String(value), "condition")];

function binary(node: ts.BinaryExpression): Change[] {
  const [left, right] = [node.left.getText(), node.right.getText()];
  const operator = node.operatorToken.getText();
  if (operator === "??") return [replaced(node, left, "default"), replaced(node, `(${right})`, "default")];
  // There is no difference of texts.
  if ((operator === "+" || operator === "+=") && [node.left, node.right].some(isText)) return [];
  return (swaps[operator] ?? []).map((other) => replaced(node, `${left} ${other} ${right}`, `operator ${operator}`));
}

const isText = (node: ts.Node): boolean => ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);

function prefix(node: ts.PrefixUnaryExpression): Change[] {
  const { operator } = node;
  if (operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken)
    return [replaced(node, swapEnds(node.getText()), "increment")];
  if (operator === ts.SyntaxKind.PlusToken) return [];
  return [replaced(node, node.operand.getText(), "negation")];
}

const swapEnds = (text: string): string => text.replace(/^\+\+|\+\+$|^--|--$/, (sign) => (sign === "++" ? "--" : "++"));

function number(node: ts.NumericLiteral): Change[] {
  const value = Number(node.text);
  if (!Number.isInteger(value)) return [replaced(node, String(2 * value), "number")];
  const values = value === 0 ? [1] : [value + 1, value - 1];
  return values.map((other) => replaced(node, String(other), "number"));
}

function array(node: ts.ArrayLiteralExpression): Change[] {
  const texts = node.elements.map((element) => element.getText());
  if (texts.length === 0) return [];
  const shorter = replaced(node, `[${texts.slice(0, -1).join(", ")}]`, "last element");
  const turned = `[${texts.toReversed().join(", ")}]`;
  return turned === `[${texts.join(", ")}]` ? [shorter] : [shorter, replaced(node, turned, "order")];
}

/** Another method of the same object, or none. */
function call(node: ts.CallExpression): Change[] {
  const callee = node.expression;
  if (!ts.isPropertyAccessExpression(callee) || ts.isOptionalChain(node)) return [];
  const other = Object.hasOwn(methods, callee.name.text) ? methods[callee.name.text] : undefined;
  if (other === undefined) return [];
  const object = callee.expression.getText();
  if (other === null) return [replaced(node, object, "method")];
  return [replaced(node, `${object}.${other}(${node.arguments.map((x) => x.getText()).join(", ")})`, "method")];
}

/** `a?.b` -> `a.b`: the whole chain is written anew, since it ends early as a whole. */
function chain(node: ts.CallExpression | ts.PropertyAccessExpression | ts.ElementAccessExpression): Change[] {
  if (!node.questionDotToken) return [];
  let whole: ts.Node = node;
  while (
    (ts.isOptionalChain(whole.parent) || ts.isNonNullExpression(whole.parent)) &&
    whole.parent.expression === whole
  )
    whole = whole.parent;
  // Not an expression of its own: the object of `delete`, or the function of `new`.
  if (ts.isDeleteExpression(whole.parent) || ts.isNewExpression(whole.parent)) return [];
  const text = whole.getText();
  const at = node.questionDotToken.getStart() - whole.getStart();
  const dot = ts.isPropertyAccessExpression(node) ? "." : "";
  return [replaced(whole, text.slice(0, at) + dot + text.slice(at + 2), "?.")];
}

function statement({ expression }: ts.ExpressionStatement): Change[] {
  const acts = ts.isAwaitExpression(expression) ? expression.expression : expression;
  const isSuper = ts.isCallExpression(acts) && acts.expression.kind === ts.SyntaxKind.SuperKeyword;
  const isAct = ts.isCallExpression(acts) || ts.isBinaryExpression(acts) || ts.isPostfixUnaryExpression(acts);
  return isAct && !isSuper ? [replaced(expression, "undefined", "statement")] : [];
}
