import { describe, expect, it } from "vitest";
import { account, type Config, ConfigError } from "../../../lib/account/index.js";
import { families } from "../../../lib/account/families/index.js";
import { judge } from "../fuzz/verdict.js";
import { golden, types as ofReference } from "../rows.js";

interface Counted {
  readonly config: Config;
  readonly total: number;
}
interface Type {
  readonly type: string;
  readonly default: Counted;
  readonly small: Counted;
  readonly changes: readonly (Counted & { readonly field: string })[];
}
/** All of transformers' causal model types: made by fuzz.py. */
const { types } = golden("fuzz/others.json") as { types: readonly Type[] };
/** Types that people ask for: none may be refused, or be counted as another one. */
const EXACT: readonly string[] = `
  bert bloom camembert cohere cohere2 deepseek_v2 deepseek_v3 deepseek_v32 deepseek_v4 falcon falcon_h1 falcon_mamba gemma gemma2
  gemma3 gemma3_text gemma3n_text gemma4 gemma4_text glm glm4 glm4_moe glm_moe_dsa gpt2 gpt_bigcode gpt_neo gpt_neox gpt_oss gptj
  granite granitemoe granitemoehybrid jamba jetmoe lfm2 lfm2_moe llama mamba mamba2 minimax_m2 minimax_m3_vl_text mistral mixtral
  modernbert-decoder nemotron nemotron_h olmo olmo2 olmo3 olmoe opt phi phi3 phi4_multimodal phimoe qwen2 qwen2_moe qwen3
  qwen3_5_moe_text qwen3_5_text qwen3_moe qwen3_next roberta smollm3 stablelm starcoder2 whisper xlm-roberta
`
  .trim()
  .split(/\s+/);
/** The same of those that transformers does not count among its causal types: by reference.py's rows. */
const OTHERS = "distilbert modernbert mt5 qwen3_vl_moe_text qwen3_vl_text umt5".split(" ");
const verdict = (counted: Counted): ReturnType<typeof judge> => judge(counted);

describe("each of transformers' causal model types", () => {
  it.each(types.map(({ type }) => type))("%s: exact, within 1 % with a note, or refused in one sentence", (type) => {
    const { default: whole, small, changes } = types.find((one) => one.type === type)!;
    for (const { config, total } of [
      whole,
      small,
      ...changes.map((change) => ({ ...change, config: { ...small.config, ...change.config } })),
    ]) {
      const { verdict: judged, says } = verdict({ config, total });
      expect([judged, says], JSON.stringify(config)).not.toContain("WRONG");
      if (judged === "refused") expect(says).toMatch(/^config\b[^\n]{10,400}$/);
    }
  });

  it("is refused for less than a third of them", () => {
    const refused = types.filter((type) => verdict(type.default).verdict === "refused");
    expect(refused.length).toBeLessThan(types.length / 3);
  });

  it("is exact for each that people ask for, in its default config and in a small one", () => {
    for (const name of EXACT) {
      const asked = types.find(({ type }) => type === name);
      expect([name, asked && verdict(asked.default).verdict, asked && verdict(asked.small).verdict]).toEqual([
        name,
        "exact",
        "exact",
      ]);
    }
  });

  it("goes by the inner type for models of images, whatever class they have", () => {
    expect(OTHERS.filter((name) => !ofReference.includes(name))).toEqual([]);
    for (const outer of [
      "gemma3",
      "gemma3n",
      "gemma4",
      "minimax_m3_vl",
      "qwen3_5",
      "qwen3_5_moe",
      "qwen3_vl",
      "qwen3_vl_moe",
    ]) {
      const text = { model_type: `${outer}_text` };
      const counted = account({ model_type: outer, tie_word_embeddings: true, text_config: text });
      expect([counted.countedAs, counted.total]).toEqual([
        text.model_type,
        account({ ...text, tie_word_embeddings: true }).total,
      ]);
    }
  });

  it("is exact for each with a family of its own", () => {
    for (const { type, default: whole } of types.filter((one) => Object.hasOwn(families, one.type)))
      expect([type, verdict(whole).verdict]).toEqual([type, "exact"]);
  });
});

describe("a field that changes the class's count", () => {
  const cases = types.flatMap(({ type, small, changes }) => changes.map((change) => ({ type, small, ...change })));
  it("changes ours, or is named in a note, or is refused", () => {
    expect(cases.length).toBeGreaterThan(100);
    for (const { type, small, field, config, total } of cases) {
      let before, after;
      try {
        before = account(small.config);
        after = account({ ...small.config, ...config });
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        continue;
      }
      expect(total).not.toBe(small.total);
      // An unknown type's vectors, such as norms of queries and keys, are among what its note assumes.
      if (!Object.hasOwn(families, type) && Math.abs(total - small.total) < 1e-4 * total) continue;
      const named = after.notes.join("\n").includes(field) || before.notes.join("\n").includes(field);
      expect([type, field, after.total !== before.total || named]).toEqual([type, field, true]);
    }
  });
});
