import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { run } from "../../../lib/cli/main.js";
import { ACTING } from "../../hostile.js";

const folder = mkdtempSync(path.join(tmpdir(), "twinformer-findings-"));
afterAll(() => rmSync(folder, { recursive: true }));
function holding(content: string, name = "x.json"): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}
function at(width: number, ...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = run(args, { out: (text) => out.push(text), err: (text) => err.push(text), width, errWidth: width });
  return { code, out: out.join("\n"), err: err.join("\n") };
}
const twinformer = (...args: string[]) => at(10_000, ...args);
const sizes = { hidden_size: 64, vocab_size: 100, num_hidden_layers: 2, num_attention_heads: 4, intermediate_size: 80 };
const small = { model_type: "llama", ...sizes, num_key_value_heads: 4, tie_word_embeddings: false };

describe("files from others", () => {
  it.each([
    ["minor 1: text_config 3,000 deep", `${'{"text_config":'.repeat(3000)}{}${"}".repeat(3000)}`, "more than 4 deep"],
    ["minor 2: a control character in the type", '{"model_type":"\\u001b[31mred"}', String.raw`"\u001b[31mred"`],
    ["minor 2: a new line in the type", String.raw`{"model_type":"a\nb"}`, String.raw`"a\nb"`],
    ["minor 2: a type of 5,000 letters", JSON.stringify({ model_type: "x".repeat(5000) }), "xxx…"],
    ["minor 2: the name of a class", JSON.stringify({ architectures: ["\u001b[2JForMaskedLM"] }), "ForMaskedLM"],
    [
      "minor 2: the name of a field",
      JSON.stringify({ ...small, model_type: "q", "\u202eexpert": 8 }),
      "speaks of experts",
    ],
    ["minor 2: a value", JSON.stringify({ ...small, hidden_size: "\u001b]0;x\u0007" }), "hidden_size must be"],
    ["minor 3: a number that is too large", '{"model_type":"llama","hidden_size":1e400}', "got Infinity"],
    [
      "A17: NaN as a size",
      '{"model_type":"llama","hidden_size":NaN}',
      'hidden_size must be an integer from 1, got "NaN"',
    ],
    ["A17: Infinity as a size", '{"model_type":"llama","hidden_size":-Infinity}', 'got "-Infinity"'],
    ["A17: Infinity in a text stays one", '{"model_type":"a: Infinity, b"}', '"a: Infinity, b"'],
    ["A17: Infinity where no value is", "[Infinity Infinity]", "is not JSON"],
  ])("%s", (_, content, sentence) => {
    const { code, out, err } = twinformer("count", holding(content));
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(sentence);
    expect(err).toMatch(/^[^\n]{10,450}$/);
    expect(err).not.toMatch(ACTING);
  });

  it("A17: Python's Infinity, as Codestral Mamba's file has it, is counted", () => {
    const mamba = { hidden_size: 64, num_hidden_layers: 2, num_heads: 8, head_dim: 16, state_size: 8, n_groups: 1 };
    const text = JSON.stringify({ model_type: "mamba2", ...mamba, vocab_size: 101, time_step_limit: 0 });
    const file = holding(text.replace('"time_step_limit":0', '"time_step_limit": [0.0, Infinity]'));
    expect(twinformer("count", file).out).toMatch(/^total +67,088 /m); // transformers 5.24, Mamba2ForCausalLM
  });

  it.each([
    ["blanks", " ".repeat(1.9e6)],
    ["a text without an end", `{"a": "${"a".repeat(1.9e6)}`],
    ["escaped quotes without an end", `{"a": "${String.raw`\"`.repeat(9e5)}`],
    ["numbers of Python without an end", `[${"NaN ".repeat(4e5)}`],
  ])("A17: 1.9 MB of %s are read once", (_, content) => {
    const start = performance.now();
    expect(twinformer("count", holding(content)).err).toContain("is not JSON");
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("minor 4: a folder without a config, and a name that is a folder's", () => {
    expect(twinformer("count", folder).err).toMatch(/is a folder without a config\.json$/);
  });

  it("section 3: numbers with a point, a byte order mark, duplicate keys", () => {
    const wanted = twinformer("count", holding(JSON.stringify(small))).out;
    const text = JSON.stringify(small);
    for (const same of [
      text.replace("64", "64.0"),
      `\ufeff${text}`,
      `{"hidden_size":1,${text.slice(1)}`,
      `{"__proto__":{"hidden_size":9},${text.slice(1)}`,
      text.replaceAll(",", ",\r\n"),
    ])
      expect(twinformer("count", holding(same)).out).toBe(wanted);
  });
});

describe("the command", () => {
  it("minor 14: options that do nothing are refused, the others work together", () => {
    const file = holding(JSON.stringify(small));
    for (const [args, sentence] of [
      [["compare", file, file, "--tree"], "compare takes no --tree"],
      [["models", "--tokens", "5"], "models takes no --tokens"],
      [["count", file, "--tokens", "0"], "--tokens needs an integer from 1"],
      [["count", file, "--batch", "0"], "--batch needs an integer from 1"],
      [["count", file, "--kv-dtype", "int3"], "--kv-dtype must be one of"],
      [["count", file, "--token", "5"], "did you mean --tokens?"],
      [["cuont", file], "did you mean count?"],
    ] as const) {
      const { code, err } = twinformer(...args);
      expect([code, err]).toEqual([2, expect.stringContaining(sentence)]);
    }
  });

  it("minor 16, wish 3: --tokens 128k, --batch and --kv-dtype", () => {
    const file = holding(JSON.stringify(small));
    const { out } = twinformer("count", file, "--json", "--tokens", "128k", "--batch", "4", "--kv-dtype", "fp8");
    const { kv_cache_bytes: cache } = JSON.parse(out) as { kv_cache_bytes: Record<string, unknown> };
    // Keys and values of 2 layers, 64 numbers each, one byte a number.
    expect(cache).toMatchObject({ tokens: 131_072, batch: 4, dtype: "fp8", bytes: 2 * 2 * 64 * 131_072 * 4 });
  });

  it("minor 15: count and models call the same fields by the same names", () => {
    const count = JSON.parse(twinformer("count", "Mixtral-8x7B", "--json").out) as Record<string, unknown>;
    const table = JSON.parse(twinformer("models", "--json").out) as Record<string, unknown>[];
    const row = table.find(({ name }) => name === "Mixtral-8x7B")!;
    expect([row.total, row.active, row.n_experts, row.top_k]).toEqual([
      count.total,
      count.active,
      count.n_experts,
      count.top_k,
    ]);
    expect(row.published_total).toBeDefined();
  });

  it("section 3, wish 1: names of the hub, addresses, near names", () => {
    for (const name of ["mistralai/Mixtral-8x7B-v0.1", "https://huggingface.co/mistralai/Mixtral-8x7B-v0.1"])
      expect(twinformer("count", name).out).toMatch(/^total +46,702,792,704 /m);
    expect(twinformer("count", "Mixtrl-8x7B").err).toMatch(/did you mean Mixtral-8x7B\?$/);
    expect(twinformer("count", "org/none").err).toContain(
      "curl -L https://huggingface.co/org/none/resolve/main/config.json",
    );
  });

  it("wish 9: three and four models side by side", () => {
    for (const names of [
      ["GPT-2", "Mixtral-8x7B", "DeepSeek-V3"],
      ["GPT-2", "Mixtral-8x7B", "DeepSeek-V3", "gpt-oss-20b"],
    ])
      expect(twinformer("compare", ...names).code).toBe(0);
  });

  it.each([40, 80, 120])("minor 16: nothing is wider than %i columns", (width) => {
    for (const args of [
      ["--help"],
      ["models"],
      ["count", "DeepSeek-V3", "--tree", "--formula"],
      ["compare", "GPT-2", "Mixtral-8x7B", "DeepSeek-V3", "gpt-oss-20b"],
      ["count", "nowhere"],
    ]) {
      const { out, err } = at(width, ...args);
      for (const line of `${out}\n${err}`.split("\n"))
        expect([args, line, line.length <= width]).toEqual([args, line, true]);
    }
  });

  it("minor 16: --version", () => {
    expect(twinformer("--version").out).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
