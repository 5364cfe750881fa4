import fc from "fast-check";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { domainCorpus, heldOut } from "../../lib/data/domains.js";
import { CharTokenizer } from "../../lib/data/tokenizer.js";
import { arithmetic } from "../../scripts/pretrain/arithmetic.js";
import { domains } from "../../scripts/pretrain/plan.js";

const lines = fc.array(fc.stringMatching(/^[a-z ]{0,12}$/), { maxLength: 60 }).map((list) => list.join("\n"));

test("held out blocks are whole lines, and both parts together are the text", () => {
  fc.assert(
    fc.property(lines, fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 40 }), (text, every, blockLength) => {
      const { train, validation } = heldOut(text, { every, blockLength });
      const sorted = (t: string): string[] => t.split(/(?<=\n)/).sort();
      expect([...sorted(train), ...sorted(validation)].filter(Boolean).sort()).toEqual(sorted(text).filter(Boolean));
      if (text.length < blockLength) expect(validation).toBe("");
    }),
  );
});

test("about one tenth of each of the four texts is held out", () => {
  for (const { name, text } of domains) {
    const { train, validation } = heldOut(text);
    expect(train.length + validation.length, name).toBe(text.length);
    expect(Math.abs(validation.length / text.length - 0.1), name).toBeLessThan(0.005);
    expect(validation.length, name).toBeGreaterThan(100_000);
  }
});

test("each block of a corpus of domains lies in one domain, in its order", () => {
  const texts = ["ab", "cd", "ef"].map((name) => ({
    name,
    text: `${name} ${name}\n`.repeat(4000 + name.charCodeAt(0)),
  }));
  const tokenizer = new CharTokenizer("abcdef \n");
  const { corpus, labels, names } = domainCorpus(texts, tokenizer, { blockSize: 16 });
  for (const split of ["train", "validation"] as const) {
    expect(labels[split].length).toBe(corpus[split].length);
    expect(corpus[split].length % 16).toBe(0);
    for (let at = 0; at < corpus[split].length; at++) {
      const own = `${names[labels[split][at]]} \n`;
      expect(own).toContain(tokenizer.decode(corpus[split].subarray(at, at + 1)));
      if (at % 16) expect(labels[split][at]).toBe(labels[split][at - 1]);
    }
  }
});

test("a domain without a whole block, and a single domain, are refused", () => {
  const tokenizer = new CharTokenizer("ab\n");
  const text = "ab\n".repeat(8000);
  expect(() => domainCorpus([{ name: "a", text }], tokenizer, { blockSize: 8 })).toThrow(
    "needs 2 to 256 domains, got 1",
  );
  expect(() =>
    domainCorpus(
      ["a", "b"].map((name) => ({ name, text: name === "a" ? text : "ab\n" })),
      tokenizer,
      { blockSize: 8 },
    ),
  ).toThrow("domainCorpus: the train part of b has 3 tokens, a block needs 8");
});

test("the texts are the ones that their README names, in printable ASCII, and the arithmetic is drawn and right", () => {
  const readme = readFileSync("assets/domains/README.md", "utf8");
  for (const { name, text } of domains) {
    expect(text, name).toMatch(/^[\n -~]*$/);
    expect(readme, name).toContain(createHash("sha256").update(text).digest("hex"));
  }
  const { text } = domains[3];
  expect(arithmetic(2_400_000)).toBe(text);
  const value = (side: string): string => {
    const [, a, sign, b] = /^(\d+) ([/?]) (\d+)$/.exec(side) ?? [];
    if (sign === "/") return `${Math.floor(+a / +b)} rest ${+a % +b}`;
    if (sign === "?") return +a < +b ? "less" : +a > +b ? "more" : "same";
    const [, p, q, c] = /^\((\d+) \+ (\d+)\) \* (\d+)$/.exec(side) ?? [];
    if (p) return String((+p + +q) * +c);
    const [, x, op, y] = /^(\d+) ([-+*]) (\d+)$/.exec(side)!;
    return String(op === "+" ? +x + +y : op === "-" ? +x - +y : +x * +y);
  };
  for (const line of text.trimEnd().split("\n")) {
    const sides = line.split(" = ");
    const results = new Set(sides.slice(0, -1).map(value));
    expect([...results], line).toEqual([sides.at(-1)]);
  }
});
