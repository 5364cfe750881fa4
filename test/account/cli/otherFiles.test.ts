import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { run } from "../../../lib/cli/main.js";
import { readable } from "../../../lib/cli/file.js";
import { ACTING } from "../../hostile.js";

const folder = mkdtempSync(path.join(tmpdir(), "twinformer-other-"));
afterAll(() => rmSync(folder, { recursive: true }));

function counted(file: string) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = run(["count", file], { out: (text) => out.push(text), err: (text) => err.push(text) });
  return { code, out: out.join("\n"), err: err.join("\n") };
}
function holding(content: string | Uint8Array, name = "config.json"): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

const header = Buffer.concat([Buffer.from([80, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{"__metadata__":{}}')]);
const weights = Buffer.concat([header, Buffer.alloc(3e6)]);

const cases: readonly (readonly [string, string | Uint8Array, string])[] = [
  [
    "GGUF",
    Buffer.from("GGUF\x03\0\0\0"),
    "holds weights (GGUF), no config: give the config.json of the model that it was made from",
  ],
  ["safetensors", header, "holds weights (safetensors), no config: give the config.json that lies beside it"],
  ["large safetensors", weights, "holds weights (safetensors), no config"],
  ["an archive of PyTorch", Buffer.from("PK\x03\x04abc"), "holds weights (PyTorch) or an archive, no config"],
  ["a pickle", Buffer.from([0x80, 2, 0x7d]), "holds weights (PyTorch) or an archive, no config"],
  ["HDF5", Buffer.from("\x89HDF\r\n", "latin1"), "holds weights (HDF5), no config"],
  ["UTF-16", Buffer.from('\ufeff{"model_type":"gpt2"}', "utf16le"), "is text in UTF-16: save it in UTF-8"],
  ["other bytes", Buffer.from([1, 2, 0, 27, 91, 255]), "is no text"],
  ["a pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "is a pointer of Git LFS"],
  ["a web page", "<!DOCTYPE html><html></html>", "is a web page, no config"],
  ["nothing", "", "is not JSON: it is empty"],
  ["blanks", " \n\t", "is not JSON: it is empty"],
  ["two objects", '{"a":1}\n{"a":2}', "is not JSON: "],
  ["a comment", '{"a":1} // b', "is not JSON: "],
  ["a comma too many", '{"a":1,}', "is not JSON: "],
  ["Python", "{'model_type': 'llama', 'x': True}", "is not JSON: "],
  ["no object", "null", "must hold an object, { … }, got null"],
  ["a text", '"llama"', 'must hold an object, { … }, got "llama"'],
  [
    "generation_config",
    '{"_from_model_config":true,"eos_token_id":2}',
    "is a generation_config, of how text is written, no config",
  ],
  [
    "adapter_config",
    '{"peft_type":"LORA","r":8,"base_model_name_or_path":"a/b"}',
    "is an adapter_config, of LoRA or another adapter, no config: give the model's config.json, here of a/b",
  ],
  [
    "tokenizer_config",
    '{"tokenizer_class":"LlamaTokenizer","model_max_length":4096}',
    "is a tokenizer_config, no config",
  ],
  ["tokenizer.json", '{"version":"1.0","added_tokens":[],"model":{}}', "is a tokenizer.json, no config"],
  ["special_tokens_map", '{"bos_token":"<s>","eos_token":"</s>"}', "is a special_tokens_map, no config"],
  ["preprocessor_config", '{"image_processor_type":"X"}', "is a preprocessor_config, of images or sound, no config"],
  [
    "params.json",
    '{"dim":4096,"n_layers":32,"n_heads":32,"vocab_size":32000}',
    "is a params.json, in the form of Meta's",
  ],
  ["an index", '{"metadata":{"total_size":1},"weight_map":{}}', "is an index of weight files, no config"],
  [
    "quantize_config",
    '{"bits":4,"group_size":128,"desc_act":false}',
    "is a quantize_config, of the quantization alone",
  ],
  ["a pipeline", '{"_class_name":"StableDiffusionPipeline"}', "is the index of a diffusion pipeline, no config"],
];

describe("a file that is no config ends in one sentence that says what it is", () => {
  it.each(cases)("%s", (_, content, sentence) => {
    const file = holding(content);
    const { code, out, err } = counted(file);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(`${file} ${sentence}`);
    expect(err).not.toContain("\n");
    expect(err).not.toMatch(ACTING);
    expect(err.length).toBeLessThan(400);
  });

  it("but a config that has such fields, too, is counted", () => {
    const config = {
      model_type: "gpt2",
      eos_token_id: 1,
      tokenizer_class: "X",
      peft_type: "LORA",
      dim: 1,
      n_layers: 2,
    };
    expect(counted(holding(JSON.stringify(config))).code).toBe(0);
  });
});

describe("what the system refuses", () => {
  it("a link that leads to itself, and one to nothing", () => {
    const [loop, gone] = ["loop", "gone"].map((name) => path.join(folder, name));
    symlinkSync(loop, loop);
    symlinkSync(path.join(folder, "not there"), gone);
    expect(counted(loop).err).toBe(`${loop} cannot be read: it is a link that leads to itself`);
    expect(counted(gone).err).toBe(`${gone} is a link to a file that is not there`);
  });

  it("a file without permission, a broken disk: by the code of the error", () => {
    const failing = (code: string) => () =>
      readable("x.json", () => {
        throw Object.assign(new Error(code), { code, syscall: "open" });
      });
    expect(failing("EACCES")).toThrow(/^x\.json cannot be read: permission denied$/);
    expect(failing("EMFILE")).toThrow(/^x\.json cannot be read: EMFILE$/);
    expect(() =>
      readable("x.json", () => {
        throw new TypeError("a fault of ours");
      }),
    ).toThrow(TypeError);
  });

  it("a folder without a config, and names that are no names of files", () => {
    const empty = path.join(folder, "empty");
    mkdirSync(empty);
    expect(counted(empty).err).toBe(`${empty} is a folder without a config.json`);
    for (const name of ["a\0b", "n".repeat(5000), `${holding("{}")}/config.json`])
      expect(counted(name).err).toMatch(/^there is no file, no folder and no known model "/);
  });
});

it("a model type of any length or letters is shown short and plain", () => {
  const sizes = { vocab_size: 9, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2, intermediate_size: 8 };
  for (const type of ["x".repeat(5000), "\u001b[31mred", "a\nb"]) {
    const { out, err } = counted(holding(JSON.stringify({ ...sizes, model_type: type })));
    expect(out + err).not.toMatch(ACTING);
    expect(err.split("\n")[0].length).toBeLessThan(400);
    expect(err).not.toMatch(/^b/m);
  }
});
