import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Domain, fourDomains, mixture } from "../../lib/data/index.js";

/** Two texts without a character in common, of any code points but half surrogate pairs. */
const [lower, upper] = [fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0x10000, max: 0x10ffff })];
const isLone = (code: number): boolean => code >= 0xd800 && code < 0xe000;
const textOf = (even: boolean, length: number): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(lower, upper).map((code) => (isLone(code) ? 0x1f600 : code)),
      { minLength: length, maxLength: 3 * length },
    )
    .map((codes) => codes.map((code) => String.fromCodePoint(even ? code & ~1 : code | 1)).join(""));

describe("a mixture of texts with any characters", () => {
  it("has one label a token, whole chunks and no half pairs, for all sizes and shares", () => {
    const inputs = fc.integer({ min: 1, max: 9 }).chain((chunk) =>
      fc.record({
        chunk: fc.constant(chunk),
        chunks: fc.integer({ min: 1, max: 12 }),
        share: fc.integer({ min: 0, max: 99 }),
        texts: fc.tuple(textOf(true, chunk), textOf(false, chunk)),
      }),
    );
    fc.assert(
      fc.property(inputs, ({ chunk, chunks, share, texts }) => {
        const domains = texts.map((text, i) => ({ name: `${i}`, text }));
        const { corpus, labels } = mixture(domains, { chunk, chunks, validationShare: share / 100 });
        const { vocabulary } = corpus.tokenizer;
        const wanted = Number((2n * BigInt(chunks) * BigInt(share) + 99n) / 100n);
        expect([corpus.train.length, corpus.validation.length]).toEqual([
          (2 * chunks - wanted) * chunk,
          wanted * chunk,
        ]);
        const pieces: string[] = [];
        for (const split of ["train", "validation"] as const) {
          const [ids, marks] = [corpus[split], labels[split]];
          expect(marks.length).toBe(ids.length);
          ids.forEach((id, at) => expect(vocabulary[id].codePointAt(0)! & 1).toBe(marks[at]));
          for (let at = 0; at < ids.length; at += chunk)
            pieces.push(corpus.tokenizer.decode(ids.subarray(at, at + chunk)));
        }
        const cuts = texts.flatMap((text) => {
          const characters = Array.from(text);
          const whole = Math.floor(characters.length / chunk);
          return Array.from({ length: chunks }, (_, i) =>
            characters.slice((i % whole) * chunk, ((i % whole) + 1) * chunk).join(""),
          );
        });
        expect(pieces.sort()).toEqual(cuts.sort());
      }),
    );
  });

  it("makes of half a pair one character, also where the other half would follow from another domain", () => {
    const { corpus, labels } = mixture(
      [
        { name: "high", text: "\ud83d".repeat(20) },
        { name: "low", text: "\ude00".repeat(20) },
      ],
      { chunk: 3, chunks: 5 },
    );
    expect(corpus.tokenizer.vocabulary).toEqual(["\ufffd"]);
    expect(labels.train.length + labels.validation.length).toBe(30);
    expect(corpus.train.length).toBe(labels.train.length);
  });

  it("counts characters, not units of UTF-16, in what a chunk needs", () => {
    const domains = ["😀".repeat(5), "ab".repeat(5)].map((text) => ({ name: text[1], text }));
    expect(() => mixture(domains, { chunk: 6 })).toThrow("has 5 characters, a chunk needs 6");
  });

  it("has 400 chunks of 256 characters of each domain where nothing is said, a tenth of them for validation", () => {
    const domains = ["ab", "cd"].map((name) => ({ name, text: name.repeat(200) }));
    const { corpus } = mixture(domains);
    expect([corpus.train.length, corpus.validation.length]).toEqual([720 * 256, 80 * 256]);
  });

  it("refuses more domains than a label can tell apart", () => {
    const domains = Array.from({ length: 257 }, (_, i): Domain => ({ name: `${i}`, text: "abc" }));
    expect(() => mixture(domains, { chunk: 1, chunks: 1 })).toThrow("mixture needs 2 to 256 domains, got 257");
    const { labels } = mixture(domains.slice(1), { chunk: 1, chunks: 1, validationShare: 0 });
    expect([...labels.train].sort((a, b) => a - b)).toEqual(Array.from({ length: 256 }, (_, i) => i));
  });
});

describe("the four domains", () => {
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

  it("are made of texts that do not change with the library, nor with Node", async () => {
    const [, typescript] = await fourDomains();
    expect(hash(typescript.text)).toBe("48712370fa5c0d60");
    expect(typescript.text.length).toBeGreaterThan(400 * 256);
    const german = readFileSync("assets/texts/german-names.txt", "utf8").trimEnd().split("\n");
    expect([german.length, new Set(german).size]).toEqual([320, 320]);
    expect(hash(german.join())).toBe("747d3d97ccb2fb1a");
  });

  it("are the same for the same seed, and have other sums and another order of names for another", async () => {
    const [a, b, c] = await Promise.all([fourDomains(), fourDomains({ seed: 1 }), fourDomains({ seed: 2 })]);
    expect(a).toEqual(b);
    expect(a.map(({ text }, i) => text === c[i].text)).toEqual([true, true, false, false]);
    const names = (text: string): string[] => text.split(/, |\.\n/).sort();
    expect(names(a[3].text)).toEqual(names(c[3].text));
    expect(names(a[3].text).length).toBe(15 * 320);
    expect(names(a[3].text)).toContain("Osterreich"); // one alphabet: without accents
  });
});
