import { parseHTML } from "linkedom";
import { beforeAll, describe, expect, test } from "vitest";
import { fromArray, saveSafetensors, type StateDict } from "../../lib/index.js";
import { loadPretrained } from "../../lib/models/index.js";
import { routerEntropy } from "../../lib/moe/index.js";
import { display, openModel, type Routed } from "../../lib/notebook/index.js";
import { noGrad } from "../../lib/tensor/index.js";
import type { Figure } from "../../lib/plot/index.js";
import { file, text as json } from "../nn/checkpoint/files.js";
import {
  changed,
  type Config,
  configOf,
  fileOf,
  filesOf,
  folder,
  names,
  tensorsOf,
} from "../models/pretrained/files.js";
import { insideTslab } from "./kernels.js";

const page = (html: string) => parseHTML(`<!doctype html><html><body>${html}</body></html>`).document;
/** Letters a to p as the 16 ids. */
const letters = {
  encode: (text: string) => Array.from(text, (c) => c.charCodeAt(0) - 97),
  decode: (ids: number[]) => String.fromCharCode(...ids.map((id) => id + 97)),
};
const words = "abcdefghabcdefghponmlkji";

test.each(names)("%s: its count from the config is what its files hold", async (name) => {
  const opened = await openModel(`${folder}/${name}`);
  const { model } = await opened.load();
  expect(opened.problem).toBeNull();
  expect(opened.account!.total).toBe(BigInt(model.totalParameters()));
  expect([opened.difference, opened.comparison]).toEqual([
    0n,
    expect.stringContaining("the files hold exactly these parameters"),
  ]);
  const held = Object.values(tensorsOf(name)).reduce((sum, { data }) => sum + data.length, 0);
  expect(opened.dtypes).toEqual([
    { dtype: "F16", tensors: Object.keys(tensorsOf(name)).length, numbers: held, bytes: 2 * held },
  ]);
  const document = page(opened.html());
  expect(document.querySelector("[data-family]")!.getAttribute("data-family")).toBe(configOf(name).model_type);
  expect(document.body.textContent).toContain(opened.account!.total.toLocaleString("en"));
});

describe("a folder whose files do not hold what its config says", () => {
  const bias = "model.layers.0.self_attn.q_proj.bias";
  test.each<[string, (all: StateDict) => StateDict, bigint, string]>([
    [
      "a tensor too many",
      (all) => ({ ...all, more: { shape: [3], data: new Float32Array(3) } }),
      3n,
      "the files hold 3 numbers more than config.json makes",
    ],
    [
      "a tensor too few",
      ({ [bias]: _, ...rest }) => rest,
      -32n,
      "the files hold 32 numbers fewer than config.json makes",
    ],
  ])("%s", async (_, change, difference, sentence) => {
    const opened = await openModel(changed("llama-llama3-tied", undefined, change));
    expect([opened.difference, opened.comparison]).toEqual([difference, sentence]);
    expect(opened.html()).toContain(sentence);
    await expect(opened.load()).rejects.toThrow(/^loadPretrained: /);
  });

  test("a tied head that was saved all the same is no difference", async () => {
    const head = (all: StateDict): StateDict => ({ ...all, "lm_head.weight": all["model.embed_tokens.weight"] });
    expect((await openModel(changed("llama-llama3-tied", undefined, head))).difference).toBe(0n);
  });
});

describe("a family that cannot be run here", () => {
  const as = (type: string) => (config: Config) => ({ ...config, model_type: type });

  test("is counted where account knows it, and says so", async () => {
    const opened = await openModel(changed("llama-llama3-tied", as("smollm3")));
    expect(opened.account!.countedAs).toBe("smollm3");
    expect(opened.problem).toMatch(/^config\.json: model_type must be one of gpt2, llama, .*, got "smollm3"$/);
    expect(page(opened.html()).body.textContent).toContain('got "smollm3"');
    await expect(opened.load()).rejects.toThrow('got "smollm3"');
  });

  test("is listed by its tensors where nothing knows it", async () => {
    const files = changed("gptoss", () => ({ model_type: "brand_new" }));
    const opened = await openModel(files);
    expect([opened.account, opened.difference]).toEqual([null, null]);
    expect(opened.comparison).toContain('has the unknown model_type "brand_new"');
    const row = opened.tensors.find(({ name }) => name === "model.layers.*.self_attn.sinks")!;
    expect(row).toEqual({ name: row.name, shape: [4], dtype: "F32", count: 2, numbers: 8 });
    expect(page(opened.html()).body.textContent).toContain("model.layers.*.mlp.experts.gate_up_proj");
  });

  test("is listed where its weights are quantized", async () => {
    const quantized = {
      "model.layers.0.mlp.experts.gate_up_proj_blocks": { dtype: "U8", shape: [4, 2], data_offsets: [0, 8] },
      "model.layers.0.mlp.gate.weight": { dtype: "F8_E4M3", shape: [8], data_offsets: [8, 16] },
    };
    const config = { ...configOf("gptoss"), quantization_config: { quant_method: "mxfp4" } };
    const opened = await openModel({
      "config.json": json(config),
      "model.safetensors": file(quantized, new Uint8Array(16)),
    });
    expect(opened.dtypes.map(({ dtype, bytes }) => [dtype, bytes])).toEqual([
      ["U8", 8],
      ["F8_E4M3", 8],
    ]);
    expect(opened.comparison).toBe(
      "not compared with the files, which hold other numbers than parameters: model.layers.0.mlp.experts.gate_up_proj_blocks is U8",
    );
    expect(opened.problem).toContain("config.json has a quantization_config (mxfp4): ");
  });

  test("shows hostile names as the words they are", async () => {
    const evil = "<img src=x onerror=alert(1)>";
    const opened = await openModel({
      "config.json": json({ model_type: evil }),
      "model.safetensors": saveSafetensors({ [evil]: { shape: [1], data: [1] } }),
    });
    const document = page(opened.html());
    expect(document.querySelector("img[src=x]")).toBeNull();
    expect(document.body.textContent).toContain(evil);
  });
});

describe.each(["mixtral-top1-right", "qwen2moe-mixed", "qwen3moe-left", "olmoe-clip", "deepseekv3-yarn", "gptoss"])(
  "the routing of a text by %s",
  (name) => {
    let routed: Routed;
    beforeAll(async () => {
      routed = await (await openModel(`${folder}/${name}`, { tokenizer: letters })).routing(words);
    });

    test("is what the model decides, layer by layer", async () => {
      const { model } = await loadPretrained(filesOf(name));
      const { routings } = noGrad(() => model.forward(fromArray(letters.encode(words), [1, words.length], "int32")));
      expect(routed.routings.map(({ experts }) => [...experts])).toEqual(routings.map(({ experts }) => [...experts]));
      expect(routed.tokens.join("")).toBe(words);
      const first = { "qwen2moe-mixed": [1], "deepseekv3-yarn": [1] }[name] ?? [0, 1];
      expect(routed.layers).toEqual(first);
    });

    test("goes into every figure, with its own numbers", () => {
      const { routings } = routed;
      expect(lastOf(routed.load())).toMatchObject({
        model: { layers: routings.map(({ load }) => ({ busiest: load.length * Math.max(...load) })) },
      });
      const flow = routed.flow();
      const entropy = routed.entropy().description;
      expect(entropy).toContain("router");
      expect(routed.rows.map((row) => row.routerEntropy)).toEqual(routings.map(routerEntropy));
      const figures = [
        flow,
        routed.heatMap(),
        routed.effective(),
        routed.perToken(),
        routed.queues(),
        routed.capacity(),
      ];
      for (const figure of figures) {
        expect(figure.html()).toContain("<svg");
        expect(figure.html()).not.toMatch(/NaN|undefined/);
      }
    });

    test("shows its gates where they are a softmax over the chosen", () => {
      const isSoftmax = /mixtral|qwen3moe|gptoss/.test(name);
      if (isSoftmax) expect(routed.gates({ token: 3 }).html()).toContain("<svg");
      else expect(() => routed.gates()).toThrow("not the softmax over the chosen experts");
    });
  },
);

const lastOf = (figure: Figure): unknown => figure.facts;

describe("the text of a routing", () => {
  const opened = openModel(`${folder}/olmoe-clip`);
  test.each<[string, unknown, unknown]>([
    ["ids", [3, 1, 4], null],
    ["typed ids", Int32Array.of(3, 1, 4), null],
    ["a text, by a tokenizer that returns ids", "dbe", { encode: letters.encode }],
    ["and by one that returns more", "dbe", { encode: (text: string) => ({ ids: letters.encode(text), tokens: [] }) }],
  ])("may be %s", async (_, text, tokenizer) => {
    const routed = await (await opened).routing(text as string, { tokenizer: tokenizer as typeof letters });
    expect(routed.ids).toEqual([3, 1, 4]);
    expect(routed.tokens).toEqual(["3", "1", "4"]);
  });

  test.each<[string, unknown, unknown, string]>([
    ["without a tokenizer", "dbe", null, "a text needs a tokenizer, an object with encode(text)"],
    ["by one that gives no ids", "dbe", { encode: () => "dbe" }, "must return ids or { ids }"],
    ["that is none", 3, null, "needs a text or a list of ids"],
    ["that is empty", "", letters, "there is no token"],
    ["of ids that are none", [1.5], null, "an id must be an integer from 0, got 1.5"],
    ["of ids beyond the vocabulary", [16], null, "id 16 is none of its vocabulary, 0 to 15"],
  ])("is refused %s", async (_, text, tokenizer, sentence) => {
    await expect((await opened).routing(text as string, { tokenizer: tokenizer as typeof letters })).rejects.toThrow(
      sentence,
    );
  });

  test("has no routing in a dense model", async () => {
    await expect((await openModel(`${folder}/gpt2-left`)).routing([1, 2])).rejects.toThrow(
      "routing: gpt2 is dense, it has no experts",
    );
  });
});

test("the files of a page are read as often as needed, and what is none is refused in one sentence", async () => {
  const files = Object.entries(filesOf("olmoe-clip")).map(([name, bytes]) =>
    Object.assign(new Blob([bytes as Uint8Array<ArrayBuffer>]), { name }),
  );
  const opened = await openModel(files.values()); // an iterator gives them once
  expect((await opened.routing([1, 2, 3])).layers).toEqual([0, 1]);
  await expect(openModel(null as never)).rejects.toThrow("needs the path of a folder, files, or their bytes by name");
  await expect(openModel(fileOf("olmoe-clip", "model.safetensors"))).rejects.toThrow(
    "there is no config.json among the files (model.safetensors); give the whole folder",
  );
});

test("a model whose files fail while they are read is none, and can be read again", async () => {
  const { "config.json": config, "model.safetensors": weights } = filesOf("olmoe-clip");
  const blob = new Blob([weights as Uint8Array<ArrayBuffer>]);
  let left = 12; // parts that can be read: the header, and some tensors
  const failing = {
    size: blob.size,
    slice: (start: number, end: number) => {
      if (left-- <= 0) throw new Error("the disk is gone");
      return blob.slice(start, end);
    },
  };
  const opened = await openModel({ "config.json": config, "model.safetensors": failing });
  await expect(opened.load()).rejects.toThrow("Checkpoint: cannot read model.safetensors: the disk is gone");
  left = Infinity;
  const { model } = await opened.load();
  expect(model.stateDict()).toEqual((await loadPretrained(filesOf("olmoe-clip"))).model.stateDict());
});

test("both show in a cell", async () => {
  const messages = insideTslab();
  const opened = await openModel(`${folder}/olmoe-clip`);
  display(opened);
  display(await opened.routing([3, 1, 4, 1, 5]));
  expect(messages[0].html).toContain('data-family="olmoe"');
  expect(messages[1].html.match(/<figure/g)!.length).toBeGreaterThanOrEqual(4);
});
