import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BpeTokenizer, CharTokenizer, tokenizerFiles, tokenizerFromJson, trainBpe } from "../../lib/data/index.js";
import { loadTokenizer } from "../../lib/tokenizers/index.js";
import { strings, whole } from "./bpe/texts.js";

const root = path.join(import.meta.dirname, "../golden/data/tokenizers");
const text = readFileSync(path.join(root, "text.txt"), "utf8");
const golden = <T>(name: string): T => JSON.parse(readFileSync(path.join(root, name), "utf8")) as T;

const ours = trainBpe(text, { vocabSize: 512, specialTokens: ["<|endoftext|>", "<|a|>", "<|ab|>"] });
const characters = new CharTokenizer(text);
const tokenizers = { ours, characters };
type Name = keyof typeof tokenizers;
const names = Object.keys(tokenizers) as Name[];
const json = (name: Name): string => tokenizerFiles(tokenizers[name])["tokenizer.json"];
const parsed = (name: Name) => JSON.parse(json(name)) as Record<string, never>;

describe("a tokenizer.json of ours", () => {
  it.each(names)("is the one that Python has read: %s", async (name) => {
    for (const [file, content] of Object.entries(tokenizerFiles(tokenizers[name])))
      await expect(content).toMatchFileSnapshot(`../golden/data/tokenizers/${name}/${file}`);
  });

  it.each(names)("gives in transformers the ids and texts that it gives here: %s", (name) => {
    const tokenizer = tokenizers[name];
    const cases = golden<{ text: string; ids: number[]; decoded: string[] }[]>(`${name}/encodings.json`);
    expect(cases.length).toBeGreaterThan(30);
    for (const { text, ids, decoded } of cases) {
      // Unknown characters are left out there, and are an error here.
      const isKnown = name === "ours" || Array.from(text).every((c) => characters.vocabulary.includes(c));
      if (isKnown) expect([...tokenizer.encode(text)]).toEqual(ids);
      else expect(() => tokenizer.encode(text)).toThrow("unknown character");
      const parts = [ids, ids.slice(1), ids.slice(0, -1), ids.filter((_, i) => i % 2 === 1)];
      expect(parts.map((part) => tokenizer.decode(part))).toEqual(decoded);
    }
  });

  it("gives in @huggingface/tokenizers the ids and texts that it gives here, for any text", async () => {
    const loaded = await loadTokenizer(new TextEncoder().encode(json("ours")));
    expect(loaded.vocabulary).toEqual(ours.vocabulary);
    fc.assert(
      fc.property(strings, fc.array(fc.nat(ours.vocabSize - 1)), (text, ids) => {
        expect(loaded.encode(text)).toEqual(ours.encode(text));
        expect(loaded.decode(ours.encode(text))).toBe(whole(text));
        expect(loaded.decode(ids)).toBe(ours.decode(ids));
      }),
    );
  });

  it("does so for characters", async () => {
    const loaded = await loadTokenizer(new TextEncoder().encode(json("characters")));
    const known = fc.string({ unit: fc.constantFrom(...characters.vocabulary) });
    fc.assert(
      fc.property(known, (text) => {
        expect(loaded.encode(text)).toEqual(characters.encode(text));
        expect(loaded.decode(characters.encode(text))).toBe(text);
      }),
    );
  });

  it("names the first special token as the end of a text", () => {
    const config = (tokenizer: BpeTokenizer | CharTokenizer) =>
      JSON.parse(tokenizerFiles(tokenizer)["tokenizer_config.json"]) as unknown;
    expect(config(ours)).toEqual({
      tokenizer_class: "PreTrainedTokenizerFast",
      clean_up_tokenization_spaces: false,
      eos_token: "<|endoftext|>",
    });
    expect(config(characters)).not.toHaveProperty("eos_token");
  });

  it.each(names)("comes back as the same tokenizer, also written without line breaks: %s", (name) => {
    for (const form of [json(name), JSON.stringify(parsed(name))]) {
      const back = tokenizerFromJson(form);
      expect(back.constructor).toBe(tokenizers[name].constructor);
      expect(back.vocabulary).toEqual(tokenizers[name].vocabulary);
      expect(tokenizerFiles(back)).toEqual(tokenizerFiles(tokenizers[name]));
    }
  });

  it("comes back for any text, digits and __proto__ included", () => {
    fc.assert(
      fc.property(strings, fc.integer({ min: 256, max: 300 }), (text, vocabSize) => {
        const bpe = trainBpe(`${text} 7 77 77 __proto__ __proto__`, { vocabSize });
        expect(tokenizerFromJson(tokenizerFiles(bpe)["tokenizer.json"])).toEqual(bpe);
        const chars = new CharTokenizer(whole(text) + "7");
        expect(tokenizerFromJson(tokenizerFiles(chars)["tokenizer.json"]).vocabulary).toEqual(chars.vocabulary);
      }),
    );
  });

  it("refuses what is not ours, and what no file can hold", () => {
    expect(() => tokenizerFromJson("{")).toThrow("tokenizerFromJson: tokenizer.json is no JSON");
    const other = JSON.stringify(golden("gpt2/tokenizer.json"));
    for (const wrong of ["null", "{}", "5", other, JSON.stringify({ ...parsed("ours"), normalizer: { type: "NFC" } })])
      expect(() => tokenizerFromJson(wrong)).toThrow("this is no tokenizer.json that tokenizerFiles wrote");
    expect(() => tokenizerFiles(new CharTokenizer("a\ud83d"))).toThrow("half a surrogate pair");
    expect(() => tokenizerFiles({} as never)).toThrow("tokenizerFiles needs a CharTokenizer or a BpeTokenizer");
  });
});

describe("training", () => {
  it("makes the merges of Hugging Face's trainer", () => {
    const plain = trainBpe(text, { vocabSize: 512 });
    const named = plain.merges.map(([left, right]) => `${plain.tokens[left]} ${plain.tokens[right]}`);
    expect(named).toEqual(golden("merges.json"));
    expect(plain.vocabSize).toBeGreaterThan(400);
  });
});
