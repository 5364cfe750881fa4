import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../../lib/cli/main.js";

/** Runs the command; `--json` may hold integers that JavaScript's numbers cannot. */
function at(width: number, ...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = run(args, { out: (text) => out.push(text), err: (text) => err.push(text), width });
  return { code, out: out.join("\n"), err: err.join("\n") };
}
const twinformer = (...args: string[]) => at(80, ...args);
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
    const { out } = at(160, "count", "DeepSeek-V3", "--tree", "--formula");
    expect(out).toMatch(/^ +experts {2}×256, 8 active +44,040,192 +653,908,770,816 +20,434,649,088$/m);
    expect(out).toMatch(/^ +kv_b_proj\.weight +\[H\*K_n \+ H\*K_v, C\] = \[32768, 512\] /m);
    expect(out).toMatch(/^ +e_score_correction_bias +\[E\] = \[256\] +not counted$/m);
    expect(out).toMatch(/^active = .*3\*k\*D\*F_e/m);
    expect(out).toMatch(/^F_e +2,048 {2}moe_intermediate_size$/m);
  });

  it.each([
    [["count", "nowhere.json"], 1, 'there is no file, no folder and no known model "nowhere.json"'],
    [["count", "GPT-4"], 1, "the size of GPT-4 is not published"],
    [["count"], 2, "twinformer count needs a CONFIG, got none"],
    [["compare", "GPT-2"], 2, "twinformer compare needs 2 to 4 models, got 1"],
    [
      ["count", "GPT-2", "--tokens", "many"],
      2,
      '--tokens needs an integer from 1, such as 4096, 4,096, 128k or 1M, got "many"',
    ],
    [["count", "GPT-2", "--jsonn"], 2, "twinformer: Unknown option '--jsonn'"],
    [["weigh", "GPT-2"], 2, 'twinformer has no command "weigh"'],
    [["cuont", "GPT-2"], 2, 'twinformer has no command "cuont": did you mean count?'],
    [["count", "GPT-2", "--jsonn"], 2, "did you mean --json?"],
    [["count", "Mixtrl-8x7B"], 1, 'known model "Mixtrl-8x7B": did you mean Mixtral-8x7B?'],
    [["count", "mixtral"], 1, 'known model "mixtral": did you mean Mixtral-8x7B or Mixtral-8x22B?'],
    [["compare", "GPT-2", "GPT-3", "--tree"], 2, "twinformer compare takes no --tree"],
    [["models", "--tokens", "4k"], 2, "twinformer models takes no --tokens"],
    [
      ["count", "GPT-2", "--batch", "0"],
      2,
      '--batch needs an integer from 1, such as 4096, 4,096, 128k or 1M, got "0"',
    ],
    [["count", "GPT-2", "--tokens", "4,09"], 2, "--tokens needs an integer from 1"],
    [["count", "GPT-2", "--tokens", "-5"], 2, "'--tokens' argument is ambiguous"],
    [["count", "GPT-2", "--kv-dtype", "bf17"], 2, "--kv-dtype must be one of float32, bfloat16"],
    [["count", "-", "-"], 2, "standard input, -, can be read once"],
    [["count", "org/model"], 1, "curl -L https://huggingface.co/org/model/resolve/main/config.json -o config.json"],
    [
      ["count", "https://huggingface.co/org/model/blob/main/config.json"],
      1,
      "curl -L https://huggingface.co/org/model/resolve/main/config.json -o config.json",
    ],
    [["count", "http://example.com/x.json"], 1, "curl -L http://example.com/x.json -o config.json"],
    [["count", "http://example.com/$(id)"], 1, "curl -L ADDRESS -o config.json"],
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

describe("options of the cache", () => {
  const cacheOf = (...args: string[]) =>
    (JSON.parse(twinformer("count", "gpt-oss-20b", "--json", ...args).out) as { kv_cache_bytes: object })
      .kv_cache_bytes;

  it.each([
    ["128k", 131_072],
    ["128K", 131_072],
    ["1M", 1_048_576],
    ["0.5m", 524_288],
    ["4_096", 4096],
    ["1,048,576", 1_048_576],
  ])("--tokens %s is %i", (text, tokens) => {
    expect(cacheOf("--tokens", text)).toMatchObject({ tokens });
  });

  it("multiply: texts at the same time, and half the bytes in fp8", () => {
    const one = cacheOf("--tokens", "8192") as { bytes: number };
    expect(cacheOf("--tokens", "8192", "--batch", "32", "--kv-dtype", "FP8")).toMatchObject({
      batch: 32,
      dtype: "fp8",
      bytes: 16 * one.bytes,
    });
    expect(twinformer("count", "gpt-oss-20b", "--tokens", "8192", "--batch", "32").out).toMatch(
      /6\.54 GB for 32 texts of\s+8,192 tokens\nreserved {2}12\.9 GB /,
    );
  });

  it("work in compare, too", () => {
    const { out } = twinformer("compare", "GPT-2", "GPT-3", "--tokens", "2k", "--batch", "4", "--kv-dtype", "fp8");
    expect(out).toMatch(/^cache a token in fp8 +18\.4 kB +2\.36 MB +128×$/m);
    expect(out).toMatch(/^cache, 4 × 2,048 tokens +151 MB +19\.3 GB +128×$/m);
  });
});

describe("what CONFIG may be", () => {
  it("standard input", () => {
    const file = configFile(
      { model_type: "gpt2", vocab_size: 9, n_positions: 8, n_embd: 4, n_layer: 1, n_head: 2 },
      "in.json",
    );
    const input = openSync(file, "r");
    const out: string[] = [];
    expect(run(["count", "-"], { out: (text) => out.push(text), err: (text) => out.push(text), input })).toBe(0);
    closeSync(input);
    expect(out.join()).toMatch(/^standard input \(gpt2\)\n/);
  });

  it.each([
    "mistralai/Mixtral-8x7B-v0.1",
    "Mixtral-8x7B-v0.1",
    "https://huggingface.co/mistralai/Mixtral-8x7B-v0.1",
    "https://huggingface.co/mistralai/Mixtral-8x7B-v0.1/blob/main/config.json",
  ])("a name of the hub whose model the table has: %s", (name) => {
    expect(twinformer("count", name)).toEqual(twinformer("count", "Mixtral-8x7B"));
  });

  it("several: each is counted, of those that cannot be a sentence says why, and the code is 1", () => {
    const both = twinformer("count", "GPT-2", "nowhere.json", "GPT-3", "--json");
    expect(both.code).toBe(1);
    expect((JSON.parse(both.out) as { name: string }[]).map(({ name }) => name)).toEqual(["GPT-2", "GPT-3"]);
    expect(both.err).toMatch(/^there is no file, no folder and no known model "nowhere\.json"[^\n]*$/);
    expect(twinformer("count", "GPT-2", "GPT-3").out).toMatch(/^GPT-2 \(gpt2\)[^]*\n\n\nGPT-3 \(gpt2\)/);
  });
});

describe("what makers say", () => {
  it("stays beside the count, with the remark on what differs", () => {
    expect(twinformer("count", "Mixtral-8x7B").out).toMatch(/^published: 46\.7B total, 12\.9B active$/m);
    expect(twinformer("count", "GPT-2").out).toMatch(/^published: 117M total; the paper's 117M is a known miscount$/m);
    expect(at(200, "count", "DeepSeek-V3").out).toMatch(/^published: 671B total, 37B active; 685B on the hub: .* 14B/m);
    expect(JSON.parse(twinformer("count", "DeepSeek-V3", "--json").out)).toMatchObject({
      published_total: "671B",
      published_active: "37B",
      source: "huggingface.co/deepseek-ai/DeepSeek-V3, config.json",
    });
  });

  it("has the same names in the table as in a count", () => {
    const rows = JSON.parse(twinformer("models", "--json").out) as Record<string, unknown>[];
    expect(rows.find(({ name }) => name === "Mixtral-8x7B")).toMatchObject({
      n_experts: 8,
      experts: 8,
      top_k: 2,
      topK: 2,
      published_total: "46.7B",
      publishedTotal: "46.7B",
    });
  });
});

it("--json with --tree and --formula has both as data", () => {
  const { tree, formula } = JSON.parse(twinformer("count", "Mixtral-8x7B", "--json", "--tree", "--formula").out) as {
    tree: { name: string; total: number }[];
    formula: { total: string; letters: { letter: string; value: number }[] };
  };
  expect(tree[0]).toMatchObject({ name: "model", depth: 0, total: 46702792704 });
  expect(formula.total).toBe("L*(2*D + 2*D*H*K + 2*D*H_kv*K + E*D + 3*E*D*F) + 2*V*D + D");
  expect(formula.letters).toContainEqual({ letter: "E", value: 8, field: "num_local_experts" });
});

it("--version is that of package.json", () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  expect(twinformer("--version")).toEqual({ code: 0, out: version, err: "" });
});

describe("twinformer compare", () => {
  it("prints both models and how many times the first the second is", () => {
    const { code, out } = twinformer("compare", "Mistral-7B", "Mixtral-8x7B");
    expect(code).toBe(0);
    expect(out).toMatch(/^total +7,241,732,096 +46,702,792,704 +6\.45×$/m);
    expect(out).toMatch(/^experts +dense +2 of 8$/m);
    expect(out).toMatch(/^ {2}attention +1,342,177,280 +1,342,177,280 +1\.00×$/m);
  });

  it("takes three and four, and heads each column by a short name", () => {
    const file = configFile({ model_type: "gpt2" });
    const four = at(200, "compare", "GPT-2", "Qwen3-8B", file, file);
    expect(four.code).toBe(0);
    const head = path.basename(folder);
    expect(four.out.split("\n")[0]).toMatch(/^ +GPT-2 +Qwen3-8B +\/ first +/);
    expect(four.out.split("\n")[0]).toContain(`${head.slice(0, 19)}… (3)`);
    expect(four.out).toMatch(/^total +124,439,808 +8,190,735,360 +65\.8× +124,439,808 +1\.00× +124,439,808 +1\.00×$/m);
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
