/** One tensor of a state, wherever the state came from: a file, JSON, plain JavaScript. */

import { inWords, isRecord, isSize } from "../../format/record.js";
import { ShapeError, sizeOf } from "../../tensor/check.js";
import { show as shown } from "../../text/show.js";

/** Its numbers and how they lie. */
export interface Entry {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** The entry, if it has as many numbers as its shape says. Typed arrays that went through JSON, `{ "0": 1, "1": 2 }`, are arrays again.
 *  @param who the function that was given it, for the sentences */
export function checkedEntry(who: string, name: string, entry: unknown): Entry {
  const { shape, data: given } = isRecord(entry) ? entry : {};
  if (!Array.isArray(shape) || !shape.every(isSize))
    throw new ShapeError(`${who}: ${inWords(name)} needs a shape of integers, got ${shown(shape)}`);
  if (!isRecord(given) && !Array.isArray(given))
    throw new ShapeError(`${who}: ${inWords(name)} needs data, an array of numbers, got ${shown(given)}`);
  const data = arrayOf(given);
  if (data.length !== sizeOf(shape))
    throw new ShapeError(
      `${who}: ${inWords(name, shape)} needs ${sizeOf(shape)} numbers, the state has ${data.length}`,
    );
  return { shape, data };
}

function arrayOf(data: object): ArrayLike<number> {
  if (typeof (data as Partial<ArrayLike<number>>).length === "number") return data as ArrayLike<number>;
  const values = Object.entries(data); // JSON.parse keeps keys that are integers in order
  return values.map(([key, value]: [string, unknown], i) => (key === String(i) ? value : undefined) as number);
}
