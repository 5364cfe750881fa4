import { describe, expect, test } from "vitest";
import { Checkpoint, type CheckpointSource, type FileLike } from "../../../lib/index.js";
import { A, B, bytesAt, file, INDEX, inParts, ONE, text } from "./files.js";

const opened = async (source: unknown): Promise<string> => {
  try {
    await Checkpoint.open(source as CheckpointSource);
    return "nothing is wrong";
  } catch (error) {
    return (error as Error).message;
  }
};

const x = (entry: object): Uint8Array => file({ x: { ...bytesAt(0, 4), ...entry } }, [1, 2, 3, 4]);

describe("one file is refused in one sentence that names it and the tensor:", () => {
  const whole = file({ x: bytesAt(0, 4) }, [1, 2, 3, 4]);
  const claimed = (length: bigint): Uint8Array => {
    const bytes = whole.slice();
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    return bytes;
  };
  test.each<[string, Uint8Array]>([
    ["a file has at least 8 bytes, this one 0", new Uint8Array(0)],
    ["a file has at least 8 bytes, this one 7", new Uint8Array(7)],
    ["the header would have 100000001 bytes: this is not a safetensors file", claimed(100_000_001n)],
    ["the header would have 18446744073709551615 bytes: this is not a safetensors file", claimed(2n ** 64n - 1n)],
    [`the file is cut off: its header ends at byte 100000008, the file at ${whole.length}`, claimed(100_000_000n)],
    ["the header does not begin with {: this is not a safetensors file, or it is damaged", claimed(0n)],
    ["the header is not JSON: this is not a safetensors file, or it is damaged", claimed(9n)],
    [
      "the header is nested 30 deep: this is not a safetensors file, or it is damaged",
      file(`{"x":${"[".repeat(29)}${"]".repeat(29)}}`),
    ],
    ["the header has the name x twice, which the format forbids", file('{"x":{},"x":{}}')],
    ["__metadata__ is not an object", file({ __metadata__: [] })],
    ["__metadata__ has a, which is no text", file({ __metadata__: { a: 1 } })],
    ["x has no shape of integers", x({ shape: [2.5] })],
    ["x has no shape of integers", x({ shape: [2 ** 53] })],
    ["x has no shape of integers", file('{"x":{"dtype":"U8","shape":[-0],"data_offsets":[0,0]}}')],
    ["x has no two data_offsets, integers below 2^53", x({ data_offsets: [0, 2 ** 53] })],
    ["x has no two data_offsets, integers below 2^53", x({ data_offsets: [0, 1, 2] })],
    ["x has no two data_offsets, integers below 2^53", x({ data_offsets: ["0", "4"] })],
    [
      "x has the dtype F7; this library reads F64, F32, F16, BF16, I64, U64, I32, U32, I16, U16, I8, U8, BOOL",
      x({ dtype: "F7" }),
    ],
    ["x F8_E4M3 [5] takes 5 bytes, but has offsets 0 to 4", x({ dtype: "F8_E4M3", shape: [5] })],
    ["x has the dtype 3; this library reads F64,", x({ dtype: 3 })],
    ["x has no dtype; this library reads F64,", x({ dtype: undefined })],
    ["x has the dtype toString; this library reads F64,", x({ dtype: "toString" })],
    ["x U8 [5] takes 5 bytes, but has offsets 0 to 4", x({ shape: [5] })],
    [
      "x U8 [9007199254740991, 9007199254740991] takes 8.112963841460666e+31 bytes, but has offsets 0 to 4",
      x({ shape: [2 ** 53 - 1, 2 ** 53 - 1] }),
    ],
    ["x U8 [0] takes 0 bytes, but has offsets 4 to 0", x({ shape: [0], data_offsets: [4, 0] })],
    [
      "y begins at byte 2 of the numbers, where 4 was expected",
      file({ x: bytesAt(0, 4), y: bytesAt(2, 4) }, [1, 2, 3, 4]),
    ],
    [
      "y begins at byte 3 of the numbers, where 2 was expected",
      file({ x: bytesAt(0, 2), y: bytesAt(3, 4) }, [1, 2, 3, 4]),
    ],
    ["x begins at byte 1 of the numbers, where 0 was expected", x({ shape: [3], data_offsets: [1, 4] })],
    ["the file is cut off: its tensors take 4 bytes, 3 are there", whole.slice(0, -1)],
    [
      "the file is cut off: its tensors take 9007199254740991 bytes, 4 are there",
      x({ shape: [2 ** 53 - 1], data_offsets: [0, 2 ** 53 - 1] }),
    ],
    ["the file has 1 bytes after its last tensor", new Uint8Array([...whole, 0])],
  ])("%s", async (sentence, bytes) => {
    expect(await opened(bytes)).toContain(`Checkpoint: model.safetensors: ${sentence}`);
    expect(await opened({ "other.safetensors": bytes })).toContain(`Checkpoint: other.safetensors: ${sentence}`);
  });

  test.each(["F8_E4M3", "F8_E5M2", "F8_E8M0", "F4"])(
    "%s, when it is read: the file is opened, and other tensors are read",
    async (dtype) => {
      const quantized = { dtype, shape: [dtype === "F4" ? 8 : 4], data_offsets: [0, 4] };
      const checkpoint = await Checkpoint.open(file({ x: quantized, y: bytesAt(4, 5) }, [1, 2, 3, 4, 5]));
      expect(checkpoint.tensors.get("x")).toEqual({ dtype, shape: quantized.shape, file: "model.safetensors" });
      expect([...(await checkpoint.read("y")).data]).toEqual([5]);
      await expect(checkpoint.read("x")).rejects.toThrow(
        `Checkpoint: model.safetensors: x has the dtype ${dtype}; this library reads F64, F32, F16, BF16, I64, U64, I32, U32, I16, U16, I8, U8, BOOL: dequantize the model in Python, and save it again`,
      );
    },
  );

  test("more keys and values than a model needs", async () => {
    const values = `{"x":[${"0,".repeat(2 ** 22)}0]}`;
    expect(await opened(file(values))).toBe(
      `Checkpoint: model.safetensors: the header has ${2 ** 22 + 3} values, more than a model needs: this is not a safetensors file, or it is damaged`,
    );
  });

  test("but not for brackets in a name", async () => {
    const name = `\\"${"[{".repeat(20)}"\\`;
    expect([...(await Checkpoint.open(file({ [name]: bytesAt(0, 0) }))).tensors.keys()]).toEqual([name]);
  });

  test("100 MB of brackets, at once", async () => {
    const start = performance.now();
    expect(await opened(file(`{"x":${"[".repeat(99_999_000)}`))).toContain("the header is nested 99999001 deep");
    expect(performance.now() - start).toBeLessThan(10_000); // parsed, they would take gigabytes
  });
});

describe("a folder is refused in one sentence:", () => {
  const index = (weight_map: unknown): Record<string, unknown> => ({ ...inParts(), [INDEX]: text({ weight_map }) });
  const without = (...names: string[]): Record<string, unknown> =>
    Object.fromEntries(Object.entries(inParts()).filter(([name]) => !names.includes(name)));
  const map = { x: A, y: A, z: B };
  const is = (sentence: string): string => `${INDEX}: ${sentence}`;

  test.each<[string, unknown]>([
    [`there is no ${ONE} among the files (there are none)`, {}],
    [`there is no ${ONE} among the files (config.json)`, { "config.json": text("{}") }],
    [
      `there is no ${ONE} among the files (pytorch_model.bin); pytorch_model.bin may hold programs: save it as safetensors in Python`,
      { "pytorch_model.bin": text("") },
    ],
    [
      `there is no ${ONE}, but a.safetensors, b.safetensors: open the one you mean`,
      { "a.safetensors": text(""), "b.safetensors": text("") },
    ],
    [`${A} is a part of a checkpoint, of which ${INDEX} is missing`, without(INDEX)],
    [is(`it names ${B}, which is not among the files`), without(B)],
    [is("the index is not JSON: it is damaged"), { ...inParts(), [INDEX]: text("{") }],
    [is("the index is not an object: it is damaged"), { ...inParts(), [INDEX]: text([]) }],
    [
      is("the index has the name x twice, which the format forbids"),
      { ...inParts(), [INDEX]: text(`{"weight_map":{"x":"${A}","x":"${B}"}}`) },
    ],
    [is("it has no weight_map"), { ...inParts(), [INDEX]: text({}) }],
    [is("weight_map has no file for x"), index({ ...map, x: 1 })],
    [
      is("x is in ../model.safetensors, which is no name of a safetensors file in its folder"),
      index({ ...map, x: "../model.safetensors" }),
    ],
    [is("x is in /etc/passwd, which is no name"), index({ ...map, x: "/etc/passwd" })],
    [is("x is in ..\\a.safetensors, which is no name"), index({ ...map, x: "..\\a.safetensors" })],
    [is("x is in C:a.safetensors, which is no name"), index({ ...map, x: "C:a.safetensors" })],
    [is("x is in config.json, which is no name"), index({ ...map, x: "config.json" })],
    [`${A}: y should be in ${B} alone, as the index says`, index({ ...map, z: A, y: B })],
    [`${A}: y is not in the index`, index({ x: A, z: B })],
    [`${B}: more is missing, which the index says is in it`, index({ ...map, more: B })],
    [
      `${B}: x should be in ${A} alone, as the index says`,
      { ...inParts(), [B]: file({ z: bytesAt(0, 1), x: bytesAt(1, 3) }, [4, 1, 2]) },
    ],
    [is(`it does not name ${ONE}: which of them are the weights?`), { ...inParts(), [ONE]: file({}) }],
    [is(`it does not name ${B}: which of them are the weights?`), index({ x: A, y: A })],
    [
      `${B}: the file is cut off: its tensors take 1 bytes, 0 are there`,
      { ...inParts(), [B]: inParts()[B].slice(0, -1) },
    ],
    [
      `${INDEX} has 100000001 bytes; at most 100000000 are read as text`,
      { ...inParts(), [INDEX]: { size: 100_000_001, slice: () => null } },
    ],
    [
      "two of the files are called a",
      [Object.assign(new Blob(["x"]), { name: "a" }), Object.assign(new Blob(["x"]), { name: "a" })],
    ],
    ["a list of files needs a name for each, got an object; bytes are given by name,", [new Blob(["x"])]],
    ["a needs the bytes of a file, or a file, got 3", { a: 3 }],
    ["needs the path of a folder, files, or their bytes by name, got null", null],
    ["needs the path of a folder, files, or their bytes by name, got 3", 3],
  ])("%s", async (sentence, source) => {
    expect(await opened(source)).toContain(`Checkpoint: ${sentence}`);
  });

  test("names of strangers come in one line, clipped", async () => {
    const message = await opened(index({ [`\u001b[31m\n${"long".repeat(100)}`]: 1 }));
    expect(message).toMatch(/^Checkpoint: \S+: weight_map has no file for \\x1b\[31m\\n(long)+l?o?n?…$/);
  });
});

describe("reading is refused in one sentence:", () => {
  const said = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => "nothing is wrong",
      (error: unknown) => (error as Error).message,
    );

  test("a tensor that is not there, with names that are", async () => {
    const named = (...names: string[]): Promise<Checkpoint> =>
      Checkpoint.open(file(Object.fromEntries(names.map((name) => [name, bytesAt(0, 0)]))));
    const all = ["model.wte.weight", "model.h.0.weight", "c", "d"];
    expect(await said((await named(...all)).read("wte.weight"))).toBe(
      "Checkpoint: there is no tensor wte.weight; there is model.wte.weight",
    );
    expect(await said((await named(...all)).read("?"))).toBe(
      "Checkpoint: there is no tensor ?, but model.wte.weight, model.h.0.weight, c, ...",
    );
    expect(await said((await named("c", "d")).read("toString"))).toBe(
      "Checkpoint: there is no tensor toString, but c, d",
    );
    expect(await said((await named()).read("c"))).toBe("Checkpoint: there is no tensor c; the files have none");
  });

  test.each([
    ["I64", 2n ** 31n],
    ["I64", -(2n ** 31n) - 1n],
    ["U64", 2n ** 31n],
    ["U64", 2n ** 64n - 1n],
  ])("an integer of %s beyond 32 bits, %s", async (dtype, value) => {
    const entry = { dtype, shape: [2], data_offsets: [0, 16] };
    const numbers = new Uint8Array(BigInt64Array.of(1n, BigInt.asIntN(64, value)).buffer);
    const checkpoint = await Checkpoint.open(file({ x: entry }, numbers));
    expect(await said(checkpoint.read("x"))).toBe(
      "Checkpoint: model.safetensors: x holds an integer that does not fit into 32 bits",
    );
  });

  test("a file that cannot be read any more, or not in full", async () => {
    const bytes = file({ x: bytesAt(0, 4) }, [1, 2, 3, 4]);
    let isGone = false;
    const slice = (start: number, end: number): ReturnType<FileLike["slice"]> => ({
      arrayBuffer: () =>
        isGone ? Promise.reject(new Error("it is gone")) : Promise.resolve(bytes.slice(start, end).buffer),
    });
    const checkpoint = await Checkpoint.open({ size: bytes.length, slice });
    isGone = true;
    expect(await said(checkpoint.read("x"))).toBe("Checkpoint: cannot read model.safetensors: it is gone");
    const shorter: FileLike = { size: bytes.length, slice: (start, end) => slice(start, end - 1) };
    isGone = false;
    expect(await said(Checkpoint.open(shorter))).toBe("Checkpoint: model.safetensors has changed since it was opened");
    const kept = await Checkpoint.open(bytes);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    expect(await said(kept.read("x"))).toBe("Checkpoint: model.safetensors has changed since it was opened");
  });

  test("a tensor that there is no room for", async () => {
    const size = 2 ** 52;
    const header = text(JSON.stringify({ x: { dtype: "U8", shape: [size], data_offsets: [0, size] } }));
    const start = new Uint8Array(8 + header.length);
    new DataView(start.buffer).setBigUint64(0, BigInt(header.length), true);
    start.set(header, 8);
    const slice: FileLike["slice"] = (from, to) => new Blob([start]).slice(from, to);
    const checkpoint = await Checkpoint.open({ size: start.length + size, slice });
    expect(await said(checkpoint.read("x"))).toBe(
      "Checkpoint: model.safetensors: x [4503599627370496] takes 18014398509481984 bytes, more than there is room for",
    );
  });

  test("text that is none, or is not there", async () => {
    const checkpoint = await Checkpoint.open({ [ONE]: file({}), "config.json": new Uint8Array([0xff]) });
    expect(await said(checkpoint.text("config.json"))).toBe("Checkpoint: config.json is not UTF-8");
    expect(await said(checkpoint.text("tokenizer.json"))).toBe("Checkpoint: tokenizer.json is not among the files");
  });

  test("tensors that are missing, unexpected or of another shape than the model's", async () => {
    const checkpoint = await Checkpoint.open(inParts());
    const check = (wanted: Record<string, number[]>, ignore?: (name: string) => boolean) => () =>
      checkpoint.check(wanted, ignore);
    expect(check({ x: [2], y: [1], z: [1] })).not.toThrow();
    expect(check({ x: [2], y: [1], z: [1], more: [1], most: [] })).toThrow("Checkpoint: the files have no more, most");
    expect(check({ x: [2], y: [1] })).toThrow(`Checkpoint: ${B}: z [1] is not in the model`);
    expect(check({ x: [2], y: [1] }, (name) => name === "z")).not.toThrow();
    expect(check({ x: [2], y: [1, 1], z: [1] })).toThrow(`Checkpoint: ${A}: y [1] should be [1, 1]`);
  });
});
