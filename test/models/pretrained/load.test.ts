import { describe, expect, test } from "vitest";
import { Decoder, fromCheckpoint, generateIds, loadPretrained } from "../../../lib/models/pretrained/index.js";
import { saveSafetensors, type StateDict } from "../../../lib/nn/index.js";
import { fromArray, noGrad, type Tensor } from "../../../lib/tensor/index.js";
import { changed, type Config, configOf, filesOf, names, tensorsOf } from "./files.js";

const ids = (...rows: number[][]): Tensor => fromArray(rows.flat(), [rows.length, rows[0].length], "int32");
const text = [3, 7, 5, 9, 4, 11, 6];
const logitsOf = (model: Pick<Decoder, "forward">, ...input: Parameters<Decoder["forward"]>): number[] =>
  noGrad(() => Array.from(model.forward(...input).logits.toTypedArray()));

/** Largest difference. */
const apart = (a: readonly number[], b: readonly number[]): number =>
  a.length === b.length ? Math.max(...a.map((x, i) => Math.abs(x - b[i]))) : Infinity;

describe("the same model from other files", () => {
  const expected = (name: string): number[] => logitsOf(loadPretrained(filesOf(name)), ids(text));

  test("in shards", () => {
    const all = Object.entries(tensorsOf("olmoe-clip"));
    const shard = (keep: (i: number) => boolean): Uint8Array =>
      saveSafetensors(Object.fromEntries(all.filter((_, i) => keep(i))));
    const model = loadPretrained({
      "config.json": filesOf("olmoe-clip")["config.json"],
      "model-00001-of-00002.safetensors": shard((i) => i % 2 === 0),
      "model-00002-of-00002.safetensors": shard((i) => i % 2 === 1),
    });
    expect(logitsOf(model, ids(text))).toEqual(expected("olmoe-clip"));
  });

  test("as plain data", () => {
    const model = fromCheckpoint({ config: configOf("gptoss"), tensors: tensorsOf("gptoss") });
    expect(logitsOf(model, ids(text))).toEqual(expected("gptoss"));
  });

  test("GPT-2 without a prefix, and with the masks of old files", () => {
    const bare = (all: StateDict): StateDict => ({
      ...Object.fromEntries(Object.entries(all).map(([name, x]) => [name.replace("transformer.", ""), x])),
      "h.0.attn.bias": { shape: [1], data: new Float32Array(1) },
    });
    expect(logitsOf(loadPretrained(changed("gpt2-left", undefined, bare)), ids(text))).toEqual(expected("gpt2-left"));
  });

  test("a tied head that was saved all the same is not read", () => {
    const head = (all: StateDict): StateDict => ({ ...all, "lm_head.weight": all["model.norm.weight"] });
    const files = changed("llama-llama3-tied", undefined, head);
    expect(logitsOf(loadPretrained(files), ids(text))).toEqual(expected("llama-llama3-tied"));
  });

  /** transformers 4 wrote theta beside the scaling, and no kinds of layers. */
  const old = ({ rope_parameters: rope, layer_types: _, dtype: __, ...config }: Config): Config => {
    const { rope_theta, rope_type, ...scaling } = rope as Config;
    return { ...config, rope_theta, rope_scaling: rope_type === "default" ? null : { type: rope_type, ...scaling } };
  };
  test.each(names.filter((name) => configOf(name).rope_parameters))("%s by a config of transformers 4", (name) => {
    expect(logitsOf(loadPretrained(changed(name, old)), ids(text))).toEqual(expected(name));
  });
});

describe.each(names)("%s", (name) => {
  const { model } = loadPretrained(filesOf(name));

  test("padding on either side changes nothing for the tokens of the text", () => {
    const v = model.tokens.weight.shape[0];
    const alone = logitsOf(model, ids(text));
    const t = text.length;
    const rows = ids([0, 0, ...text], [...text, 0, 0]);
    const mask = ids([0, 0, ...text.map(() => 1)], [...text.map(() => 1), 0, 0]);
    const positions = ids([0, 0, ...text.keys()], [...text.keys(), 7, 8]);
    const both = logitsOf(model, rows, { mask, positions });
    const [left, right] = [both.slice(2 * v, (t + 2) * v), both.slice((t + 2) * v, (2 * t + 2) * v)];
    expect(apart(left, alone)).toBeLessThan(1e-4);
    expect(apart(right, alone)).toBeLessThan(1e-4);
  });

  test("reads a text in parts, by its caches, as in one", () => {
    const v = model.tokens.weight.shape[0];
    const caches = model.newCaches();
    const parts = [text.slice(0, 3), text.slice(3, 4), text.slice(4)];
    const read = parts.flatMap((part) => logitsOf(model, ids(part), { caches }));
    expect(read).toHaveLength(text.length * v);
    expect(apart(read, logitsOf(model, ids(text)))).toBeLessThan(1e-4);
  });

  test("writes the same behind padding as without, with a cache and without", () => {
    const rows = ids([0, 0, ...text.slice(0, 4)], text.slice(0, 6));
    const mask = ids([0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]);
    const alone = (prompt: number[]): number[] => [
      ...generateIds(model, ids(prompt), { tokens: 6 }).toTypedArray().slice(prompt.length),
    ];
    for (const cache of [true, false]) {
      const written = [...generateIds(model, rows, { tokens: 6, mask, cache }).toTypedArray()];
      expect(written.slice(6, 12)).toEqual(alone(text.slice(0, 4)));
      expect(written.slice(18)).toEqual(alone(text.slice(0, 6)));
    }
  });
});

describe("wrong inputs", () => {
  const { model } = loadPretrained(filesOf("olmoe-clip"));
  test.each<[string, () => unknown, string]>([
    ["ids", () => model.forward(fromArray([1], [1], "int32")), "int32 ids [B, T], got int32 [1]"],
    ["a mask of another length", () => model.forward(ids(text), { mask: ids([1]) }), "mask must be [1, 7]"],
    [
      "too few caches",
      () => model.forward(ids(text), { caches: model.newCaches().slice(1) }),
      "needs 2 different caches",
    ],
    ["padding behind a prompt", () => generateIds(model, ids([3, 0]), { mask: ids([1, 0]) }), "in front of a prompt"],
    ["no prompt", () => generateIds(model, fromArray([], [1, 0], "int32")), "ids must be [B, P]"],
    ["tokens", () => generateIds(model, ids(text), { tokens: -1 }), "tokens must be an integer from 0"],
  ])("%s", (_, act, sentence) => expect(act).toThrow(sentence));
});
