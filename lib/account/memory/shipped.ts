/** What a checkpoint weighs as its makers ship it: by the config's own quantization. */

import type { Account } from "../account.js";
import { ConfigError } from "../config/errors.js";
import type { Config } from "../config/fields.js";
import { clip, named } from "../../text/show.js";
import type { Kind } from "../part.js";
import { bytesPerNumber, type Dtype, dtypeOf } from "./dtypes.js";
import { type Format, formatOf } from "./formats.js";
import { namedBy, type Naming } from "./patterns.js";
import { isProjection, type Tensor, tensors } from "./tensors.js";

export interface ShippedRow {
  /** "fp8", "int4", "mxfp4", ... or that of what is not converted. */
  readonly dtype: string;
  readonly parameters: bigint;
  /** Scales and zero points included. */
  readonly bytes: number;
  /** What is stored so. */
  readonly kinds: readonly Kind[];
}

export interface Shipped {
  /** quant_method; null where the config names a dtype alone. */
  readonly method: string | null;
  /** Of all trained tensors. Null where the quantization is not known here. */
  readonly bytes: number | null;
  readonly rows: readonly ShippedRow[];
  /** What could not be read, a sentence each. */
  readonly notes: readonly string[];
}

/** Copies of one tensor that are stored in one format. */
export interface Stored {
  readonly tensor: Tensor;
  readonly dtype: string;
  readonly parameters: bigint;
  readonly bytes: number;
}

/** What the config itself says of the numbers' format: its quantization, what that leaves alone in the config's dtype. Null where it
 *  names neither. Multi-token prediction, vision towers and buffers are not in it, as in no count here. */
export function shippedWeights(counted: Account): Shipped | null {
  const read = storedTensors(counted);
  if (!read) return null;
  const { method, stored, notes } = read;
  if (!stored) return { method, bytes: null, rows: [], notes };
  const rows = byFormat(stored);
  return { method, bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0), rows, notes };
}

/** The same tensor by tensor; `stored` is null where the quantization is not known here. */
export function storedTensors(
  counted: Account,
): (Pick<Shipped, "method" | "notes"> & { readonly stored: readonly Stored[] | null }) | null {
  const quantization = object(counted.config.quantization_config) ?? object(counted.config.compression_config);
  const inner = object(counted.config.text_config);
  const own = quantization ?? object(inner?.quantization_config);
  const dtype = dtypeIn(counted.config) ?? (inner && dtypeIn(inner)) ?? null;
  if (!own) {
    if (dtype === null) return null;
    return { method: null, stored: split(counted, null, dtype, () => 0n), notes: [] };
  }
  const method = typeof own.quant_method === "string" ? named(own.quant_method) : "";
  try {
    const format = formatOf(own, counted.file);
    if (typeof format === "string") return { method, stored: null, notes: [format] };
    const notes: string[] = [];
    const unread = (entry: string): void => {
      notes.push(
        `${counted.file}: of quantization_config, the pattern ${clip(named(entry), 60)} is not understood and taken to name nothing`,
      );
    };
    const [kept, only] = [namedBy(format.kept, unread), format.only && namedBy(format.only, unread)];
    const converted: Naming = (module, layers) => {
      const meant = only ? only(module, layers) : layers;
      const left = kept(module, layers);
      return meant > left ? meant - left : 0n;
    };
    const stored = split(counted, format, dtype ?? "bfloat16", converted);
    return { method, stored, notes: notes.slice(0, 3) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { method, stored: null, notes: [error.message] };
  }
}

const object = (value: unknown): Config | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Config) : null;

/** The format of what is not converted; one that is not known here counts as none. */
function dtypeIn({ dtype, torch_dtype: older }: Config): Dtype | null {
  try {
    return dtypeOf("shippedWeights", dtype ?? older);
  } catch {
    return null;
  }
}

/** Each tensor whole or, where only some layers are converted, in two. */
function split(counted: Account, format: Format | null, rest: Dtype, converted: Naming): Stored[] {
  return tensors(counted.tree).flatMap((tensor) => {
    const { part, module, layers, copies, total } = tensor;
    const can = format !== null && canConvert(tensor, format);
    const small = can ? (copies * converted(module, layers)) / layers : 0n;
    const each = total / copies;
    const stored: Stored[] = [];
    if (format && small > 0n) {
      const [outputs, inputs] = (part.shape ?? []).map(({ value }) => Number(value));
      const bytes = Number(small) * format.bytes(outputs, inputs);
      stored.push({ tensor, dtype: format.name, parameters: small * each, bytes });
    }
    const left = (copies - small) * each;
    stored.push({ tensor, dtype: rest, parameters: left, bytes: Number(left) * bytesPerNumber(rest) });
    return stored.filter(({ parameters }) => parameters > 0n);
  });
}

function byFormat(stored: readonly Stored[]): ShippedRow[] {
  const rows = new Map<string, { parameters: bigint; bytes: number; kinds: Set<Kind> }>();
  for (const { tensor, dtype, parameters, bytes } of stored) {
    const row = rows.get(dtype) ?? { parameters: 0n, bytes: 0, kinds: new Set() };
    rows.set(dtype, {
      parameters: row.parameters + parameters,
      bytes: row.bytes + bytes,
      kinds: row.kinds.add(tensor.part.kind ?? "other"),
    });
  }
  return [...rows].map(([dtype, { kinds, ...row }]) => ({ dtype, ...row, kinds: [...kinds] }));
}

function canConvert(tensor: Tensor, { experts, head }: Format): boolean {
  if (experts) return tensor.part.kind === "expert" && isProjection(tensor);
  return isProjection(tensor) || (head && tensor.part.kind === "head" && tensor.part.shape?.length === 2);
}
