/** Many numbers as a short text: base64 of their bytes, exact for what they are stored as. All machines that run pages store numbers
 *  with the least byte first. */

export function packed(numbers: Float32Array | Uint16Array | Uint8Array): string {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
export const floats = (text: string): Float32Array => new Float32Array(bytesOf(text).buffer);

/** Numbers of experts, of `nExpert`: a byte each, or two. */
export const packedExperts = (experts: Int32Array, nExpert: number): string =>
  packed(nExpert > 256 ? Uint16Array.from(experts) : Uint8Array.from(experts));
export const expertsIn = (text: string, nExpert: number): Uint8Array | Uint16Array =>
  nExpert > 256 ? new Uint16Array(bytesOf(text).buffer) : bytesOf(text);

/** Characters that `count` numbers of so many bytes become. */
export const packedLength = (count: number, bytes: number): number => 4 * Math.ceil((count * bytes) / 3);
