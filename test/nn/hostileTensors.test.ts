import { expect, test } from "vitest";
import { loadSafetensors } from "../../lib/index.js";
import { ACTING, hostile } from "../hostile.js";

function file(header: object): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const places: ((text: string) => object)[] = [
  (text) => ({ [text]: 5 }),
  (text) => ({ [text]: { dtype: "F32", shape: [1], data_offsets: [0, 8] } }),
  (text) => ({ [text]: { dtype: "F32", shape: [], data_offsets: [4, 8] } }),
  (text) => ({ a: { dtype: text, shape: [], data_offsets: [0, 4] } }),
  (text) => ({ a: { dtype: "F32", shape: Array.from({ length: text.length + 1e5 }, () => 1), data_offsets: [0, 5] } }),
];

test("names and dtypes of a file are words in the sentence that refuses it, of a length to read", () => {
  for (const text of [...hostile, "x".repeat(1e6)])
    for (const place of places) {
      let message = "";
      try {
        loadSafetensors(file(place(text)));
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toMatch(/^loadSafetensors: ./);
      expect(message).not.toMatch(ACTING);
      expect(message).not.toContain("\n");
      expect(message.length).toBeLessThan(500);
    }
  expect(Object.keys(Object.prototype)).toEqual([]);
});
