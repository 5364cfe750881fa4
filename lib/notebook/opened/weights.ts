/** What the files of a checkpoint hold, from their headers alone. */

import type { Checkpoint, CheckpointTensor } from "../../nn/state/checkpoint.js";
import { sizeOf } from "../../tensor/check.js";

/** The tensors of one number format. */
export interface DtypeRow {
  /** As the files have it: "BF16". */
  readonly dtype: string;
  readonly tensors: number;
  readonly numbers: number;
  readonly bytes: number;
}

/** Tensors that differ in numbers of their names alone: the same one of all layers. */
export interface TensorRow {
  /** With * for such numbers: "model.layers.*.mlp.up_proj.weight". */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** How many there are. */
  readonly count: number;
  /** Of all of them. */
  readonly numbers: number;
}

/** Bytes of a number by its dtype; those of formats that no tensor here can have, too. */
export function bytesOf({ shape, dtype }: Pick<CheckpointTensor, "shape" | "dtype">): number {
  const bits = dtype === "BOOL" ? 8 : Number(/\d+/.exec(dtype)?.[0]); // F8_E4M3: 8
  return (sizeOf(shape) * bits) / 8;
}

export function dtypeRows({ tensors }: Pick<Checkpoint, "tensors">): DtypeRow[] {
  const rows = new Map<string, DtypeRow>();
  for (const tensor of tensors.values()) {
    const { dtype, shape } = tensor;
    const row = rows.get(dtype) ?? { dtype, tensors: 0, numbers: 0, bytes: 0 };
    rows.set(dtype, {
      dtype,
      tensors: row.tensors + 1,
      numbers: row.numbers + sizeOf(shape),
      bytes: row.bytes + bytesOf(tensor),
    });
  }
  return [...rows.values()].sort((a, b) => b.bytes - a.bytes);
}

export function tensorRows({ tensors }: Pick<Checkpoint, "tensors">): TensorRow[] {
  const rows = new Map<string, TensorRow>();
  for (const [name, { shape, dtype }] of tensors) {
    const pattern = name.replace(/(^|\.)\d+(?=\.|$)/g, "$1*");
    const key = `${pattern} ${dtype} ${shape.join(" ")}`;
    const row = rows.get(key) ?? { name: pattern, shape, dtype, count: 0, numbers: 0 };
    rows.set(key, { ...row, count: row.count + 1, numbers: row.numbers + sizeOf(shape) });
  }
  return [...rows.values()];
}
