import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { Decoder, fromCheckpoint, generateIds, loadPretrained } from "../../../lib/models/pretrained/index.js";
import { saveSafetensors, type StateDict } from "../../../lib/nn/index.js";
import { fromArray, noGrad, type Tensor } from "../../../lib/tensor/index.js";
import { changed, type Config, configOf, filesOf, folder, inHalves, names, tensorsOf } from "./files.js";

const ids = (...rows: number[][]): Tensor => fromArray(rows.flat(), [rows.length, rows[0].length], "int32");
const text = [3, 7, 5, 9, 4, 11, 6];
const logitsOf = (model: Pick<Decoder, "forward">, ...input: Parameters<Decoder["forward"]>): number[] =>
  noGrad(() => Array.from(model.forward(...input).logits.toTypedArray()));

/** Largest difference. */
const apart = (a: readonly number[], b: readonly number[]): number =>
  a.length === b.length ? Math.max(...a.map((x, i) => Math.abs(x - b[i]))) : Infinity;

describe("the same model from other files", () => {
  const expected = async (name: string): Promise<number[]> => logitsOf(await loadPretrained(filesOf(name)), ids(text));

  test("in shards", async () => {
    const all = Object.entries(tensorsOf("olmoe-clip"));
    const shard = (keep: (i: number) => boolean): Uint8Array =>
      saveSafetensors(Object.fromEntries(all.filter((_, i) => keep(i))));
    const [a, b] = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    const index = { weight_map: Object.fromEntries(all.map(([name], i) => [name, i % 2 === 0 ? a : b])) };
    const model = await loadPretrained({
      "config.json": filesOf("olmoe-clip")["config.json"],
      "model.safetensors.index.json": new TextEncoder().encode(JSON.stringify(index)),
      [a]: shard((i) => i % 2 === 0),
      [b]: shard((i) => i % 2 === 1),
    });
    expect(logitsOf(model, ids(text))).toEqual(await expected("olmoe-clip"));
  });

  test("from a folder on disk, by its path and its URL, and from files as a page has them", async () => {
    const files = Object.entries(filesOf("gptoss")).map(([name, bytes]) =>
      Object.assign(new Blob([bytes as Uint8Array<ArrayBuffer>]), { name }),
    );
    for (const source of [`${folder}/gptoss`, pathToFileURL(`${folder}/gptoss`), files])
      expect(logitsOf(await loadPretrained(source), ids(text))).toEqual(await expected("gptoss"));
  });

  test.each(["F16", "BF16"])("in %s: each number as the format has it", async (dtype) => {
    const round = (x: number): number => {
      const bits = new Uint32Array(Float32Array.of(x).buffer);
      return new Float32Array(Uint32Array.of(bits[0] & 0xffff0000).buffer)[0]; // exact in both, as the numbers are small
    };
    const short = (all: StateDict): StateDict =>
      Object.fromEntries(
        Object.entries(all).map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data, round) }]),
      );
    const halves = Object.fromEntries(
      Object.entries(short(tensorsOf("gptoss"))).map(([name, { shape, data }]) => [name, { shape, data, dtype }]),
    );
    const files = { ...filesOf("gptoss"), "model.safetensors": inHalves(halves) };
    const wanted = logitsOf(await loadPretrained(changed("gptoss", undefined, short)), ids(text));
    if (dtype === "BF16") expect(logitsOf(await loadPretrained(files), ids(text))).toEqual(wanted);
    else expect(apart(logitsOf(await loadPretrained(files), ids(text)), wanted)).toBeLessThan(1e-3);
  });

  test("as plain data", async () => {
    const model = fromCheckpoint({ config: configOf("gptoss"), tensors: tensorsOf("gptoss") });
    expect(logitsOf(model, ids(text))).toEqual(await expected("gptoss"));
  });

  test("GPT-2 without a prefix, and with the masks of old files", async () => {
    const bare = (all: StateDict): StateDict => ({
      ...Object.fromEntries(Object.entries(all).map(([name, x]) => [name.replace("transformer.", ""), x])),
      "h.0.attn.bias": { shape: [1], data: new Float32Array(1) },
    });
    expect(logitsOf(await loadPretrained(changed("gpt2-left", undefined, bare)), ids(text))).toEqual(
      await expected("gpt2-left"),
    );
  });

  test("a tied head that was saved all the same must be the embedding", async () => {
    const head = (all: StateDict): StateDict => ({ ...all, "lm_head.weight": all["model.embed_tokens.weight"] });
    const other = changed("qwen3-yarn", (config) => ({ ...config, tie_word_embeddings: true }));
    await expect(loadPretrained(other)).rejects.toThrow(
      "config.json: tie_word_embeddings is true, and lm_head.weight is another tensor than the embedding; set it to false to use both",
    );
    const files = changed("llama-llama3-tied", undefined, head);
    expect(logitsOf(await loadPretrained(files), ids(text))).toEqual(await expected("llama-llama3-tied"));
  });

  /** transformers 4 wrote theta beside the scaling, and no kinds of layers. */
  const old = ({ rope_parameters: rope, layer_types: _, dtype: __, ...config }: Config): Config => {
    const { rope_theta, rope_type, ...scaling } = rope as Config;
    return { ...config, rope_theta, rope_scaling: rope_type === "default" ? null : { type: rope_type, ...scaling } };
  };
  test.each(names.filter((name) => configOf(name).rope_parameters))(
    "%s by a config of transformers 4",
    async (name) => {
      expect(logitsOf(await loadPretrained(changed(name, old)), ids(text))).toEqual(await expected(name));
    },
  );
});

describe.each(names)("%s", async (name) => {
  const { model } = await loadPretrained(filesOf(name));

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

describe("wrong inputs", async () => {
  const { model } = await loadPretrained(filesOf("olmoe-clip"));
  test.each<[string, () => unknown, string]>([
    ["ids", () => model.forward(fromArray([1], [1], "int32")), "int32 ids [B, T], got int32 [1]"],
    ["a mask of another length", () => model.forward(ids(text), { mask: ids([1]) }), "mask must be [1, 7]"],
    [
      "too few caches",
      () => model.forward(ids(text), { caches: model.newCaches().slice(1) }),
      "needs 2 different caches",
    ],
    [
      "caches of different lengths",
      () => {
        const [first] = model.newCaches();
        const others = model.newCaches();
        noGrad(() => model.forward(ids(text), { caches: others }));
        return model.forward(ids(text), { caches: [first, others[1]] });
      },
      "the model's caches must hold equally many positions",
    ],
    [
      "a mask of another length than the prompt",
      () => generateIds(model, ids(text), { mask: ids([1]) }),
      "generateIds: the mask [1, 1] must be as the ids [1, 7]",
    ],
    ["padding behind a prompt", () => generateIds(model, ids([3, 0]), { mask: ids([1, 0]) }), "in front of a prompt"],
    ["no prompt", () => generateIds(model, fromArray([], [1, 0], "int32")), "ids must be [B, P]"],
    ["tokens", () => generateIds(model, ids(text), { tokens: -1 }), "tokens must be an integer from 0"],
  ])("%s", (_, act, sentence) => expect(act).toThrow(sentence));
});
