import { encode } from "@jridgewell/sourcemap-codec";
import { SourceMap } from "node:module";
import fc from "fast-check";
import { expect, test } from "vitest";
import { byLine, commentLines } from "../../scripts/setup/sourceMaps.mjs";

test("a map by line leads each line to the same place as before, by Node's own reading of both", async () => {
  // Places of the output, lines in any number, and where each comes from.
  const place = fc.tuple(fc.nat(200), fc.nat(1), fc.nat(500), fc.nat(100));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uniqueArray(place, { selector: ([column]) => column, maxLength: 5 })),
      async (lines) => {
        const sorted = lines.map((line) => [...line].sort(([a], [b]) => a - b));
        const mappings = encode(sorted);
        const read = (text: string) => new SourceMap({ ...header, mappings: text });
        const [whole, short] = [read(mappings), read(await byLine(mappings))];
        sorted.forEach((line, at) => {
          if (line.length === 0) return;
          const [column, source, from, fromColumn] = line[0];
          const expected = { originalSource: sources[source], originalLine: from, originalColumn: fromColumn };
          expect(whole.findEntry(at, column)).toMatchObject(expected);
          expect(short.findEntry(at, column)).toMatchObject(expected);
          expect(short.findEntry(at, 1000)).toMatchObject(expected);
        });
      },
    ),
  );
});

test("lines that hold a comment alone are found, and none that a program needs", async () => {
  const text = [
    "// 0",
    "/** 1",
    " *  2 */",
    "export const a = 1; // 3",
    "const b = `4",
    "// 5",
    "/* 6 */`;",
    "class C {",
    "  /** 8 */",
    "  x = /* @__PURE__ */ f();",
    "  /* 10 */ y = 1;",
    "  // @__PURE__ 11",
    "}",
    "//# sourceMappingURL=13",
  ];
  expect([...(await commentLines(text.join("\n")))]).toEqual([0, 1, 2, 8]);
  expect(await byLine("AAAA;AACA;AACA;AACA", new Set([1, 2]))).toBe("AAAA;AAGA");
});

const sources = ["a.ts", "b.ts"];
const header = { version: 3, file: "out.js", sources, sourcesContent: ["", ""], names: [], sourceRoot: "" };
