import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Generator, randn, saveSafetensors } from "../../../lib/index.js";
import { routeTopK } from "../../../lib/moe/index.js";
import {
  loadChart,
  readLoad,
  readRouter,
  readTable,
  routerHeatMap,
  switchOffBars,
  tokenFlow,
} from "../../../lib/plot/index.js";

describe("counts of experts", () => {
  const rows = [
    {
      step: 0,
      load: [
        [30, 10],
        [0, 5],
      ],
    },
  ];
  test.each([
    ["JSON", "[[30,10],[0,5]]"],
    ["JSON of rows", '{"load":[[30,10],[0,5]]}'],
    ["JSON with steps", "[[[30,10],[0,5]]]"],
    ["a CSV of numbers", "30,10\n0,5\n"],
    ["a CSV of rows, on two devices", "layer,expert,tokens\n0,0,20\n0,0,10\n0,1,10\n1,1,5\n"],
  ])("as %s", (_, text) => {
    expect(readLoad(text)).toEqual(rows);
    expect(readLoad(new TextEncoder().encode(text))).toEqual(rows);
    expect(loadChart(readLoad(text)).description).toContain("2 experts");
  });
  test("of several steps, and of one that the file does not tell", () => {
    expect(readLoad("step,expert,count\n0,0,1\n0,1,1\n5,1,2\n").map(({ step, load }) => [step, load])).toEqual([
      [0, [[1, 1]]],
      [5, [[0, 2]]],
    ]);
    expect(readLoad("[[1,2]]", { step: 100 })[0].step).toBe(100);
    expect(readLoad(" ")).toEqual([]);
  });
  test.each([
    ["[[1,2],[3]]", "readLoad: needs [layer][expert] numbers, as many in each layer, got a list of 2"],
    ['[{"step":"a","load":[[1]]}]', 'readLoad: row 0 has "a" as step, which is no number'],
    ["[[1,2]", "readLoad: this is not JSON"],
    [
      "layer,count\n0,1",
      "readLoad: needs the columns expert and count, and layer where there are several: there is no 'expert'",
    ],
    ["layer,expert\n0,1", "there is no 'count'"],
    ["expert,count\n0,1\n-1,2\n", "readLoad: line 3 has -1 as 'expert', which is no index from 0 to 9,999"],
    ["expert,count\n0,many\n", `readLoad: line 2 has "many" as 'count', which is no number`],
  ])("that are wrong: %j", (text, sentence) => {
    expect(() => readLoad(text)).toThrow(sentence);
  });
});

describe("any table", () => {
  test("is rows of the figure that has its columns, of texts alone, too", () => {
    const bars = switchOffBars(readTable("layer;expert;loss\n0;0;2.5\n"));
    expect(bars.svg()).toBe(switchOffBars([{ layer: 0, expert: 0, loss: 2.5 }]).svg());
    expect(readTable("from,to\na,\n\nb,-inf\n")).toEqual([
      { from: "a", to: null },
      { from: "b", to: -Infinity },
    ]);
    expect(readTable(new TextEncoder().encode("\ufeffa\n1\n"))).toEqual([{ a: 1 }]);
    expect(readTable("")).toEqual([]);
  });
  test("that is wrong is refused, by the reader or by the figure", () => {
    expect(() => readTable("a,a\n1,2\n")).toThrow("readTable: line 1 has two columns 'a'");
    expect(() => readTable("a,b\n1\n")).toThrow("readTable: line 2 has 1 values, where there are 2 columns: a, b"); // prettier-ignore
    expect(() => readTable(5 as never)).toThrow("readTable needs the text of a file, or its bytes, got 5");
    expect(() => tokenFlow(readTable("from,expert,count\na,0,many\n"))).toThrow(`row 0 has count "many"`);
  });
});

describe("what routers said", () => {
  const logits = [
    [
      [2, 0, 1],
      [0, 3, 0],
    ],
    [
      [0, 0, 1],
      [4, 3, 0],
    ],
  ];
  const flat = Float32Array.from(logits.flat(2));
  const files: [string, string | Uint8Array][] = [
    ["JSON", JSON.stringify(logits)],
    ["JSON with a batch", JSON.stringify(logits.map((layer) => layer.map((token) => [token])))],
    ["an object", JSON.stringify({ router_logits: logits })],
    ["one tensor", saveSafetensors({ router_logits: { shape: [2, 2, 3], data: flat } })],
    [
      "a tensor a layer, in any order",
      saveSafetensors({
        "layers.10": { shape: [2, 3], data: flat.slice(6) },
        "layers.2": { shape: [2, 3], data: flat.slice(0, 6) },
      }),
    ],
  ];
  test.each(files)("comes from %s", (_, file) => {
    const rows = readRouter(file, { topK: 2, tokens: ["to", "be"] });
    expect(rows.map(({ token, layer, chosen }) => [token, layer, ...chosen])).toEqual([
      ["to", 0, 0, 2],
      ["be", 0, 1, 0],
      ["to", 1, 2, 0],
      ["be", 1, 0, 1],
    ]);
    expect(routerHeatMap(rows).svg()).toContain("</svg>");
  });

  test("is what routeTopK makes of the same logits, with weights of both kinds", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.nat(99), (topK, seed) => {
        const given = randn([5, 4], new Generator(seed));
        const routing = routeTopK(given, { topK });
        const rows = readRouter(JSON.stringify(given.toArray()), { topK });
        expect(rows.flatMap(({ chosen }) => chosen)).toEqual([...routing.experts]);
        const near = (a: readonly number[], b: readonly number[]) =>
          a.forEach((value, i) => expect(value).toBeCloseTo(b[i], 5));
        near(
          rows.flatMap(({ probs }) => probs),
          [...routing.probs.toTypedArray()],
        );
        near(
          rows.flatMap(({ weights }) => weights),
          [...routing.weights.toTypedArray()],
        );
        const raw = readRouter(JSON.stringify(given.toArray()), { topK, normalize: false });
        raw.forEach(({ probs, chosen, weights }) =>
          near(
            weights,
            chosen.map((expert) => probs[expert]),
          ),
        );
      }),
    );
  });

  test("as sigmoids, with a choice of one's own, is drawn as shares", () => {
    const bias = [0, 0, 0.9];
    const choose = (scores: readonly number[]) => [
      scores.map((s, e) => s + bias[e]).indexOf(Math.max(...scores.map((s, e) => s + bias[e]))),
    ];
    const [row] = readRouter("[[[2, 0, 1]]]", { topK: 1, scores: "sigmoid", choose, normalize: false });
    expect(row.chosen).toEqual([2]);
    expect(row.weights[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 10);
    expect(row.probs.reduce((a, b) => a + b)).toBeCloseTo(1, 10);
  });

  test.each<[string | Uint8Array, object, string]>([
    ["[[[1,2]]]", {}, "readRouter needs an integer from 1 as topK, got undefined"],
    ["[[[1,2]]]", { topK: 3 }, "readRouter: topK is 3, of 2 experts"],
    ["[[[1,2],[1]]]", { topK: 1 }, "readRouter: token 1 of layer 0 has 1 experts, where the first token has 2"],
    ["[[[1,NaN]]]", { topK: 1 }, "readRouter: token 0 of layer 0 has a number that is not finite"],
    ["[[[1,2]],[]]", { topK: 1 }, "readRouter: layer 1 has 0 tokens, the first layer 1"],
    ["[[[1,2]]]", { topK: 1, tokens: ["a", "b"] }, "readRouter: needs 1 texts as tokens, got a list of 2"],
    ["[[[1,2]]]", { topK: 1, scores: "relu" }, 'readRouter needs "softmax", "sigmoid" or "none" as scores, got "relu"'],
    ["5", { topK: 1 }, "readRouter: needs lists [layer][token][expert], got 5"],
    ["{", { topK: 1 }, "readRouter: this is neither JSON nor a safetensors file"],
    [saveSafetensors({ x: { shape: [3], data: [1, 2, 3] } }), { topK: 1 }, "readRouter: x [3] is neither"],
    [saveSafetensors({}).subarray(0, 9), { topK: 1 }, "readRouter: the file is cut off"],
  ])("is refused in a sentence where it is wrong: %#", (file, options, sentence) => {
    expect(() => readRouter(file, options as never)).toThrow(sentence);
  });
});
