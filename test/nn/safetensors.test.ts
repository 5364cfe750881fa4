import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Generator, Linear, loadSafetensors, saveSafetensors, type StateDict } from "../../lib/index.js";

/** A file by hand. */
function file(header: unknown, data: Uint8Array<ArrayBuffer> | number[] = []): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const floats = fc.float32Array({ maxLength: 24 });
const ints = fc.int32Array({ maxLength: 24 });
/** Any name, any shape (with 0 and 1, up to rank 4), any numbers, also NaN, infinities and −0. */
const state: fc.Arbitrary<StateDict> = fc.dictionary(
  fc.string({ unit: "grapheme" }).filter((name) => name !== "__metadata__"),
  fc
    .oneof(floats, ints)
    .chain((data) =>
      fc
        .constantFrom(
          ...[[data.length], [1, data.length, 1], [data.length, 1], ...(data.length % 2 ? [] : [[2, data.length / 2]])],
        )
        .map((shape) => ({ shape, data })),
    ),
);

describe("a safetensors file", () => {
  test("gives back every state bit for bit, and the words beside it", () => {
    fc.assert(
      fc.property(state, fc.dictionary(fc.string(), fc.string()), (tensors, metadata) => {
        const bytes = saveSafetensors(tensors, metadata);
        const loaded = loadSafetensors(bytes);
        const plain = (s: StateDict): object =>
          Object.entries(s)
            .map(([name, { shape, data }]) => [
              name,
              shape,
              data.constructor.name,
              [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)],
            ])
            .sort();
        expect(plain(loaded.state)).toEqual(plain(tensors));
        expect({ ...loaded.metadata }).toEqual({ ...metadata });
      }),
    );
  });

  test("that Hugging Face's own library wrote is read", () => {
    const { state, metadata } = loadSafetensors(
      readFileSync(new URL("../golden/data/nn/python.safetensors", import.meta.url)),
    );
    const plain = Object.fromEntries(
      Object.entries(state).map(([name, { shape, data }]) => [name, [shape, [...data]]]),
    );
    expect(metadata).toEqual({ format: "pt" });
    expect(plain).toEqual({
      "model.weight": [
        [2, 3],
        [0, 1, 2, 3, 4, 5],
      ],
      half: [[2], [0.5, -2]],
      brain: [
        [1, 2],
        [1.5, -0.25],
      ],
      ids: [[3], [1, -2, 3]],
      mask: [[2], [1, 0]],
      scalar: [[], [7]],
      nothing: [[0, 4], []],
    });
  });

  test("is read also from the middle of a larger buffer", () => {
    const bytes = saveSafetensors({ x: { shape: [2], data: [1, 2] } });
    const larger = new Uint8Array(bytes.length + 7);
    larger.set(bytes, 3);
    expect([...loadSafetensors(larger.subarray(3, 3 + bytes.length)).state.x.data]).toEqual([1, 2]);
  });

  test("cut off anywhere, or with bytes changed, is refused in one sentence or read without harm", () => {
    const bytes = saveSafetensors(new Linear(3, 2, { rng: new Generator(1) }).stateDict());
    for (let length = 0; length < bytes.length; length++) {
      expect(() => loadSafetensors(bytes.subarray(0, length))).toThrow(/^loadSafetensors: [^\n]+$/);
    }
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
        const damaged = bytes.slice();
        for (const [at, value] of changes) damaged[at] = value;
        try {
          loadSafetensors(damaged);
        } catch (error) {
          expect((error as Error).message).toMatch(/^loadSafetensors: [^\n]+$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("begins with the length of its header, which is JSON; then come spaces, then the numbers", () => {
    const x = { shape: [2], data: Float32Array.of(1, -2) };
    const n = { shape: [1, 1], data: Int32Array.of(3) };
    const header = '{"__metadata__":{"by":"hand"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"n":{"dtype":"I32","shape":[1,1],"data_offsets":[8,12]}}'; // prettier-ignore
    const text = header.padEnd(8 * Math.ceil(header.length / 8));
    const numbers = new Uint8Array([...new Uint8Array(x.data.buffer), ...new Uint8Array(n.data.buffer)]);
    expect(saveSafetensors({ x, n }, { by: "hand" })).toEqual(file(text, numbers));
    expect(saveSafetensors({})).toEqual(file("{}      "));
  });

  test("may name its tensors in any order, those without numbers too", () => {
    const [full, none] = [[1, [0, 1]], [0, [1, 1]]].map(([size, data_offsets]) => ({ dtype: "U8", shape: [size], data_offsets })); // prettier-ignore
    const first = { ...none, data_offsets: [0, 0] };
    const last = { ...full, data_offsets: [1, 2] };
    const { state } = loadSafetensors(file({ last, none, full, first }, [7, 9]));
    expect(Object.entries(state).map(([name, { data }]) => [name, ...data])).toEqual([["last", 9], ["none"], ["full", 7], ["first"]]); // prettier-ignore
    expect(() => loadSafetensors(file({ last, full, twice: full }, [7, 9]))).toThrow("where 1 was expected");
  });

  test("whose header is not UTF-8 is refused", () => {
    const bytes = file('{"?":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', [0]);
    bytes[bytes.indexOf(0x3f)] = 0xff;
    expect(() => loadSafetensors(bytes)).toThrow("the header is not JSON");
  });

  test("has its numbers at a multiple of 8, as other readers want it", () => {
    for (const name of ["a", "ab", "abc"]) {
      const bytes = saveSafetensors({ [name]: { shape: [1], data: [1] } });
      expect(new DataView(bytes.buffer).getUint32(0, true) % 8).toBe(0);
    }
  });

  const at = (dtype: string, bytes: number, more: object = {}): object => ({
    x: { dtype, shape: [1], data_offsets: [0, bytes], ...more },
  });
  const big = new Uint8Array(new BigInt64Array([2n ** 40n]).buffer);

  test.each<[string, () => unknown]>([
    ["a file has at least 8 bytes, this one 3", () => loadSafetensors(new Uint8Array(3))],
    [
      "the header would have 8675467939688574835 bytes: this is not a safetensors file",
      () => loadSafetensors(new TextEncoder().encode("some text")),
    ],
    ["the header does not begin with {", () => loadSafetensors(new Uint8Array(8))],
    ["the header is not JSON: this is not a safetensors file, or it is damaged", () => loadSafetensors(file("{"))],
    ["the header does not begin with {", () => loadSafetensors(file([]))],
    ["__metadata__ is not an object", () => loadSafetensors(file({ __metadata__: 1 }))],
    ["x has no shape of integers", () => loadSafetensors(file({ x: 1 }))],
    ["x has no shape of integers", () => loadSafetensors(file(at("F32", 4, { shape: [-1] })))],
    ["x has no two data_offsets", () => loadSafetensors(file(at("F32", 4, { data_offsets: [0] })))],
    [
      "x has the dtype F8_E4M3; this library reads F64, F32, F16, BF16, I64, U64, I32, U32, I16, U16, I8, U8, BOOL",
      () => loadSafetensors(file(at("F8_E4M3", 1), [0])),
    ],
    ["x F32 [1] takes 4 bytes, but has offsets 0 to 8", () => loadSafetensors(file(at("F32", 8), new Uint8Array(8)))],
    [
      "the file is cut off: its tensors take 4 bytes, 3 are there",
      () => loadSafetensors(file(at("F32", 4), [0, 0, 0])),
    ],
    ["the file has 2 bytes after its last tensor", () => loadSafetensors(file(at("U8", 1), [0, 0, 0]))],
    [
      "x begins at byte 4 of the numbers, where 0 was expected",
      () => loadSafetensors(file(at("F32", 4, { data_offsets: [4, 8] }), new Uint8Array(8))),
    ],
    ["x holds an integer that does not fit into 32 bits", () => loadSafetensors(file(at("I64", 8), big))],
  ])("refuses: %s", (sentence, call) => {
    expect(call).toThrow(`loadSafetensors: ${sentence}`);
  });

  test("is refused before it is written where a shape and its numbers disagree", () => {
    expect(() => saveSafetensors({ x: { shape: [2, 2], data: [1] } })).toThrow(
      "saveSafetensors: x [2, 2] needs 4 numbers, the state has 1",
    );
    expect(() => saveSafetensors({ __metadata__: { shape: [0], data: [] } })).toThrow(
      "saveSafetensors: __metadata__ is no name for a tensor",
    );
  });

  const raw = (array: ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> => new Uint8Array(array.buffer);
  const half = [0, -0, 1, -2, 65504, 2 ** -14, 2 ** -24, 1 / 3, Infinity, -Infinity, NaN];
  test.each<[string, Uint8Array<ArrayBuffer>, number[]]>([
    ["F64", raw(new Float64Array([0.1, -1e300])), [Math.fround(0.1), -Infinity]],
    // 1/3 rounded to a half is 0x3555; the others are exact.
    [
      "F16",
      raw(new Uint16Array([0, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0400, 1, 0x3555, 0x7c00, 0xfc00, 0x7e00])),
      half.map((v) => (v === 1 / 3 ? 0.333251953125 : v)),
    ],
    ["BF16", raw(new Uint16Array([0x3f80, 0xc049, 0x7f80])), [1, -3.140625, Infinity]],
    ["I64", raw(new BigInt64Array([-5n, 2n ** 31n - 1n])), [-5, 2 ** 31 - 1]],
    ["U64", raw(new BigUint64Array([7n])), [7]],
    ["U32", raw(new Uint32Array([7, 2 ** 31 - 1])), [7, 2 ** 31 - 1]],
    ["I16", raw(new Int16Array([-3, 300])), [-3, 300]],
    ["U16", raw(new Uint16Array([65535])), [65535]],
    ["I8", raw(new Int8Array([-128])), [-128]],
    ["U8", raw(new Uint8Array([255])), [255]],
    ["BOOL", raw(new Uint8Array([0, 1])), [0, 1]],
  ])("may hold %s", (dtype, data, values) => {
    const entry = { dtype, shape: [values.length], data_offsets: [0, data.length] };
    const { x } = loadSafetensors(file({ x: entry }, data)).state;
    expect([...x.data]).toEqual(values);
    expect(x.data).toBeInstanceOf(/^(F|BF)/.test(dtype) ? Float32Array : Int32Array);
  });
});
