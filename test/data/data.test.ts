import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { CharTokenizer, Corpus, fromText, mobyDick } from "../../lib/data/index.js";
import { Generator } from "../../lib/index.js";

describe("the character tokenizer", () => {
  it("gives back any text that it was made from, emoji included", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
        const tokenizer = new CharTokenizer(text);
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
        expect(tokenizer.vocabSize).toBe(new Set(text).size);
      }),
    );
  });

  it("refuses an empty text, an unknown character and an unknown id", () => {
    expect(() => new CharTokenizer("")).toThrow("the text is empty");
    const tokenizer = new CharTokenizer("abc");
    expect(() => tokenizer.encode("abd")).toThrow(
      'unknown character "d" at position 2: the vocabulary has 3 characters, "abc"',
    );
    expect(() => tokenizer.decode([0, 3])).toThrow("no token has id 3: ids go from 0 to 2");
  });
});

describe("a corpus", () => {
  const corpus = new Corpus("0123456789".repeat(30), { validationShare: 0.2 });

  it("keeps the end of the text for validation", () => {
    expect([corpus.train.length, corpus.validation.length]).toEqual([240, 60]);
  });

  it("draws batches whose targets are the inputs one step on, the same for the same seed", () => {
    const draw = (): number[][][] => {
      const { inputs, targets } = corpus.batch("train", 5, 7, new Generator(3));
      return [inputs.toArray() as number[][], targets.toArray() as number[][]];
    };
    const [inputs, targets] = draw();
    inputs.forEach((row, b) => row.slice(1).forEach((id, t) => expect(targets[b][t]).toBe(id)));
    inputs.forEach((row, b) => row.forEach((id, t) => expect(targets[b][t]).toBe((id + 1) % 10)));
    expect(draw()).toEqual([inputs, targets]);
  });

  it("covers a split in blocks that do not overlap", () => {
    const batches = [...corpus.blocks("validation", 4, 6)];
    expect(batches.map((b) => b.inputs.shape[0])).toEqual([4, 4, 1]); // (60 − 1) / 6 = 9 blocks
    expect(batches.flatMap((b) => (b.inputs.toArray() as number[][]).flat())).toEqual(
      Array.from(corpus.validation.slice(0, 54)),
    );
  });

  it("says how long a text must be", () => {
    expect(() => corpus.batch("validation", 1, 60, new Generator(0))).toThrow(
      "the validation part of text has 60 characters, but a block of 60 needs at least 61",
    );
  });
});

describe("sources", () => {
  it("mobyDick has the whole book", async () => {
    const { tokenizer, train, validation } = await mobyDick();
    expect(train.length + validation.length).toBeGreaterThan(1_100_000);
    expect(tokenizer.decode([...train, ...validation])).toContain("Call me Ishmael.");
  });

  it("fromText reads a file, and names one that is missing or empty", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "twinformer-"));
    const file = path.join(folder, "text.txt");
    writeFileSync(file, "hello");
    expect((await fromText(file)).tokenizer.vocabSize).toBe(4);
    writeFileSync(file, "");
    await expect(fromText(file)).rejects.toThrow(`fromText: ${file} is empty`);
    rmSync(folder, { recursive: true });
    await expect(fromText(file)).rejects.toThrow(`fromText cannot read ${file}`);
  });

  it("in a web page, which has no files, both say what to do instead", async () => {
    vi.stubGlobal("process", undefined);
    const tried = [fromText("text.txt"), mobyDick()].map((text) => text.catch(String));
    vi.unstubAllGlobals();
    expect(await Promise.all(tried)).toEqual([
      "Error: fromText reads a file, which a web page cannot: fetch a text there and give it to new Corpus(text)",
      "Error: mobyDick reads an installed package, which a web page cannot: fetch a text there and give it to new Corpus(text)",
    ]);
  });
});
