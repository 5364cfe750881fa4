/** Which numbers of a checkpoint belong to which parameter of a model. */

import type { Module, StateDict, StateInput } from "../../nn/module.js";
import { ShapeError, sizeOf } from "../../tensor/check.js";

/** Where a parameter lies in a checkpoint. */
export interface Source {
  /** The tensor. `*` stands for the number of the block; `{e}` for that of an expert: then they are stacked, expert by expert. */
  name: string;
  /** Its last two axes are the other way round than here. */
  transposed?: boolean;
  /** It holds `of` equal parts along the axis that is the output here (after turning round), of which this is one: one after the
   *  other, or row by row in turn. */
  part?: { index: number; of: number; inTurn?: boolean };
}

/** By a parameter's path, with `*` for the number of the block. A name alone is a tensor of the same shape. */
export type Sources = Readonly<Record<string, string | Source>>;

interface Numbers {
  shape: readonly number[];
  data: ArrayLike<number>;
}

/** The numbers of a checkpoint in a model's order: what `loadStateDict` takes.
 *  Throws one sentence that names what is missing, unexpected, or of another shape than config.json says.
 *  @param ignored tensors that may be there and are not read */
export function stateFrom(
  model: Module,
  sources: Sources,
  tensors: StateInput,
  ignored: (name: string) => boolean = () => false,
): StateDict {
  const own = [...model.namedParameters(), ...model.namedBuffers()];
  const missing: string[] = [];
  const used = new Set<string>();
  const reads = own.map(([path, { shape }]) => {
    const [source, names] = namesOf(path, sources, shape);
    for (const name of names) {
      used.add(name);
      if (!Object.hasOwn(tensors, name)) missing.push(name);
    }
    return { path, shape, source, names };
  });
  if (missing.length > 0) fail(`the checkpoint has no ${listed(missing)}`);
  const unexpected = Object.keys(tensors).filter((name) => !used.has(name) && !ignored(name));
  if (unexpected.length > 0) fail(`by config.json there is no place for ${listed(unexpected)}`);
  return Object.fromEntries(
    reads.map(({ path, shape, source, names }) => {
      const each = eachOf(source, shape);
      const data = new Float32Array(sizeOf(shape));
      names.forEach((name, i) => data.set(taken(name, tensors[name], source, each), i * sizeOf(each)));
      return [path, { shape, data }];
    }),
  );
}

/** The tensors of a checkpoint from a model's numbers: `stateFrom` backwards, by the same names. */
export function tensorsFrom(model: Module, sources: Sources): StateDict {
  const tensors: StateDict = {};
  for (const [path, { shape, data }] of Object.entries(model.stateDict())) {
    const [source, names] = namesOf(path, sources, shape);
    const each = eachOf(source, shape);
    const { inFile, at } = layout(source, each);
    names.forEach((name, e) => {
      tensors[name] ??= { shape: inFile, data: new Float32Array(sizeOf(inFile)) };
      const to = tensors[name].data;
      for (let i = 0; i < sizeOf(each); i++) to[at(i)] = data[e * sizeOf(each) + i];
    });
  }
  return tensors;
}

/** The source of a parameter, and the names of the tensors that it is made of. */
function namesOf(path: string, sources: Sources, shape: readonly number[]): [Source, string[]] {
  const [, block = ""] = /^blocks\.(\d+)\./.exec(path) ?? [];
  const given = sources[path.replace(/^blocks\.\d+\./, "blocks.*.")];
  if (given === undefined) throw new Error(`loadPretrained: no tensor is named for ${path}`);
  const source = typeof given === "string" ? { name: given } : given;
  const name = source.name.replace("*", block);
  if (!name.includes("{e}")) return [source, [name]];
  return [source, Array.from({ length: shape[0] }, (_, e) => name.replace("{e}", String(e)))];
}

/** What one tensor of the file holds of a parameter: all of it, or one expert's part. */
const eachOf = ({ name }: Source, shape: readonly number[]): readonly number[] =>
  name.includes("{e}") ? shape.slice(1) : shape;

/** How a parameter of this shape lies in its tensor: the tensor's shape, and where in it the parameter's number i is. */
function layout(
  source: Source,
  shape: readonly number[],
): { inFile: readonly number[]; at: (i: number) => number; isSame: boolean } {
  const { transposed = false, part = { index: 0, of: 1 } } = source;
  const axis = shape.length === 1 || (shape.length === 2 && isVectors(source)) ? shape.length - 1 : shape.length - 2;
  const whole = shape.map((n, i) => (i === axis ? n * part.of : n));
  const inFile = transposed ? [...whole.slice(0, -2), whole[whole.length - 1], whole[whole.length - 2]] : whole;
  const [rows, columns] = axis === shape.length - 1 ? [shape[axis], 1] : [shape[axis], shape[axis + 1]];
  const at = (i: number): number => {
    const column = i % columns;
    const row = Math.floor(i / columns) % rows;
    const matrix = Math.floor(i / columns / rows);
    const from = part.inTurn ? row * part.of + part.index : part.index * rows + row;
    return matrix * rows * part.of * columns + (transposed ? column * rows * part.of + from : from * columns + column);
  };
  return { inFile, at, isSame: !transposed && part.of === 1 };
}

/** The numbers of one tensor as a parameter of this shape has them. */
function taken(name: string, tensor: Numbers, source: Source, shape: readonly number[]): ArrayLike<number> {
  const { inFile, at, isSame } = layout(source, shape);
  if (String(tensor.shape) !== String(inFile))
    throw new ShapeError(
      `loadPretrained: ${name} is [${tensor.shape.join(", ")}] in the checkpoint and [${inFile.join(", ")}] by config.json`,
    );
  if (isSame) return tensor.data;
  const y = new Float32Array(sizeOf(shape));
  for (let i = 0; i < y.length; i++) y[i] = tensor.data[at(i)];
  return y;
}

/** A bias of all experts, [E, Out], is a list of vectors and no matrix. */
const isVectors = ({ name }: Source): boolean => name.endsWith("bias");

function listed(names: readonly string[]): string {
  const rest = names.length - 4;
  return `${names.slice(0, rest > 1 ? 4 : 5).join(", ")}${rest > 1 ? ` and ${rest} more` : ""}`;
}

function fail(sentence: string): never {
  throw new Error(`loadPretrained: ${sentence}`);
}
