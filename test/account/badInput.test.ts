import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../lib/cli/file.js";
import { account, type Config, ConfigError } from "../../lib/account/index.js";

const llama = { model_type: "llama" };
const refusals: readonly (readonly [string, Config, string])[] = [
  ["a negative size", { ...llama, hidden_size: -4096 }, "hidden_size must be an integer from 1, got -4096"],
  ["a size of 0", { ...llama, vocab_size: 0 }, "vocab_size must be an integer from 1, got 0"],
  ["a fraction", { ...llama, num_hidden_layers: 31.5 }, "num_hidden_layers must be an integer from 1, got 31.5"],
  ["a text", { ...llama, hidden_size: "4096" }, 'hidden_size must be an integer from 1, got "4096"'],
  ["a list", { ...llama, hidden_size: [4096] }, "hidden_size must be an integer from 1, got a list of 1"],
  ["an absurd size", { ...llama, vocab_size: 1e30 }, "vocab_size must be at most 2,147,483,647, got 1e+30"],
  ["absurd layers", { ...llama, num_hidden_layers: 1e9 }, "num_hidden_layers must be at most 100,000, got 1000000000"],
  ["a flag that is none", { ...llama, attention_bias: 1 }, "attention_bias must be true or false, got 1"],
  [
    "more key-value heads than fit",
    { ...llama, num_attention_heads: 32, num_key_value_heads: 5 },
    "num_key_value_heads must divide num_attention_heads 32, got 5",
  ],
  ["heads that would not be whole", { ...llama, num_attention_heads: 48 }, "must divide the hidden size 4096, got 48"],
  [
    "more heads than numbers",
    { model_type: "qwen2", hidden_size: 16 },
    "num_attention_heads must be at most the hidden size 16, got 32",
  ],
  [
    "a top-k above the experts",
    { model_type: "mixtral", num_local_experts: 8, num_experts_per_tok: 9 },
    "num_experts_per_tok must be at most the number of experts 8, got 9",
  ],
  [
    "a missing field without a default",
    { model_type: "dots1", num_experts_per_tok: 6, n_shared_experts: 2 },
    "n_routed_experts is missing, and transformers has no default for it",
  ],
  [
    "a field inside an object",
    { model_type: "dbrx", ffn_config: { moe_num_experts: 2, moe_top_k: 4 } },
    "ffn_config.moe_top_k must be at most the number of experts 2, got 4",
  ],
  [
    "a list of another length",
    { model_type: "lfm2_moe", num_hidden_layers: 3, layer_types: ["conv"] },
    "layer_types must name each of the 3 layers, got 1",
  ],
  [
    "a list with something else in it",
    { model_type: "qwen3_moe", mlp_only_layers: [1, -1] },
    "mlp_only_layers [1] must be an integer from 0, got -1",
  ],
  [
    "experts that differ by layer",
    { model_type: "hunyuan_v1_moe", num_experts: 64, moe_topk: [8, 4] },
    "moe_topk must be the same number in every layer to be counted here",
  ],
  ["a type that is no text", { model_type: 7 }, 'model_type must be a text such as "llama", got 7'],
];

describe("a config that cannot be counted is refused in one sentence that names file and field", () => {
  it.each(refusals)("%s", (_, config, sentence) => {
    const counting = () => account(config, { file: "models/config.json" });
    expect(counting).toThrow(ConfigError);
    expect(counting).toThrow(sentence);
    expect(counting).toThrow(/^models\/config\.json: [^\n]+$/);
  });

  it.each([null, undefined, [], "llama", 7])("what is no object: %j", (config) => {
    expect(() => account(config as never)).toThrow(/^config must be an object with the fields of a config\.json, got /);
  });

  it("an unknown type without telling fields, naming what is missing", () => {
    expect(() => account({ model_type: "new" }, { file: "a.json" })).toThrow(
      /^a\.json has the unknown model_type "new", and no number under vocab_size, [^\n]+, so that no known type is near; to count it as [^\n]+$/,
    );
    expect(() => account({}, { file: "a.json" })).toThrow("a.json has no model_type");
  });
});

it("a file that says minimax and names the class of MiniMax-M2 is counted as that", () => {
  const m2 = { model_type: "minimax", architectures: ["MiniMaxM2ForCausalLM"] };
  expect(account(m2).countedAs).toBe("minimax_m2");
  expect(account({ model_type: "minimax" }).countedAs).toBe("minimax");
});

describe("what is assumed or left out is said", () => {
  it("transformers' defaults for fields that are absent", () => {
    expect(account({ ...llama, vocab_size: 10 }, { file: "c.json" }).notes).toEqual([
      "c.json leaves out what transformers then takes as hidden_size 4096, intermediate_size 11008, num_hidden_layers 32, num_attention_heads 32",
    ]);
  });

  it("another head than one for language; a class without a head has none", () => {
    const [lm, other, bare] = ["LlamaForCausalLM", "LlamaForRewards", "LlamaModel"].map((name) =>
      account({ ...llama, architectures: [name] }),
    );
    expect(other.notes[0]).toBe(
      'counted with the head of a class "…ForCausalLM", whatever LlamaForRewards has instead',
    );
    expect([lm.byKind.head, other.byKind.head, bare.byKind.head]).toEqual([131_072_000n, 131_072_000n, 0n]);
    expect([lm.notes.length, bare.notes.length]).toEqual([1, 1]); // the defaults
    const encoder = account({ model_type: "bert", architectures: ["BertForRewards"] });
    expect(encoder.notes[0]).toBe("counted without a head, whatever BertForRewards has instead");
  });

  it("the part of a model that reads images", () => {
    const text = { hidden_size: 64, num_attention_heads: 4, num_key_value_heads: 4, head_dim: 16 };
    const counted = account({ model_type: "llama4", text_config: text, vision_config: {} });
    expect(counted.total).toBe(account({ model_type: "llama4_text", ...text }).total);
    expect(counted.notes).toContain(
      "only the language model (text_config) is counted: what turns images or sound into tokens is not (vision_config)",
    );
  });
});

describe("a file", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "twinformer config ü "));
  const file = (text: string): string => {
    const at = path.join(folder, "config.json");
    writeFileSync(at, text);
    return at;
  };
  it.each([
    ["{", /config\.json is not JSON: [^\n]+$/],
    ["", /config\.json is not JSON: [^\n]+$/],
    ["[1]", /config\.json must hold an object, \{ … \}, got a list of 1$/],
    ["null", /config\.json must hold an object, \{ … \}, got null$/],
    [`{"a": "${"x".repeat(10e6)}"}`, /config\.json has 10\.0 MB, and a config\.json a few kB: is it another file\?$/],
  ])("that holds %.20s is refused in one sentence", (text, sentence) => {
    const at = file(text);
    expect(() => readConfig(at)).toThrow(ConfigError);
    expect(() => readConfig(at)).toThrow(sentence);
  });

  it("may begin with a byte order mark", () => {
    expect(readConfig(file(`\uFEFF{"model_type": "gpt2"}`))).toEqual({ model_type: "gpt2" });
  });
});
