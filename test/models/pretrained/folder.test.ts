import { describe, expect, test } from "vitest";
import { loadPretrained } from "../../../lib/models/pretrained/index.js";
import { saveSafetensors } from "../../../lib/nn/index.js";
import { fromArray } from "../../../lib/tensor/index.js";
import { A, B, INDEX, text as json } from "../../nn/checkpoint/files.js";
import { type Files, filesOf, sentenceOf, tensorsOf } from "./files.js";

describe("files that are none", () => {
  const { "config.json": config, "model.safetensors": weights } = filesOf("qwen2moe-mixed");
  const all = Object.entries(tensorsOf("qwen2moe-mixed"));
  const shard = (keep: (i: number) => boolean): Uint8Array =>
    saveSafetensors(Object.fromEntries(all.filter((_, i) => keep(i))));
  const parts = { [A]: shard((i) => i % 2 === 0), [B]: shard((i) => i % 2 === 1) };
  const index = (change: (map: Record<string, string>) => void = () => undefined): Uint8Array => {
    const map = Object.fromEntries(all.map(([name], i) => [name, i % 2 === 0 ? A : B]));
    change(map);
    return json({ weight_map: map });
  };
  const [first, second] = all.map(([name]) => name);

  test("parts with their index are a model", async () => {
    expect(await sentenceOf({ "config.json": config, ...parts, [INDEX]: index() })).toBe("loaded");
  });

  test.each<[string, Files, string]>([
    ["no config.json", { "model.safetensors": weights }, "loadPretrained: there is no config.json among the files (model.safetensors); give the whole folder"],
    ["no files", {}, "loadPretrained: there is no config.json among the files (there are none); give the whole folder"],
    ["a config.json that is no JSON", { "config.json": json("{"), "model.safetensors": weights }, "loadPretrained: config.json is not JSON: it is damaged, or no config of transformers"],
    ["one that is a list", { "config.json": json([]), "model.safetensors": weights }, "loadPretrained: config.json is not an object: it is damaged, or no config of transformers"],
    ["one that says a field twice", { "config.json": json('{"n_head": 1, "n_head": 2}'), "model.safetensors": weights }, "loadPretrained: config.json has the name n_head twice, which the format forbids"],
    ["no weights", { "config.json": config }, "Checkpoint: there is no model.safetensors among the files (config.json)"],
    ["weights that were pickled", { "config.json": config, "pytorch_model.bin": weights }, "Checkpoint: there is no model.safetensors among the files (config.json, pytorch_model.bin); pytorch_model.bin may hold programs: save it as safetensors in Python"],
    ["a GGUF file", { "model-Q4_K_M.gguf": weights }, "loadPretrained: there is no config.json among the files (model-Q4_K_M.gguf); model-Q4_K_M.gguf is in the form of llama.cpp: take the files that it was made from, or load it in transformers and save_pretrained it; give the whole folder"],
    ["a part alone", { "config.json": config, [A]: parts[A] }, `Checkpoint: ${A} is a part of a checkpoint, of which ${INDEX} is missing`],
    ["an index that names a file that is not there", { "config.json": config, [A]: parts[A], [INDEX]: index() }, `Checkpoint: ${INDEX}: it names ${B}, which is not among the files`],
    ["a tensor in another file than the index says", { "config.json": config, ...parts, [INDEX]: index((map) => (map[first] = B)) }, `Checkpoint: ${A}: ${first} should be in ${B} alone, as the index says`],
    ["a tensor in two files", { "config.json": config, [A]: weights, [B]: parts[B], [INDEX]: index() }, `Checkpoint: ${A}: ${second} should be in ${B} alone, as the index says`],
    ["weights that are cut off", { "config.json": config, "model.safetensors": (weights as Uint8Array).slice(0, -1) }, "Checkpoint: model.safetensors: the file is cut off: its tensors take "],
  ])("%s", async (_, files, sentence) => {
    const said = await sentenceOf(files);
    expect(said.slice(0, sentence.length)).toBe(sentence);
    expect(said).not.toContain("\n");
  }); // prettier-ignore
});

describe("what a model is asked that it cannot", () => {
  const int32 = (...ids: number[]) => fromArray(ids, [1, ids.length], "int32");
  const said = async (name: string, ids: number[]): Promise<string> => {
    const { model } = await loadPretrained(filesOf(name));
    try {
      model.forward(int32(...ids));
    } catch (thrown) {
      return (thrown as Error).message;
    }
    return "nothing is wrong";
  };

  test.each(["gpt2-left", "gptoss"])("%s: ids that are none", async (name) => {
    expect(await said(name, [3, 16])).toBe("the model: id 16 is none of its vocabulary, 0 to 15");
    expect(await said(name, [-1])).toBe("the model: id -1 is none of its vocabulary, 0 to 15");
  });

  test("a text longer than GPT-2 has positions for; others go on", async () => {
    const long = Array.from({ length: 65 }, (_, i) => i % 16);
    expect(await said("gpt2-left", long.slice(0, 25))).toBe(
      "the model: 25 tokens are more than its 24 positions (n_positions); cut the text",
    );
    expect(await said("gpt2-left", long.slice(0, 24))).toBe("nothing is wrong");
    expect(await said("llama-llama3-tied", long)).toBe("nothing is wrong");
  });
});
