/** Files of checkpoints by hand. */

export type Entry = Record<"dtype" | "shape" | "data_offsets", unknown>;

/** A safetensors file: a header as an object or as text, and the numbers after it. */
export function file(header: unknown, numbers: Uint8Array | number[] = []): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + numbers.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(numbers, 8 + text.length);
  return bytes;
}

/** An entry of bytes from `start` to `end`. */
export const bytesAt = (start: number, end: number): Entry => ({
  dtype: "U8",
  shape: [end - start],
  data_offsets: [start, end],
});

export const INDEX = "model.safetensors.index.json";
export const ONE = "model.safetensors";
export const [A, B] = [1, 2].map((i) => `model-0000${i}-of-00002.safetensors`);

export const text = (content: unknown): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content));

/** Two files of a tensor or two each, and their index. */
export const inParts = (): Record<string, Uint8Array<ArrayBuffer>> => ({
  [A]: file({ x: bytesAt(0, 2), y: bytesAt(2, 3) }, [1, 2, 3]),
  [B]: file({ z: bytesAt(0, 1) }, [4]),
  [INDEX]: text({ metadata: { total_size: 4 }, weight_map: { x: A, y: A, z: B } }),
});
