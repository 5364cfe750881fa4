import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../lib/account/cli/main.js";

/** Runs the command; `--json` may hold integers that JavaScript's numbers cannot. */
function twinformer(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = run(args, { out: (text) => out.push(text), err: (text) => err.push(text) });
  return { code, out: out.join("\n"), err: err.join("\n") };
}
const folder = mkdtempSync(path.join(tmpdir(), "twinformer cli ü "));
function configFile(config: object, name = "config.json"): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  writeFileSync(file, JSON.stringify(config));
  return file;
}

describe("twinformer count", () => {
  it("prints total and active with thousands separators, by component, and what they weigh", () => {
    const { code, out, err } = twinformer("count", "Mixtral-8x7B");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^total +46,702,792,704 +46\.7 billion$/m);
    expect(out).toMatch(/^active +12,879,925,248 +12\.9 billion, 27\.6 %: 2 of 8 experts in 32 of 32 layers$/m);
    expect(out).toMatch(/^expert +45,097,156,608 +11,274,289,152$/m);
    expect(out).toContain("bfloat16 93.4 GB");
    expect(out).toContain("131 kB a token in bfloat16 (GQA), 537 MB for 4,096 tokens");
  });

  it("prints exact integers as JSON, by the names that transformers' counts have", () => {
    const { code, out } = twinformer("count", "mixtral-8x7b", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      total: 46702792704,
      active: 12879925248,
      active_without_input_embed: 12748853248,
      active_without_embed: 12617781248,
      router_params: 1048576,
      expert_params_each: 176160768,
      weight_bytes: { bfloat16: 93405585408 },
      kv_cache_bytes: { tokens: 4096, bytes: 536870912 },
    });
  });

  it("prints all digits of counts beyond 2^53", () => {
    const huge = { hidden_size: 2e9, intermediate_size: 2e9, num_local_experts: 2e9, num_hidden_layers: 1000 };
    const file = configFile({ model_type: "mixtral", ...huge });
    expect(twinformer("count", file, "--json").out).toMatch(/^ {2}"total": 24000000014000000132002000000000,$/m);
    expect(twinformer("count", file).out).toMatch(/^total +24,000,000,014,000,000,132,002,000,000,000 /m);
  });

  it("takes a file, and a folder with a config.json; says on stderr what was assumed", () => {
    const file = configFile({ model_type: "gpt2", n_layer: 1 });
    const [byFile, byFolder] = [twinformer("count", file), twinformer("count", folder)];
    expect([byFile.code, byFolder.code]).toEqual([0, 0]);
    expect(byFolder.out).toBe(byFile.out);
    expect(byFile.err).toMatch(
      /^note: .*config\.json leaves out what transformers then takes as vocab_size 50257, [^\n]+$/,
    );
  });

  it("shows the tree with shapes, multiplicities and sums, and the formula with its letters", () => {
    const { out } = twinformer("count", "DeepSeek-V3", "--tree", "--formula");
    expect(out).toMatch(/^ +experts {2}×256, 8 active +44,040,192 +653,908,770,816 +20,434,649,088$/m);
    expect(out).toMatch(/^ +kv_b_proj\.weight +\[H\*K_n \+ H\*K_v, C\] = \[32768, 512\] /m);
    expect(out).toMatch(/^ +e_score_correction_bias +\[E\] = \[256\] +not counted$/m);
    expect(out).toMatch(/^active = .*3\*k\*D\*F_e/m);
    expect(out).toMatch(/^F_e +2,048 {2}moe_intermediate_size$/m);
  });

  it.each([
    [["count", "nowhere.json"], 1, 'there is no file, no folder and no known model "nowhere.json"'],
    [["count", "GPT-4"], 1, "the size of GPT-4 is not published"],
    [["count"], 2, "twinformer count needs one CONFIG, got 0"],
    [["compare", "GPT-2"], 2, "twinformer compare needs two models, got 1"],
    [["count", "GPT-2", "--tokens", "many"], 2, '--tokens needs an integer from 1, got "many"'],
    [["count", "GPT-2", "--jsonn"], 2, "twinformer: Unknown option '--jsonn'"],
    [["weigh", "GPT-2"], 2, 'twinformer has no command "weigh"'],
    [[], 2, "twinformer needs a command"],
  ])("%j ends with code %i and a sentence", (args, code, sentence) => {
    const ended = twinformer(...args);
    expect(ended.code).toBe(code);
    expect(ended.out).toBe("");
    expect(ended.err.split("\n")[0]).toContain(sentence);
  });

  it("names file and field of a config that cannot be counted", () => {
    const file = configFile({ model_type: "llama", hidden_size: -1 }, "bad.json");
    const ended = twinformer("count", file, "--json");
    expect(ended).toEqual({ code: 1, out: "", err: `${file}: hidden_size must be an integer from 1, got -1` });
  });

  it("prints its usage where that is asked for", () => {
    expect(twinformer("--help")).toMatchObject({ code: 0, err: "" });
    expect(twinformer("--help").out).toMatch(/^twinformer count CONFIG/);
  });
});

describe("twinformer compare", () => {
  it("prints both models and how many times the first the second is", () => {
    const { code, out } = twinformer("compare", "Mistral-7B", "Mixtral-8x7B");
    expect(code).toBe(0);
    expect(out).toMatch(/^total +7,241,732,096 +46,702,792,704 +6\.45×$/m);
    expect(out).toMatch(/^experts +dense +2 of 8$/m);
    expect(out).toMatch(/^ {2}attention +1,342,177,280 +1,342,177,280 +1\.00×$/m);
  });

  it("prints a list of both as JSON", () => {
    const both = JSON.parse(twinformer("compare", "GPT-2", "BERT-large", "--json").out) as { total: number }[];
    expect(both.map(({ total }) => total)).toEqual([124439808, 335141888]);
  });
});

describe("twinformer models", () => {
  it("lists the table, GPT-4 as not published", () => {
    expect(twinformer("models").out).toMatch(/^GPT-4 +not published +not published$/m);
    expect(twinformer("models").out).toMatch(/^GLaM +1,161,756,155,904 +96,604,266,496 +8\.32 % +2 of 64$/m);
  });
});
