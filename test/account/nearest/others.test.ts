import { describe, expect, it } from "vitest";
import { account, type Config, ConfigError } from "../../../lib/account/index.js";
import { families } from "../../../lib/account/families/index.js";
import { judge } from "../fuzz/verdict.js";
import { golden } from "../rows.js";

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
/** Types that may be refused: their parts are not described here. The list only shrinks. */
const REFUSED: readonly string[] = `
  bailing_hybrid bamba bart bert-generation big_bird bigbird_pegasus blenderbot blenderbot-small
  bloom blt camembert cpmant data2vec-text deepseek_v4 dory dots3_note_text
  electra ernie falcon falcon_h1 falcon_mamba gemma3n_text gemma4 gemma4_text
  gemma4_unified gemma4_unified_assistant gemma4_unified_text git gpt_bigcode gptj granitemoehybrid hrm_text
  hy_v4 inkling2_loop_text inkling2_text inkling_text jetmoe lara_mini lfm2 lfm3
  mamba mamba2 marian mbart megatron-bert moshi mpt mvp
  nemotron_h olmo_hybrid opt pegasus plbart prophetnet qwen3_5_moe_text qwen3_5_text
  recurrent_gemma rembert roberta roberta-prelayernorm roc_bert roformer rwkv trocr
  whisper xlm xlm-roberta xlm-roberta-xl xlnet xlstm xmod zamba
  zamba2 zaya
`
  .trim()
  .split(/\s+/);
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

  it("is refused for no more types than these", () => {
    const refused = types.filter((type) => verdict(type.default).verdict === "refused").map(({ type }) => type);
    expect(refused.filter((type) => !REFUSED.includes(type))).toEqual([]);
  });

  it("with a family of its own is exact, or says which field it refuses", () => {
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
