import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { run } from "../../../lib/cli/main.js";
import { account, type Config, loraParameters } from "../../../lib/account/index.js";
import { ACTING, hostile } from "../../hostile.js";

const folder = mkdtempSync(path.join(tmpdir(), "twinformer-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));

function twinformer(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = run(args, { out: (text) => out.push(text), err: (text) => err.push(text) });
  return { code, out: out.join("\n"), err: err.join("\n"), lines: err.length };
}

const sizes = { vocab_size: 9, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2, intermediate_size: 8 };
/** A config for each place that a text may stand in, right or wrong. */
const places: Readonly<Record<string, (text: string) => Config>> = {
  model_type: (text) => ({ ...sizes, model_type: text }),
  "model_type without sizes": (text) => ({ model_type: text }),
  architectures: (text) => ({ ...sizes, model_type: "llama", architectures: [text] }),
  "a size": (text) => ({ ...sizes, model_type: "llama", vocab_size: text }),
  "a flag": (text) => ({ ...sizes, model_type: "llama", attention_bias: text }),
  "a list": (text) => ({ ...sizes, model_type: "lfm2_moe", layer_types: [text] }),
  "a field": (text) => ({ ...sizes, model_type: "llama", [text]: 1 }),
  "a field of an unknown type": (text) => ({ ...sizes, model_type: "new", [text]: text }),
  "the text config": (text) => ({ model_type: text, text_config: { ...sizes, model_type: text } }),
};

describe.each(Object.entries(places))("a hostile text as %s", (place, config) => {
  const file = path.join(folder, `${place}.json`);
  const commands = [
    ["count", file],
    ["count", file, "--tree", "--formula"],
    ["compare", file, file],
  ];
  it("reaches the terminal as words, in as many lines as any other", () => {
    for (const text of hostile) {
      writeFileSync(file, JSON.stringify(config(text)));
      for (const command of commands) {
        const { code, out, err, lines } = twinformer(...command);
        expect(out).not.toMatch(ACTING);
        expect(err).not.toMatch(ACTING);
        expect(err === "" ? 0 : err.split("\n").length).toBe(lines);
        expect(out === "").toBe(code !== 0);
        expect(out).not.toMatch(/^(second|third)/m);
      }
    }
  });

  it("stays exact in JSON, which is as plain", () => {
    for (const text of hostile) {
      writeFileSync(file, JSON.stringify(config(text)));
      const { code, out } = twinformer("count", file, "--json");
      if (code !== 0) continue;
      expect(out).not.toMatch(ACTING);
      const type = (config(text) as { model_type: string }).model_type;
      expect((JSON.parse(out) as { model_type: string }).model_type).toContain(type);
    }
  });

  it("is cut short where it is long", () => {
    writeFileSync(file, JSON.stringify(config("x".repeat(900_000))));
    for (const command of commands) {
      const { out, err } = twinformer(...command);
      expect(out.length + err.length).toBeLessThan(15_000);
    }
  });

  it("is words in what the library throws and notes", () => {
    for (const text of hostile) {
      try {
        const counted = account(config(text), { file: text });
        for (const note of counted.notes) expect(note).not.toMatch(ACTING);
        loraParameters(counted, { rank: 1, targets: [text] });
      } catch (error) {
        expect((error as Error).message).not.toMatch(ACTING);
        expect((error as Error).message).not.toContain("\n");
        expect(["ConfigError", "RangeError"]).toContain((error as Error).name);
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }
  });
});

it("names of files, of models and of commands are words, too", () => {
  for (const text of hostile) {
    const named = text.replace(/[/\0]/g, "-").slice(0, 60);
    const at = path.join(folder, named);
    try {
      writeFileSync(at, "{");
    } catch {
      continue; // "" is the folder itself; some systems refuse some names
    }
    for (const args of [
      ["count", at],
      ["count", text],
      ["count", "GPT-2", "--tokens", text],
      [text],
      ["count", "--", text],
    ]) {
      const { err } = twinformer(...args);
      expect(err).not.toMatch(ACTING);
    }
    rmSync(at);
  }
});

it("what a broken file holds is words in the sentence that refuses it", () => {
  const file = path.join(folder, "broken.json");
  for (const text of hostile) {
    writeFileSync(file, `{"a": ${text} }`);
    const { err, code } = twinformer("count", file);
    expect(err).not.toMatch(ACTING);
    expect([code, err.split("\n").length]).toEqual([1, 1]);
  }
});

it("text configs inside text configs are refused in one sentence, however deep", () => {
  for (const depth of [6, 60_000]) {
    const file = path.join(folder, "deep.json");
    writeFileSync(file, `${`{"text_config":`.repeat(depth)}{}${"}".repeat(depth)}`);
    const { code, err } = twinformer("count", file);
    expect(code).toBe(1);
    expect(err).toMatch(/deep\.json has a text_config inside a text_config, more than 4 deep$/);
  }
});

describe("what has no size or no end is refused at once", () => {
  const fifo = path.join(folder, "fifo");
  const made = spawnSync("mkfifo", [fifo]).status === 0;
  it.skipIf(!made)("a pipe", () => {
    expect(twinformer("count", fifo)).toMatchObject({
      code: 1,
      err: `${fifo} is no file: a folder, a pipe or a device has no config; twinformer count - reads standard input`,
    });
  });
  it.skipIf(process.platform === "win32")("a device, and a link to one", () => {
    const link = path.join(folder, "link.json");
    symlinkSync("/dev/zero", link);
    for (const file of ["/dev/zero", link]) expect(twinformer("count", file).err).toContain("is no file");
  });
  it("a folder whose config.json is a folder", () => {
    mkdirSync(path.join(folder, "model/config.json"), { recursive: true });
    expect(twinformer("count", path.join(folder, "model")).err).toContain("config.json is no file");
  });
  it.skipIf(process.platform !== "linux")("a file that has no size, but something in it", () => {
    expect(twinformer("count", "/proc/self/status").err).toContain("/proc/self/status is not JSON");
  });
});
