import { expect, test } from "vitest";
import { Checkpoint, Generator, loadSafetensors, type StateDict } from "../../../lib/index.js";
import { A, B, file, INDEX, text } from "./files.js";
import { mutations } from "./mutations.js";
import { plainTensors } from "./plainReader.js";

const FILES = 10_000;
const kinds = Object.keys(mutations);

/** A file of all the formats that checkpoints have. */
const entries = { half: ["F16", 2, [2, 3]], brain: ["BF16", 2, [2]], full: ["F32", 4, [1, 2]], ids: ["I64", 8, [2]], short: ["I32", 4, []], mask: ["U8", 1, [4]], none: ["F32", 4, [0, 7]] } as const; // prettier-ignore
let end = 0;
const header = Object.fromEntries(
  Object.entries(entries).map(([name, [dtype, width, shape]]) => {
    const start = end;
    end += width * shape.reduce((a: number, b) => a * b, 1);
    return [name, { dtype, shape, data_offsets: [start, end] }];
  }),
);
const sound = file(
  { __metadata__: { format: "pt" }, ...header },
  Array.from({ length: end }, (_, i) => (i % 8 ? 0 : 60 + i)),
);

/** Seconds and bytes that one file may take, where it is refused too. */
const MOST = { seconds: 2, bytes: 64e6 };

/** What a call gives or says, if it takes neither long nor much memory. */
async function outcome<T>(call: () => T | Promise<T>): Promise<T | string> {
  const [start, before] = [performance.now(), process.memoryUsage()];
  try {
    return await call();
  } catch (error) {
    return (error as Error).message;
  } finally {
    const after = process.memoryUsage();
    expect((performance.now() - start) / 1000).toBeLessThan(MOST.seconds);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(MOST.bytes);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(MOST.bytes);
  }
}

function damaged(bytes: Uint8Array, rng: Generator): { bytes: Uint8Array; how: string } {
  const how: string[] = [];
  for (let times = 1 + rng.below(2); times > 0; times--) {
    const kind = kinds[rng.below(kinds.length)];
    try {
      bytes = mutations[kind](bytes, rng);
      how.push(kind);
    } catch {
      // The first mutation left no header for the second to change.
    }
  }
  return { bytes, how: how.join(" and ") };
}

const plain = (state: StateDict): object =>
  Object.entries(state).map(([name, { shape, data }]) => [name, shape, data.constructor.name, [...data]]);

function wanted(bytes: Uint8Array): object | null {
  const tensors = plainTensors(bytes);
  return (
    tensors &&
    Object.entries(tensors).map(([name, { shape, dtype, numbers }]) => [
      name,
      shape,
      dtype.includes("F") ? "Float32Array" : "Int32Array",
      numbers,
    ])
  );
}

async function everything(checkpoint: Checkpoint): Promise<StateDict> {
  const state: [string, StateDict[string]][] = [];
  for (const name of checkpoint.tensors.keys()) state.push([name, await checkpoint.read(name)]);
  return Object.fromEntries(state);
}

test(`${FILES} damaged files end in one sentence, or in exactly the tensors that are in them`, async () => {
  const rng = new Generator(13);
  const read = new Map(kinds.map((kind) => [kind, 0]));
  expect(plain(loadSafetensors(sound).state)).toEqual(wanted(sound));
  let refused = 0;
  for (let i = 0; i < FILES; i++) {
    const { bytes, how } = damaged(sound, rng);
    const right = wanted(bytes);
    const found = [
      await outcome(() => plain(loadSafetensors(bytes).state)),
      await outcome(async () => plain(await everything(await Checkpoint.open(bytes)))),
    ];
    if (right === null) {
      refused++;
      expect(found, how).toEqual([
        expect.stringMatching(/^loadSafetensors: [^\n]+$/),
        expect.stringMatching(/^Checkpoint: model\.safetensors: [^\n]+$/),
      ]);
      expect(found[1], how).toBe((found[0] as string).replace("loadSafetensors", "Checkpoint: model.safetensors"));
    } else {
      expect(found, how).toEqual([right, right]);
      read.set(how, (read.get(how) ?? 0) + 1);
    }
  }
  // Both happen often, or nothing was tried.
  expect(refused).toBeGreaterThan(FILES / 2);
  for (const kind of ["numbers", "a dtype of the same width", "a shape of as many numbers", "a letter of the header"])
    expect(read.get(kind), kind).toBeGreaterThan(5);
});

test("an index or a part that is damaged ends in one sentence, or in exactly the tensors that are there", async () => {
  const rng = new Generator(14);
  const byte = { dtype: "U8", shape: [1], data_offsets: [0, 1] };
  const parts = { [A]: file({ x: byte }, [1]), [B]: file({ y: byte, z: { ...byte, data_offsets: [1, 2] } }, [2, 3]) };
  const index = text({ metadata: { total_size: 3 }, weight_map: { x: A, y: B, z: B } });
  const right = [
    ["x", [1], "Int32Array", [1]],
    ["y", [1], "Int32Array", [2]],
    ["z", [1], "Int32Array", [3]],
  ];
  let read = 0;
  for (let i = 0; i < 2000; i++) {
    const bytes = index.slice();
    const letter = Array.from('{}[],:"\\/.-0129xyz \n')[rng.below(20)].charCodeAt(0);
    bytes[rng.below(bytes.length)] = letter;
    const whole = { ...parts, [INDEX]: rng.below(4) ? bytes : bytes.slice(0, rng.below(bytes.length)) };
    const found = await outcome(async () => plain(await everything(await Checkpoint.open(whole))));
    if (typeof found === "string") expect(found).toMatch(/^Checkpoint: \S+: [^\n]+$/);
    else {
      read++;
      expect(found).toEqual(right);
    }
  }
  expect(read).toBeGreaterThan(20);
});
