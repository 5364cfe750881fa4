import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  buffer,
  Dropout,
  evaluating,
  Generator,
  Linear,
  loadSafetensors,
  Module,
  ones,
  parameter,
  saveSafetensors,
  type StateInput,
  tensor,
  zeros,
} from "../../lib/index.js";

class Model extends Module {
  readonly weight = parameter(zeros([2, 2]));
  readonly calls = buffer(tensor(Int32Array.of(1, 2)));
  readonly empty = buffer(zeros([0]));
}
const throughJson = (state: unknown): StateInput => JSON.parse(JSON.stringify(state)) as StateInput;

describe("a state from somewhere else", () => {
  test("goes through JSON and comes back, number for number", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 4, maxLength: 4 }),
        fc.tuple(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.integer({ min: -9, max: 9 })),
        (floats, integers) => {
          const [a, b] = [new Model(), new Model()];
          a.weight.set(floats.map((v) => v + 0)); // JSON has no -0
          a.calls.set(integers);
          expect(b.loadStateDict(throughJson(a.stateDict()))).toEqual({ missing: [], unknown: [] });
          expect(b.stateDict()).toEqual(a.stateDict());
          expect(saveSafetensors(throughJson({ weight: a.stateDict().weight }))).toEqual(
            saveSafetensors({ weight: a.stateDict().weight }),
          );
        },
      ),
    );
  });

  const good = new Model().stateDict();
  test.each<[string, unknown]>([
    ["loadStateDict: needs entries by name, got null", null],
    ["loadStateDict: needs entries by name, got a list of 2", [1, 2]],
    ["loadStateDict: weight needs a shape of integers, got undefined", { ...good, weight: null }],
    ["loadStateDict: weight needs a shape of integers, got a list of 1", { ...good, weight: { shape: [-1], data: [] } }],
    ["loadStateDict: weight needs data, an array of numbers, got undefined", { ...good, weight: { shape: [2, 2] } }],
    ["loadStateDict: weight needs data, an array of numbers, got \"1234\"", { ...good, weight: { shape: [2, 2], data: "1234" } }],
    ["loadStateDict: weight [2, 2] needs 4 numbers, the state has 3", { ...good, weight: { shape: [2, 2], data: { 0: 1, 1: 2, 2: 3 } } }],
    ["loadStateDict: weight: undefined is not a number", { ...good, weight: { shape: [2, 2], data: { 0: 1, 1: 2, 2: 3, x: 4 } } }],
    ["loadStateDict: weight: the string \"1\" is not a number", { ...good, weight: { shape: [2, 2], data: [1, 2, 3, "1"] } }],
    ["loadStateDict: weight: null is not a number", throughJson({ ...good, weight: { shape: [2, 2], data: [1, 2, 3, NaN] } })],
    ["loadStateDict: calls: 1.7 is not an integer", { ...good, calls: { shape: [2], data: [1, 1.7] } }],
    ["loadStateDict: calls: 3000000000 is not an integer", { ...good, calls: { shape: [2], data: [1, 3e9] } }],
    ["loadStateDict: calls: NaN is not an integer", { ...good, calls: { shape: [2], data: Float32Array.of(NaN, 1) } }],
  ])("is refused in one sentence, and nothing is written: %s", (sentence, state) => {
    const model = new Model();
    model.weight.set(7);
    const before = model.stateDict();
    expect(() => model.loadStateDict(state as StateInput)).toThrow(sentence);
    expect(model.stateDict()).toEqual(before);
  }); // prettier-ignore

  test("names of any length and kind are short and harmless in the sentence", () => {
    const name = `\u001b[2J\n${"x".repeat(1_000_000)}`;
    const model = new Model();
    for (const call of [
      () => model.loadStateDict({ [name]: { shape: [1], data: [1] } }),
      () => model.loadStateDict({ ...good, weight: { shape: new Array<number>(100_000).fill(1), data: [1] } }),
      () => saveSafetensors({ [name]: { shape: [2], data: [1] } }),
      () => loadSafetensors(file(`{${JSON.stringify(name)}:{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, 4)),
      () => loadSafetensors(file(`{${JSON.stringify(name)}:{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}`, 5)),
      () => loadSafetensors(file(`{${JSON.stringify(name)}:{"dtype":${JSON.stringify(name)},"shape":[1],"data_offsets":[0,4]}}`, 4)),
      () => loadSafetensors(file(`{"x":{"dtype":"F32","shape":[${"1,".repeat(1_000_000)}1],"data_offsets":[0,8]}}`, 8)),
      () => loadSafetensors(file(`{${JSON.stringify(name)}:1,${JSON.stringify(name)}:2}`, 4)),
    ]) {
      let message = "";
      try {
        call();
      } catch (error) {
        ({ message } = error as Error);
      }
      expect(message).toMatch(/^(loadStateDict|loadSafetensors|saveSafetensors): /);
      expect(message.length).toBeLessThan(400);
       
      expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    }
  }); // prettier-ignore
});

function file(header: string, numbers = 0, length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + numbers);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

describe("a safetensors file", () => {
  const tensorAt = (from: number, to: number): string =>
    `{"dtype":"U8","shape":[${to - from}],"data_offsets":[${from},${to}]}`;

  test.each([
    ["x", `{"x":${tensorAt(0, 1)},"x":${tensorAt(0, 1)}}`],
    ["x", `{"\\u0078":${tensorAt(0, 1)} , "x" :${tensorAt(0, 1)}}`],
    ["dtype", '{"x":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}'],
    ["a", `{"__metadata__":{"a":"1","b":"2","a":"1"},"x":${tensorAt(0, 1)}}`],
    ["__metadata__", `{"__metadata__":{},"x":${tensorAt(0, 1)},"__metadata__":{}}`],
    ["", `{"":${tensorAt(0, 1)},"":${tensorAt(0, 1)}}`],
    ['"', `{"\\"":${tensorAt(0, 1)},"\\u0022":${tensorAt(0, 1)}}`],
  ])("with the key %j twice is refused, even if both say the same", (key, header) => {
    expect(() => loadSafetensors(file(header, 1))).toThrow(
      `loadSafetensors: the header has the name ${key} twice, which the format forbids`,
    );
  });

  test("may have one key in several objects, and keys that look like JSON", () => {
    const names = ["x", "dtype", "shape", '":"', "{", "}}", "\\", '\\"', "a\nb", "__proto__"];
    fc.assert(
      fc.property(fc.uniqueArray(fc.oneof(fc.constantFrom(...names), fc.string())), (keys) => {
        const wanted = keys.filter((key) => key !== "__metadata__");
        const state = Object.fromEntries(wanted.map((key, i) => [key, { shape: [1], data: [i] }]));
        const metadata = Object.fromEntries(wanted.map((key) => [key, key]));
        const back = loadSafetensors(saveSafetensors(state, metadata));
        expect(Object.keys(back.state).sort()).toEqual(Object.keys(state).sort());
        expect(back.metadata).toEqual(metadata);
      }),
    );
  });

  test("must begin with {: no byte order mark, no space", () => {
    for (const start of ["\ufeff", " ", "\n", "["])
      expect(() => loadSafetensors(file(`${start}{"x":${tensorAt(0, 1)}}`, 1))).toThrow(
        "the header does not begin with {",
      );
  });

  test("may have a header of 100 MB, and not a byte more", () => {
    const head = (length: bigint): Uint8Array => file("{}", 0, length);
    expect(() => loadSafetensors(head(100_000_000n))).toThrow(
      "cut off: its header ends at byte 100000008, the file at 10",
    );
    expect(() => loadSafetensors(head(100_000_001n))).toThrow("the header would have 100000001 bytes: this is not");
  });

  test("comes as any bytes: an ArrayBuffer, a part of one, a Node Buffer, a DataView", () => {
    const bytes = saveSafetensors({ x: { shape: [2], data: [1, 2] } });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const forms = [bytes, bytes.buffer, shifted.subarray(3), Buffer.from(bytes), new DataView(shifted.buffer, 3)];
    for (const form of forms) expect(Array.from(loadSafetensors(form as Uint8Array).state.x.data)).toEqual([1, 2]);
  });

  test.each<[string, unknown]>([
    ["null", null],
    ["undefined", undefined],
    ['"{}"', "{}"],
    ["a list of 2", [1, 2]],
    ["an object", {}],
    ["3", 3],
    ["an object", new Blob(["x"])],
  ])("that is none is refused in one sentence: %s", (words, given) => {
    expect(() => loadSafetensors(given as Uint8Array)).toThrow(
      `loadSafetensors: needs the bytes of a file, a Uint8Array or an ArrayBuffer, got ${words}`,
    );
    if (given === null || Array.isArray(given))
      expect(() => saveSafetensors(given as never)).toThrow(`saveSafetensors: needs entries by name, got ${words}`);
  });

  test("with very many empty tensors is read in a time that grows as their number does", () => {
    const seconds = (count: number): number => {
      const names = Array.from(
        { length: count },
        (_, i) => `"layer.${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`,
      );
      const bytes = file(`{${names.join(",")}}`);
      const start = performance.now();
      expect(Object.keys(loadSafetensors(bytes).state)).toHaveLength(count);
      return (performance.now() - start) / 1000;
    };
    seconds(1000); // compiled once
    const [few, many] = [seconds(10_000), seconds(100_000)];
    expect(many).toBeLessThan(40 * Math.max(few, 0.005)); // 10 times the work; a busy machine has its share
  });
});

describe("a scope of evaluation", () => {
  const drop = new Dropout(0.5, { rng: new Generator(1) });
  test.each<[string, () => unknown]>([
    ["an async function", async () => Promise.resolve(drop.forward(ones([8])))],
    ["a function that returns a thenable", () => ({ then: (done: (x: number) => void) => done(1) })],
    [
      "a generator",
      function* () {
        yield drop.forward(ones([8]));
      },
    ],
    [
      "an async generator",
      async function* () {
        yield await Promise.resolve(1);
      },
    ],
    ["an iterator", () => [1, 2].values()],
    ["a lazy body that fails later", async () => Promise.reject(new Error("late"))],
  ])("refuses %s, whose body would go on in the old mode, and gives the mode back", (_, body) => {
    drop.train();
    expect(() => evaluating(drop, body)).toThrow(/^evaluating: the function must not (be async|return an iterator)/);
    expect(drop.training).toBe(true);
  });

  test("holds for what is done before it returns, and gives each module its own mode back", () => {
    class Two extends Module {
      readonly parts = [[new Dropout(0.5, { rng: new Generator(1) })], [new Linear(2, 2, { rng: new Generator(1) })]];
    }
    const two = new Two();
    two.parts[1][0].eval();
    expect(evaluating(two, () => two.modules().map((module) => module.training))).toEqual([false, false, false]);
    expect(two.modules().map((module) => module.training)).toEqual([true, true, false]);
    expect(evaluating(two, () => [1, 2])).toEqual([1, 2]); // an array is a result like any other
  });
});
