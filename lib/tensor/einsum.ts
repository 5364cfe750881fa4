/** Products and sums over named axes, put together from matmul, permute and sum: so its gradients are theirs. */

import { checkFloat, checkTensor, describe, MAX_RANK, ShapeError, show, sizeOf } from "./check.js";
import { mul } from "./ops/elementwise.js";
import { matmul } from "./ops/matmul.js";
import { sum } from "./ops/reduce.js";
import { permute, reshape } from "./ops/shape.js";
import type { Einsum } from "./rules/einsum.js";
import type { Arg, Out } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** A tensor whose axes have names. */
interface Named {
  x: Tensor;
  names: string[];
}

/** Einstein's summation: "ij,jk->ik" is a matrix product. Each letter names an axis; letters that are missing on the right are
 *  summed over. One operand or more, each letter once in each; the result must be written out.
 *  Source: Einstein 1916; the notation is NumPy's, https://numpy.org/doc/stable/reference/generated/numpy.einsum.html
 *  @example
 *  einsum("ij,j->i", tensor([[1, 2], [3, 4]]), tensor([10, 1])) // => [12, 34]
 *  @example
 *  einsum("ij->ji", tensor([[1, 2], [3, 4]])) // => [[1, 3], [2, 4]] */
export function einsum<E extends string, P extends readonly Tensor[]>(
  equation: Arg<Einsum<E, P>, E>,
  ...operands: P
): Tensor<Out<Einsum<E, P>>>;
export function einsum(equation: string, ...operands: Tensor[]): Tensor {
  if (typeof equation !== "string")
    throw new ShapeError(`einsum: the equation must be a string, got ${describe(equation)}`);
  operands.forEach((x, i) => checkTensor("einsum", `operand ${i}`, x));
  if (operands.length > 1) checkFloat("einsum", ...operands);
  const { inputs, output } = parse(equation, operands);
  const named = inputs.map((names, i): Named => ({ x: operands[i], names }));
  const result = named.reduce((left, right, i) => {
    const later = new Set([...output, ...named.slice(i + 1).flatMap((operand) => operand.names)]);
    return product(left, right, later);
  });
  return arranged(folded(result, new Set(output)), output);
}

function parse(equation: string, operands: readonly Tensor[]): { inputs: string[][]; output: string[] } {
  const match = /^([a-zA-Z, ]*)->([a-zA-Z ]*)$/.exec(equation);
  if (!match) throw new ShapeError(`einsum: "${equation}" must be letters, commas and one "->", as in "ij,jk->ik"`);
  const letters = (text: string): string[] => text.replaceAll(" ", "").split("");
  const parts = match[1].split(",");
  if (parts.length !== operands.length)
    throw new ShapeError(`einsum: "${equation}" names ${parts.length} operands, got ${operands.length}`);
  const sizes = new Map<string, number>();
  const inputs = parts.map((part, i) => {
    const names = letters(part);
    const { shape } = operands[i];
    if (names.length !== shape.length)
      throw new ShapeError(`einsum: "${part.trim()}" names ${names.length} axes, but its operand is ${show(shape)}`);
    if (new Set(names).size !== names.length)
      throw new ShapeError(`einsum: "${part.trim()}" names one axis twice; a diagonal is not supported`);
    names.forEach((name, axis) => {
      const known = sizes.get(name);
      if (known !== undefined && known !== shape[axis])
        throw new ShapeError(`einsum: the ${name} of ${show(shape)} is ${shape[axis]}, but it was ${known} before`);
      sizes.set(name, shape[axis]);
    });
    return names;
  });
  const output = letters(match[2]);
  const stray = output.find((name, i) => !sizes.has(name) || output.indexOf(name) !== i);
  if (stray !== undefined)
    throw new ShapeError(`einsum: ${stray} must stand on the left of "${equation}", and once on the right`);
  return { inputs, output };
}

/** Sums over the axes that nobody needs any more. */
function folded({ x, names }: Named, needed: ReadonlySet<string>): Named {
  const gone = [...names.keys()].filter((axis) => !needed.has(names[axis]));
  if (gone.length === 0) return { x, names };
  return { x: sum(x, gone), names: names.filter((name) => needed.has(name)) };
}

/** Axes in the order of `names`. */
function arranged({ x, names: own }: Named, names: readonly string[]): Tensor {
  const axes = names.map((name) => own.indexOf(name));
  return axes.every((axis, i) => axis === i) ? x : permute(x, axes);
}

/** Two operands as one: shared axes that are needed later are the batch, the others are contracted by one matmul. */
function product(left: Named, right: Named, later: ReadonlySet<string>): Named {
  const [a, b] = [folded(left, new Set([...later, ...right.names])), folded(right, new Set([...later, ...left.names]))];
  const shared = a.names.filter((name) => b.names.includes(name));
  const batch = shared.filter((name) => later.has(name));
  const inner = shared.filter((name) => !later.has(name));
  const rows = a.names.filter((name) => !shared.includes(name));
  const columns = b.names.filter((name) => !shared.includes(name));
  const size = (of: Named, names: readonly string[]): number =>
    sizeOf(names.map((name) => of.x.shape[of.names.indexOf(name)]));
  const blocks = size(a, batch);
  const A = reshape(arranged(a, [...batch, ...rows, ...inner]), [blocks, size(a, rows), size(a, inner)]);
  const B = reshape(arranged(b, [...batch, ...inner, ...columns]), [blocks, size(b, inner), size(b, columns)]);
  const y: Tensor = inner.length > 0 ? matmul(A, B) : mul(reshape(A, [blocks, -1, 1]), reshape(B, [blocks, 1, -1]));
  const sizes = [
    ...batch.map((name) => size(a, [name])),
    ...rows.map((name) => size(a, [name])),
    ...columns.map((name) => size(b, [name])),
  ];
  if (sizes.length > MAX_RANK)
    throw new ShapeError(
      `einsum: two operands together have rank ${sizes.length}, ${show(sizes)}; at most ${MAX_RANK} is supported, so sum over an axis earlier`,
    );
  return { x: reshape(y, sizes), names: [...batch, ...rows, ...columns] };
}
