import { describe, expect, it } from "vitest";
import { account, type Config } from "../../../lib/account/index.js";
import { innerConfig } from "../../../lib/account/config/outer.js";
import { golden } from "../rows.js";

const { types } = golden("fuzz/ties.json") as {
  types: Record<string, { in: string; inner: string; tied: string }>;
};
const SETTINGS = [undefined, true, false];
/** Each combination of settings outside and inside, and whether transformers' class ties its head then. */
const combinations = (tied: string): [outer: unknown, inner: unknown, tied: boolean][] =>
  SETTINGS.flatMap((outer, i) =>
    SETTINGS.map((inner, j): [unknown, unknown, boolean] => [outer, inner, tied[3 * i + j] === "T"]),
  );
const set = (value: unknown): Config => (value === undefined ? {} : { tie_word_embeddings: value });
/** The one class whose rule is none of ours: Gemma 3 inside, with a config of its own. */
const ODD = ["shieldgemma2"];

describe("whose tie_word_embeddings counts", () => {
  it.each(Object.keys(types).filter((type) => !ODD.includes(type)))("%s, as its class has it", (type) => {
    const { in: name, inner, tied } = types[type];
    for (const [outside, inside, expected] of combinations(tied)) {
      const config = { model_type: type, ...set(outside), [name]: { model_type: inner, ...set(inside) } };
      const settled = innerConfig(config, "x.json", "")!.config.tie_word_embeddings;
      // left to the inner family where neither says it
      if (settled !== undefined) expect([outside, inside, settled]).toEqual([outside, inside, expected]);
    }
  });

  const sizes = {
    vocab_size: 1000,
    hidden_size: 64,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    intermediate_size: 80,
  };
  it.each(["llava", "mistral3", "qwen2_5_vl", "gemma3", "paligemma", "idefics3", "llama4", "internvl"])(
    "%s: a head of its own or none, in nine combinations",
    (type) => {
      const { inner, tied } = types[type];
      for (const [outside, inside, expected] of combinations(tied)) {
        const text = { ...sizes, num_key_value_heads: 4, model_type: inner, ...set(inside) };
        const counted = account({ model_type: type, ...set(outside), text_config: text });
        expect([outside, inside, counted.byKind.head]).toEqual([outside, inside, expected ? 0n : 64_000n]);
      }
    },
  );

  it("is said where no class is known and the two differ", () => {
    const text = { ...sizes, model_type: "llama", tie_word_embeddings: false };
    const counted = account({ model_type: "brandnew_vl", tie_word_embeddings: true, text_config: text });
    expect([counted.tied, counted.notes.join("\n")]).toEqual([
      true,
      expect.stringContaining(
        "tie_word_embeddings is true outside and false in text_config: the head is counted with true",
      ),
    ]);
    const own = account({ model_type: "internvl_chat", tie_word_embeddings: true, llm_config: text });
    expect([own.tied, own.notes.join("\n")]).toEqual([
      false,
      expect.stringContaining("the head is counted with false"),
    ]);
  });
});

describe("where the language model lies", () => {
  const sizes = {
    vocab_size: 100,
    hidden_size: 64,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    intermediate_size: 80,
  };
  const text = { model_type: "qwen3", ...sizes, num_key_value_heads: 4 };
  const { total } = account(text);
  it.each([
    ["text_config", { text_config: text }],
    ["llm_config (InternVL)", { llm_config: text, vision_config: {} }],
    ["language_config (DeepSeek-VL2)", { language_config: text }],
    ["thinker_config.text_config (Qwen-Omni)", { thinker_config: { text_config: text, audio_config: {} } }],
  ])("%s", (_, fields) => {
    const counted = account({ model_type: "brandnew_vl", architectures: ["NewVLChatModel"], ...fields });
    expect([counted.countedAs, counted.total]).toEqual(["qwen3", total]);
    expect(counted.notes.join("\n")).toMatch(/^only the language model \(\w+\) is counted/m);
  });

  it("names what stays out", () => {
    const notes = account({ model_type: "x", text_config: text, vision_config: {}, audio_config: {} }).notes.join("\n");
    expect(notes).toContain("what turns images or sound into tokens is not (vision_config, audio_config)");
  });

  it("an inner type that is not there is transformers' default of the outer one", () => {
    const { model_type: _, ...fields } = text;
    expect(account({ model_type: "llava", text_config: { ...fields, hidden_size: 64 } }).countedAs).toBe("llama");
    expect(account({ model_type: "internvl", text_config: fields }).countedAs).toBe("qwen2");
  });

  it("a refusal says where it was", () => {
    const counting = () =>
      account({ model_type: "x", text_config: { model_type: "y", ssm_state_size: 4 } }, { file: "a.json" });
    expect(counting).toThrow(/^a\.json: text_config has the unknown model_type "y", and ssm_state_size speaks of/);
  });
});
