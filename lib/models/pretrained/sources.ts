/** Which numbers of a checkpoint belong to which parameter of a model. */

import type { Module, StateDict, StateInput } from "../../nn/module.js";
import { inWords } from "../../format/record.js";
import { ShapeError, show, sizeOf } from "../../tensor/check.js";
import { read, type Tensor } from "../../tensor/tensor.js";
import { clip, named, sentence } from "../../text/show.js";

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

/** What is known of a tensor before it is read. */
export interface Listed {
  readonly shape: readonly number[];
  /** As a file has it, "BF16"; absent for numbers in memory. */
  readonly dtype?: string;
  readonly file?: string;
}
export type Listing = ReadonlyMap<string, Listed>;

/** What one tensor fills: a parameter, or so many numbers of it from `at` on. */
export interface Place {
  path: string;
  source: Source;
  shape: readonly number[];
  at: number;
}

/** For each tensor that is read, all that it fills. */
export type Plan = ReadonlyMap<string, readonly Place[]>;

/** Parameters and buffers by path: what a checkpoint fills. */
export const filledIn = (model: Module): ReadonlyMap<string, Tensor> =>
  new Map([...model.namedParameters(), ...model.namedBuffers()]);

/** Throws one sentence that names what is missing, unexpected, quantized, or of another shape than config.json says.
 *  @param ignored tensors that may be there and are not read
 *  @param why which fields of config.json make a size: "8 is hidden_size" */
export function planOf(
  model: Module,
  sources: Sources,
  tensors: Listing,
  ignored: (name: string) => boolean = () => false,
  why: (sizes: readonly number[]) => string = () => "",
): Plan {
  const plan = placesIn(model, sources);
  const quantized = [...tensors.keys()].find((name) => QUANTIZED.test(name) && !plan.has(name));
  if (quantized !== undefined) fail(`${inFile(quantized, tensors)} belongs to quantized weights: ${DEQUANTIZE}`);
  const missing = [...plan.keys()].filter((name) => !tensors.has(name));
  if (missing.length > 0) fail(`the checkpoint has no ${listed(missing)}`);
  const unexpected = [...tensors.keys()].filter((name) => !plan.has(name) && !ignored(name));
  if (unexpected.length > 0) fail(`by config.json there is no place for ${listed(unexpected)}`);
  for (const [name, places] of plan) checkTensors(name, places[0], tensors, why);
  return plan;
}

/** How quantized weights call their numbers and scales: MXFP4, FP8, compressed-tensors, GPTQ and AWQ, bitsandbytes. */
const QUANTIZED =
  /_(blocks|scales)$|\.(weight_scale(_inv)?|weight_packed|qweight|qzeros|scales|g_idx|SCB)$|\.weight\.(absmax|quant_map|quant_state)/;

/** What to do with a quantized checkpoint. */
export const DEQUANTIZE =
  "this library reads F32, F16 and BF16; dequantize the model in transformers (`dequantize=True` in its quantization config, or model.dequantize()), save_pretrained it, and load that folder";

const FLOATS = ["F64", "F32", "F16", "BF16"];

const inFile = (name: string, tensors: Listing): string => {
  const { file } = tensors.get(name) ?? {};
  return file === undefined ? inWords(name) : `${named(file)}: ${inWords(name)}`;
};

function checkTensors(name: string, place: Place, tensors: Listing, why: (sizes: readonly number[]) => string): void {
  const { shape, dtype = "F32" } = tensors.get(name)!;
  const wanted = shapeInFile(place);
  if (String(shape) !== String(wanted)) {
    const reasons = why(wanted.filter((n, i) => n !== shape[i]));
    const said = `is ${clip(show(shape), 80)} in the checkpoint and ${show(wanted)} by config.json${reasons}`;
    throw new ShapeError(sentence(`loadPretrained: ${inFile(name, tensors)} ${said}`));
  }
  if (!FLOATS.includes(dtype)) fail(`${inFile(name, tensors)} has the dtype ${dtype}: ${DEQUANTIZE}`);
}

/** What each tensor of a checkpoint holds of the model, by the tensor's name. */
function placesIn(model: Module, sources: Sources): Plan {
  const plan = new Map<string, Place[]>();
  for (const [path, { shape }] of filledIn(model)) {
    const [source, names] = namesOf(path, sources, shape);
    const each = source.name.includes("{e}") ? shape.slice(1) : shape;
    names.forEach((name, i) => {
      const places = plan.get(name) ?? [];
      places.push({ path, source, shape: each, at: i * sizeOf(each) });
      plan.set(name, places);
    });
  }
  return plan;
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

const WHOLE = { index: 0, of: 1, inTurn: false };

/** The axis along which a tensor holds several parts: its rows; of vectors, alone or one for each expert, the last. */
const partsAxis = ({ source, shape }: Place): number =>
  shape.length === 1 || (shape.length === 2 && source.name.endsWith("bias")) ? shape.length - 1 : shape.length - 2;

function shapeInFile(place: Place): readonly number[] {
  const { source, shape } = place;
  const { transposed = false, part = WHOLE } = source;
  const whole = shape.map((n, i) => (i === partsAxis(place) ? n * part.of : n));
  return transposed ? [...whole.slice(0, -2), whole[whole.length - 1], whole[whole.length - 2]] : whole;
}

/** Where in its tensor the number i of a place is; null where the tensor is the place itself. */
function indexInFile(place: Place): ((i: number) => number) | null {
  const { shape, source } = place;
  const { transposed = false, part = WHOLE } = source;
  if (!transposed && part.of === 1) return null;
  const axis = partsAxis(place);
  const [rows, columns] = axis === shape.length - 1 ? [shape[axis], 1] : [shape[axis], shape[axis + 1]];
  return (i) => {
    const column = i % columns;
    const row = Math.floor(i / columns) % rows;
    const matrix = Math.floor(i / columns / rows);
    const from = part.inTurn ? row * part.of + part.index : part.index * rows + row;
    return matrix * rows * part.of * columns + (transposed ? column * rows * part.of + from : from * columns + column);
  };
}

/** The numbers of one tensor as a parameter has them. */
export function arranged(numbers: ArrayLike<number>, place: Place): ArrayLike<number> {
  const index = indexInFile(place);
  if (!index) return numbers;
  const y = new Float32Array(sizeOf(place.shape));
  for (let i = 0; i < y.length; i++) y[i] = numbers[index(i)];
  return y;
}

/** The numbers of a checkpoint in a model's order: what `loadStateDict` takes. */
export function stateFrom(model: Module, plan: Plan, tensors: StateInput): StateDict {
  const state: StateDict = {};
  for (const [path, { shape }] of filledIn(model)) state[path] = { shape, data: new Float32Array(sizeOf(shape)) };
  for (const [name, places] of plan)
    for (const place of places) state[place.path].data.set(arranged(tensors[name].data, place), place.at);
  return state;
}

/** The tensors of a checkpoint from a model's numbers: what `stateFrom` reads, by the same names. */
export function tensorsFrom(model: Module, sources: Sources): StateDict {
  const own = filledIn(model);
  const tensors: StateDict = {};
  for (const [name, places] of placesIn(model, sources)) {
    const shape = shapeInFile(places[0]);
    const data = new Float32Array(sizeOf(shape));
    for (const place of places) {
      const numbers = read(own.get(place.path)!);
      const index = indexInFile(place) ?? ((i) => i);
      for (let i = 0; i < sizeOf(place.shape); i++) data[index(i)] = numbers[place.at + i];
    }
    tensors[name] = { shape, data };
  }
  return tensors;
}

function listed(names: readonly string[]): string {
  const rest = names.length - 4;
  const few = names.slice(0, rest > 1 ? 4 : 5).map((name) => inWords(name));
  return `${few.join(", ")}${rest > 1 ? ` and ${rest} more` : ""}`;
}

function fail(said: string): never {
  throw new Error(sentence(`loadPretrained: ${said}`));
}
