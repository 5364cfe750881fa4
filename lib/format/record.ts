import { clip, named } from "../text/show.js";

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Minus zero is none: it would come back from JSON as another number. */
export const isSize = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);

/** A name or a shape as a sentence holds it: files may make both as long as they like. */
export const inWords = (name: string, shape?: readonly number[]): string =>
  shape ? `${named(name)} ${clip(`[${shape.join(", ")}]`, 80)}` : named(name);

/** The bytes of a buffer or of any view of one; null for what is neither. */
export function asBytes(given: unknown): Uint8Array | null {
  if (ArrayBuffer.isView(given)) return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  const kind = Object.prototype.toString.call(given).slice(8, -1);
  return kind === "ArrayBuffer" ? new Uint8Array(given as ArrayBuffer) : null;
}
