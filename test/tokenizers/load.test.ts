import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { loadTokenizer } from "../../lib/tokenizers/index.js";
import { strings, whole } from "../data/bpe/texts.js";

const root = path.join(import.meta.dirname, "../golden/data/tokenizers");
const bytes = (kind: string) => readFileSync(path.join(root, kind, "tokenizer.json"));
type Json = Record<string, unknown> & { model: Record<string, unknown> };
const json = (kind: string) => JSON.parse(bytes(kind).toString()) as Json;
const load = (file: unknown) => loadTokenizer(new TextEncoder().encode(JSON.stringify(file)));

describe("loadTokenizer", () => {
  const empty = mkdtempSync(path.join(tmpdir(), "twinformer-"));
  afterAll(() => {
    rmSync(empty, { recursive: true });
  });

  it("takes a folder, its address, files of a page, bytes by name, and the bytes of the file", async () => {
    const file = bytes("gpt2");
    const sources = [
      path.join(root, "gpt2"),
      pathToFileURL(path.join(root, "gpt2")),
      path.join(root, "gpt2/tokenizer.json"),
      [new File([file], "tokenizer.json"), new File(["{}"], "config.json")],
      { "tokenizer.json": file, "config.json": new Uint8Array() },
      file,
      Uint8Array.from(file).buffer,
    ];
    for (const source of sources) expect((await loadTokenizer(source)).encode(" text")).toHaveLength(1);
  });

  it("shows tokens so that they can be read, and has a place for each id", async () => {
    const gpt2 = await loadTokenizer(path.join(root, "gpt2"));
    expect(gpt2.vocabulary).toEqual(expect.arrayContaining([" the", "\n", "\\xe2", "<|endoftext|>"]));
    const llama2 = await loadTokenizer(path.join(root, "llama2"));
    expect(llama2.vocabulary.slice(0, 4)).toEqual(["<unk>", "<s>", "</s>", "\u0000"]);
    expect(llama2.vocabulary).toEqual(expect.arrayContaining([" the", "\\xff", "A"]));
    expect(llama2.vocabSize).toBe(llama2.vocabulary.length);
  });

  it.each(["gpt2", "neox", "llama3", "qwen2", "deepseek", "gpt_oss", "smollm", "llama2", "mistral"])(
    "%s gives back any text, composed where it composes, with U+FFFD for half a surrogate pair",
    async (kind) => {
      const tokenizer = await loadTokenizer(path.join(root, kind));
      const composes = ["neox", "qwen2"].includes(kind);
      const special = /<[a-z]+>/; // stripping tokens take the spaces beside them
      fc.assert(
        fc.property(
          strings.filter((text) => !special.test(text)),
          (text) => {
            const wanted = composes ? whole(text).normalize("NFC") : whole(text);
            const ids = tokenizer.encode(text, { specialTokens: false });
            const spaces = ["llama2", "mistral"].includes(kind) ? wanted.replaceAll("▁", " ") : wanted;
            // Mistral's puts a space in front of a text only if there is none, and takes it away in any case.
            expect(tokenizer.decode(ids)).toBe(kind === "mistral" ? spaces.replace(/^ /, "") : spaces);
          },
        ),
      );
    },
  );

  it("says which file is missing or broken", async () => {
    await expect(loadTokenizer(empty)).rejects.toThrow(
      /^loadTokenizer: there is no tokenizer\.json in ".*; from older files, transformers makes one/,
    );
    await expect(loadTokenizer({ "config.json": new Uint8Array() })).rejects.toThrow(
      "loadTokenizer: there is no tokenizer.json; from older files, transformers makes one",
    );
    await expect(loadTokenizer(path.join(empty, "nowhere"))).rejects.toThrow(
      /^loadTokenizer: cannot read .*nowhere: there is no such file or folder$/,
    );
    await expect(loadTokenizer(5 as never)).rejects.toThrow(/^loadTokenizer: needs the path of a folder/);
    writeFileSync(path.join(empty, "tokenizer.json"), "{");
    await expect(loadTokenizer(empty)).rejects.toThrow(
      "loadTokenizer: tokenizer.json is not JSON: this is no tokenizer.json",
    );
  });

  it.each([
    [[], "tokenizer.json is not an object"],
    [{}, "this is no tokenizer.json: it has no model"],
    [{ model: { type: "WordPiece" } }, 'its model is "WordPiece": only byte-pair encodings ("BPE") are read'],
    [{ model: { type: "Unigram", vocab: [] } }, 'its model is "Unigram"'],
    [{ model: { vocab: {} } }, "its model is undefined"],
    [{ model: { type: "BPE" } }, "its model has no vocab"],
    [
      { model: { type: "BPE", vocab: { a: -1 }, merges: [] } },
      'the id of the token "a" must be an integer from 0, got -1',
    ],
    [{ model: { type: "BPE", vocab: { a: 1e9 }, merges: [] } }, 'the id of the token "a" must be'],
    [{ model: { type: "BPE", vocab: { a: 1, b: 1 }, merges: [] } }, 'the tokens "a" and "b" have the same id, 1'],
    [{ model: { type: "BPE", vocab: {} } }, "its merges must be a list of pairs of tokens"],
    [{ model: { type: "BPE", vocab: {}, merges: ["a"] } }, "its merges must be a list of pairs of tokens"],
    [{ model: { type: "BPE", vocab: {}, merges: [] } }, "it has no decoder"],
  ])("refuses %j", async (file, sentence) => {
    await expect(load(file)).rejects.toThrow(`loadTokenizer: ${sentence}`);
  });

  it.each([
    [{ added_tokens: [{ id: 0 }] }, "an added token needs an id and a content, got an object"],
    [{ added_tokens: 5 }, "its added_tokens must be a list, got 5"],
    [{ added_tokens: [{ id: 900, content: "x", single_word: true }] }, 'the added token "x" has single_word'],
    [{ normalizer: { type: "Lowercase" } }, 'its normalizer "Lowercase" is of a kind that is not read'],
    [{ normalizer: 5 }, "its normalizer must be an object, got 5"],
    [{ normalizer: { type: "Sequence" } }, "its normalizers must be a list, got undefined"],
    [{ pre_tokenizer: { type: "Punctuation" } }, 'its pre-tokenizer "Punctuation" is of a kind that is not read'],
    [{ pre_tokenizer: { type: "Split", behavior: "Removed" } }, 'is of a kind that is not read (behavior "Removed")'],
    [{ pre_tokenizer: { type: "Metaspace", add_prefix_space: true } }, 'its pre-tokenizer "Metaspace" is of a kind'],
    [
      { post_processor: { type: "BertProcessing" } },
      'its post-processor "BertProcessing" is of a kind that is not read',
    ],
    [{ decoder: null }, "it has no decoder"],
    [{ decoder: { type: "CTC" } }, 'its decoder "CTC" is of a kind that is not read'],
    [
      { pre_tokenizer: { type: "Split", behavior: "Isolated", invert: false, pattern: { Regex: "(" } } },
      "@huggingface/tokenizers does not read it",
    ],
  ])("refuses a GPT-2 with %j", async (change, sentence) => {
    await expect(load({ ...json("gpt2"), ...change })).rejects.toThrow(sentence);
  });

  it.each([
    [{ dropout: 0.1 }, "its model has dropout 0.1, which is not read"],
    [{ end_of_word_suffix: "</w>" }, 'its model has end_of_word_suffix "</w>"'],
    [{ continuing_subword_prefix: "##" }, 'its model has continuing_subword_prefix "##"'],
  ])("refuses a GPT-2 whose model has %j", async (change, sentence) => {
    const file = json("gpt2");
    await expect(load({ ...file, model: { ...file.model, ...change } })).rejects.toThrow(sentence);
  });

  it("refuses a byte-level tokenizer with a token that is not made of bytes", async () => {
    const file = json("gpt2");
    const vocab = { ...(file.model.vocab as object), "two words": 900 };
    await expect(load({ ...file, model: { ...file.model, vocab }, added_tokens: [] })).rejects.toThrow(
      /^loadTokenizer: the token "two words" is not written/,
    );
  });

  it("reads a model without a type, as old files have it, and merges as pairs or as words", async () => {
    const file = json("gpt2");
    const { type, ...model } = file.model;
    expect(type).toBe("BPE");
    const merges = (model.merges as [string, string][]).map((pair) => pair.join(" "));
    const [old, now] = [await load({ ...file, model: { ...model, merges } }), await load(file)];
    expect(old.encode("the text of the tokenizer")).toEqual(now.encode("the text of the tokenizer"));
  });

  it("refuses what is no text, no id and no flag", async () => {
    const tokenizer = await loadTokenizer(path.join(root, "gpt2"));
    expect(() => tokenizer.encode(5 as never)).toThrow("encode needs a text, got number");
    expect(() => tokenizer.decode([tokenizer.vocabSize])).toThrow(`no token has id ${tokenizer.vocabSize}`);
    expect(() => tokenizer.decode([-1])).toThrow("no token has id -1");
    expect(() => tokenizer.encode("a", { specialTokens: 1 as never })).toThrow("specialTokens must be true or false");
    expect(() => tokenizer.decode([0], { specialTokens: 1 as never })).toThrow("specialTokens must be true or false");
    expect(tokenizer.decode([])).toBe("");
  });
});
