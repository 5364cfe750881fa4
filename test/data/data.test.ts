import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it, vi } from "vitest";
import { CharTokenizer, Corpus, fromText, mixture, mobyDick, mobyDickText, trainBpe } from "../../lib/data/index.js";
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

  it("is sorted by code point, and counts characters in its sentences", () => {
    const tokenizer = new CharTokenizer("b😀a\ud83dz\ude00");
    expect(tokenizer.vocabulary).toEqual(["a", "b", "z", "\ud83d", "\ude00", "😀"]);
    expect(tokenizer.encode("😀b")).toEqual(Int32Array.of(5, 1));
    expect(() => tokenizer.encode("😀😀c")).toThrow('unknown character "c" at position 2');
    expect(() => tokenizer.encode("a😁")).toThrow('unknown character "😁" at position 1');
    expect(() => new CharTokenizer("abc").encode("€")).toThrow('unknown character "€" at position 0');
  });

  it.each([null, undefined, 5, ["a"]])("refuses %j, which is no text, in words", (text) => {
    expect(() => new CharTokenizer(text as never)).toThrow(
      /^CharTokenizer needs a text, got (null|undefined|number|object)$/,
    );
    expect(() => new CharTokenizer("a").encode(text as never)).toThrow("encode needs a text, got");
    expect(() => new Corpus(text as never)).toThrow("Corpus needs a text, got");
    expect(() =>
      mixture([
        { name: "x", text: text as never },
        { name: "y", text: "a" },
      ]),
    ).toThrow("mixture: x needs a text, got");
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

  it("has the ids of another tokenizer, where it is given one", () => {
    const text = "low lower lowest ".repeat(20);
    const tokenizer = trainBpe(text, { vocabSize: 270 });
    const { train, validation, tokenizer: own } = new Corpus(text, { tokenizer });
    expect(own).toBe(tokenizer);
    expect(tokenizer.decode([...train, ...validation])).toBe(text);
    expect(validation.length).toBe(Math.ceil((train.length + validation.length) / 10));
    expect(() => new Corpus(text, { tokenizer: {} as never })).toThrow("Corpus needs a tokenizer, such as");
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

  it("draws every block that fits, the last one too", () => {
    const short = new Corpus("abcdef", { validationShare: 0 });
    const { inputs } = short.batch("train", 200, 3, new Generator(1));
    const starts = (inputs.toArray() as number[][]).map(([first]) => first);
    expect([...new Set(starts)].sort()).toEqual([0, 1, 2]); // "cde", whose last target is "f"
  });

  it("keeps ⌈share⌉ of the characters for validation, exactly: every share p / q of every length", () => {
    const lengths = fc.integer({ min: 1, max: 400 });
    const shares = fc
      .integer({ min: 1, max: 1000 })
      .chain((q) => fc.tuple(fc.integer({ min: 0, max: q - 1 }), fc.constant(q)));
    fc.assert(
      fc.property(lengths, shares, (n, [p, q]) => {
        const { train, validation } = new Corpus("x".repeat(n), { validationShare: p / q });
        const wanted = Number((BigInt(n) * BigInt(p) + BigInt(q) - 1n) / BigInt(q));
        expect([train.length, validation.length]).toEqual([n - wanted, wanted]);
      }),
    );
  });

  it.each([
    [10, 0.9, 1],
    [10, 0.8, 2],
    [10, 1 - 0.7, 7],
    [10, 0.1 + 0.2, 7],
    [1000, 1e-9, 999],
  ])("of %d characters, with a share of %d for validation, %d are for training", (n, validationShare, train) => {
    expect(new Corpus("x".repeat(n), { validationShare }).train.length).toBe(train);
  });

  it("refuses a split that there is not", () => {
    expect(() => corpus.blocks("test" as never, 1, 4)).toThrow(
      'Corpus: split must be one of train, validation, got "test"',
    );
  });

  it("takes 4 bytes a character beside the text, outside the heap", () => {
    const program = `
      const { Corpus } = await import(${JSON.stringify(new URL("../../lib/data/index.ts", import.meta.url).href)});
      const text = "Call me Ishmael.".repeat(1 << 20);
      const { train, validation } = new Corpus(text);
      if (train.length + validation.length !== text.length) throw new Error("characters are missing");
      console.log(process.memoryUsage().arrayBuffers / text.length);`;
    // 17 million characters as separate strings in a list would take 130 MB of a heap that has 64.
    const flags = ["--max-old-space-size=64", "--import", "tsx", "--input-type=module", "-e", program];
    const { status, stdout, stderr } = spawnSync(process.execPath, flags, { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    expect(Number(stdout)).toBeLessThan(4.5);
  });

  it("says how long a text must be", () => {
    expect(() => corpus.batch("validation", 1, 60, new Generator(0))).toThrow(
      "the validation part of text has 60 tokens, but a block of 60 needs at least 61",
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

  describe("fromText", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "twinformer-"));
    const file = path.join(folder, "text.txt");
    afterAll(() => rmSync(folder, { recursive: true }));
    const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");

    it.each<[string, Buffer, string]>([
      ["UTF-8", Buffer.from("né😀"), "né😀"],
      ["UTF-8 with a byte order mark", Buffer.from("\ufeffabc"), "abc"],
      ["a mark in the middle", Buffer.from("a\ufeffb"), "a\ufeffb"],
    ])("reads %s", async (_, bytes, wanted) => {
      writeFileSync(file, bytes);
      const { tokenizer, train } = await fromText(file, { validationShare: 0 });
      expect(tokenizer.decode(train)).toBe(wanted);
    });

    it.each<[string, Buffer, string]>([
      ["UTF-16 with a mark", utf16("\ufeffhello"), "is UTF-16; save it as UTF-8"],
      ["UTF-16, big endian", utf16("\ufeffhello").swap16(), "is UTF-16; save it as UTF-8"],
      ["UTF-16 without a mark", utf16("hello"), "is UTF-16 or no text at all; save it as UTF-8"],
      ["Latin-1", Buffer.from("né", "latin1"), "is not UTF-8; save it as UTF-8"],
      ["half a character", Buffer.from("é").subarray(0, 1), "is not UTF-8; save it as UTF-8"],
      ["bytes", Buffer.from([0xff, 0xfe, 0x80]), "is UTF-16; save it as UTF-8"],
      ["a mark alone", Buffer.from("\ufeff"), "is empty"],
    ])("refuses %s", async (_, bytes, sentence) => {
      writeFileSync(file, bytes);
      await expect(fromText(file)).rejects.toThrow(`fromText: ${file} ${sentence}`);
    });

    it("refuses a folder, a device, and a file that is too large, before reading it", async () => {
      for (const other of [folder, "/dev/zero"])
        await expect(fromText(other)).rejects.toThrow(`fromText cannot read ${other}: it is not a file`);
      writeFileSync(file, "");
      truncateSync(file, 6e8); // no bytes on the disk
      await expect(fromText(file)).rejects.toThrow(
        `fromText cannot read ${file}: it is too large, 600 MB: at most 536 MB fit into one string`,
      );
    });
  });

  it("in a web page, which has no files, fromText says what to do instead", async () => {
    vi.stubGlobal("process", undefined);
    const tried = fromText("text.txt").catch(String);
    vi.unstubAllGlobals();
    expect(await tried).toBe(
      "Error: fromText reads a file, which a web page cannot: fetch a text there and give it to new Corpus(text)",
    );
  });

  it("in a web page, mobyDick is read from the assets beside it", async () => {
    const asked: string[] = [];
    vi.stubGlobal("process", undefined);
    vi.stubGlobal("location", { href: "https://school.example/course/cells.js" });
    vi.stubGlobal("fetch", (address: URL) => {
      asked.push(String(address));
      return Promise.resolve(new Response(asked.length === 1 ? "Call me Ishmael." : null, { status: asked.length === 1 ? 200 : 404 })); // prettier-ignore
    });
    const text = mobyDickText();
    const missing = mobyDickText().catch(String);
    vi.unstubAllGlobals();
    expect(await text).toBe("Call me Ishmael.");
    expect(await missing).toMatch(/^Error: mobyDick: .* was answered by 404/);
    expect(new Set(asked)).toEqual(new Set(["https://school.example/course/assets/texts/moby-dick.txt"]));
  });
});
