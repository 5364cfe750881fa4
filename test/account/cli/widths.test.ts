import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { run, widthOf } from "../../../lib/cli/main.js";
import { models } from "../../../lib/account/index.js";
import { wrap } from "../../../lib/account/text/lines.js";

const folder = mkdtempSync(path.join(tmpdir(), "twinformer-widths-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** All that a command prints, first stdout, then stderr. */
function printed(width: number, args: readonly string[]): string {
  const [out, err]: [string[], string[]] = [[], []];
  run(args, { out: (text) => out.push(text), err: (text) => err.push(text), width, errWidth: width });
  return [...out, ...err].join("\n");
}
const longest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));

/** Commands whose output is kept, in three widths: a change of it is seen in the diff. */
const kept: Readonly<Record<string, readonly string[]>> = {
  help: ["--help"],
  models: ["models"],
  mixtral: ["count", "Mixtral-8x7B", "--tree", "--formula"],
  "gpt-oss": ["count", "gpt-oss-120b", "--tokens", "128k", "--batch", "32", "--kv-dtype", "fp8"],
  two: ["compare", "Mistral-7B", "Mixtral-8x7B"],
  four: ["compare", "Mistral-7B", "Mixtral-8x7B", "DeepSeek-V3", "Kimi-K2"],
  cost: ["cost", "Mixtral-8x7B", "--device", "H100", "--devices", "2", "--batch", "8"],
  "cost-dense": ["cost", "BERT-large", "--device", "L4", "--context", "512"],
  fit: ["fit", "gpt-oss-120b", "--device", "RTX-4090", "--context", "8k"],
  "fit-many": ["fit", "DeepSeek-V3", "--device", "H100", "--devices", "8", "--dtype", "fp8"],
  faster: ["compare", "Llama-2-70b", "Mixtral-8x7B", "--device", "A100", "--devices", "4"],
  devices: ["devices"],
  misspelled: ["count", "Mixtrl-8x7B", "org/model"],
};

describe.each([40, 80, 120])("at %i columns", (width) => {
  it.each(Object.entries(kept))("%s fits, and is as it was", async (name, args) => {
    const text = printed(width, args);
    expect(longest(text)).toBeLessThanOrEqual(width);
    await expect(`${text}\n`).toMatchFileSnapshot(`../../golden/cli/${name}-${width}.txt`);
  });

  it("every model of the table fits, with its tree and its formula", () => {
    for (const { name } of models) {
      const text = printed(width, ["count", name, "--tree", "--formula"]);
      expect(longest(text), `${name}\n${text}`).toBeLessThanOrEqual(width);
    }
  });

  it("the longest counts, names and addresses fit, if need be in pieces", () => {
    const huge = { hidden_size: 2e9, intermediate_size: 2e9, num_local_experts: 2e9, num_hidden_layers: 1000 };
    const file = path.join(folder, `${"long-name ".repeat(20)}.json`);
    writeFileSync(file, JSON.stringify({ model_type: "mixtral", ...huge }));
    for (const args of [
      ["count", file, "--tree", "--formula"],
      ["compare", file, file, file, file],
      ["count", "https://example.com/" + "very-long-address/".repeat(20)],
      ["count", "x".repeat(3000)],
    ])
      expect(longest(printed(width, args)), args.join(" ")).toBeLessThanOrEqual(width);
  });
});

describe("lines", () => {
  it("hold all that the text holds, in order, whatever the width", () => {
    const words = fc.array(fc.stringMatching(/^[a-z,./-]{1,30}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.integer({ min: 8, max: 60 }), (list, width) => {
        const text = wrap(list.join(" "), width, "  ");
        expect(longest(text)).toBeLessThanOrEqual(width);
        expect(text.replace(/\s/g, "")).toBe(list.join(""));
      }),
    );
  });

  it("keep the spaces at the begin, and break long words behind a mark", () => {
    expect(wrap("  ab cd", 5, "   ")).toBe("  ab\n   cd");
    expect(wrap("huggingface.co/openai/gpt", 18)).toBe("huggingface.co/\nopenai/gpt");
  });
});

describe("the width", () => {
  it.each([
    ["100", 200, 100],
    [undefined, 200, 200],
    [undefined, undefined, undefined],
    ["", 90, 90],
    ["wide", 90, 90],
    ["-5", undefined, undefined],
    ["1e9999", undefined, undefined],
    [undefined, 3, 20],
    [undefined, 0, undefined],
  ])("COLUMNS %s and a terminal of %s make %s", (columns, terminal, width) => {
    expect(widthOf(columns, terminal)).toBe(width);
  });
});

it("the README shows what is printed", () => {
  expect(readFileSync("README.md", "utf8")).toContain(printed(80, kept["gpt-oss"]));
});

it("without a width, stdout has 80 columns and each sentence on stderr is one line", () => {
  const [out, err]: [string[], string[]] = [[], []];
  run(["count", "GPT-2", "x".repeat(300)], { out: (text) => out.push(text), err: (text) => err.push(text) });
  expect(longest(out.join("\n"))).toBeLessThanOrEqual(80);
  expect(err).toHaveLength(1);
  expect(err[0]).not.toContain("\n");
});
