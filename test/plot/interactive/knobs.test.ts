import { parseHTML } from "linkedom";
import { describe, expect, test, vi } from "vitest";
import { knobs, type KnobsOptions } from "../../../lib/plot/index.js";
import { sanitizers, visible } from "../../notebook/sanitizers.js";

interface Position {
  readonly n: number;
  readonly of: number;
  readonly word: string;
}
const draw = ({ n, of, word }: Position, data: readonly number[], width: number) => ({
  width,
  height: 40,
  markup: `<svg width="${width}" height="40" viewBox="0 0 ${width} 40"><rect width="${n}" height="${of}"/></svg>`,
  description: `${word}: ${n} of ${of}.`,
  facts: { sum: n + of + data.length },
});
const options: KnobsOptions<Position, readonly number[]> = {
  label: "a knob",
  controls: {
    n: { label: "n", min: 0, max: 10, step: 0.5, start: 2 },
    of: { label: "of", stops: [1, 8, 64], start: 8 },
    word: { label: "word", choices: ["a", "b"], start: "b" },
  },
  data: [1, 2, 3],
};
const figure = knobs(draw, options);

describe("knobs", () => {
  test("begin at their start: picture, words and facts", () => {
    expect(figure.description).toBe("b: 2 of 8. Knobs: n 2, of 8, word b.");
    expect(figure.facts).toEqual({ sum: 13 });
    const { document } = parseHTML(`<!doctype html><html><body>${figure.html()}</body></html>`);
    expect(document.querySelector(".twinformer-knobs figure")!.getAttribute("data-facts")).toBe('{"sum":13}');
    expect(document.querySelectorAll("svg")).toHaveLength(1);
    const data = document.querySelector('script[type="application/json"]')!.textContent;
    expect(JSON.parse(data)).toMatchObject({ label: "a knob", width: 680, data: [1, 2, 3] });
  });

  test("give the picture of any position, and refuse one that there is not", () => {
    expect(figure.at({ n: 7.5, word: "a" }).description).toBe("a: 7.5 of 8.");
    expect(figure.at({ of: 64 }).facts.sum).toBe(69);
    expect(() => figure.at({ n: 11 })).toThrow('knobs with control "n" needs a value of 0 to 10, got 11');
    expect(() => figure.at({ of: 9 })).toThrow('knobs with control "of" needs a value of one of 1, 8, 64, got 9');
    expect(() => figure.at({ word: "c" })).toThrow('knobs with control "word" needs');
    expect(() => figure.at({ m: 1 } as never)).toThrow('knobs has no control "m"; its controls are n, of, word');
  });

  test.each([
    ["no controls", {}, "knobs needs 1 to 12 controls, got 0"],
    [
      "no label",
      { n: { min: 0, max: 1, step: 1, start: 0 } },
      "knobs with control \"n\" needs rows with a text 'label'",
    ],
    ["a start outside", { n: { label: "n", min: 0, max: 1, step: 1, start: 2 } }, "needs min ≤ start ≤ max"],
    ["a step of 0", { n: { label: "n", min: 0, max: 1, step: 0, start: 0 } }, "a step above 0"],
    ["a start between steps", { n: { label: "n", min: 0, max: 1, step: 0.5, start: 0.3 } }, "some steps of 0.5 from 0"],
    ["stops that fall", { n: { label: "n", stops: [2, 1], start: 1 } }, "needs stops that rise, got 2, 1"],
    ["a start that is no stop", { n: { label: "n", stops: [1, 2], start: 3 } }, "needs to start at one of 1, 2, got 3"],
    [
      "a start that is no choice",
      { n: { label: "n", choices: ["a"], start: "b" } },
      'needs to start at one of a, got "b"',
    ],
  ])("refuse %s", (_, controls, sentence) => {
    expect(() => knobs(draw, { ...options, controls: controls as never })).toThrow(sentence);
  });

  test("refuse what draws nothing, and data that JSON loses", () => {
    expect(() => knobs((() => ({})) as never, options)).toThrow("knobs needs a function that draws { width, height,");
    expect(() => knobs(5 as never, options)).toThrow("knobs needs a function that draws, got 5");
    const lost = (data: unknown) => knobs(draw as never, { ...options, data });
    expect(() => lost(5n)).toThrow("knobs needs data that JSON keeps, got 5n");
    expect(() => lost(() => 1)).toThrow("knobs needs data that JSON keeps, got a function");
  });

  test("hold no program but the frame's and the function's: what ends a script element is spelled out", () => {
    const sly = knobs(
      (_: { n: number }) => ({ ...draw({ n: 1, of: 1, word: "</script><!--" }, [], 9), facts: "</script>" }),
      {
        label: "</script><img src=x>",
        controls: { n: { label: "<!--<script>", min: 0, max: 1, step: 1, start: 0 } },
        data: ["</script><script>alert(1)</script>"],
      },
    );
    const { document } = parseHTML(`<!doctype html><html><body>${sly.html()}</body></html>`);
    expect(document.querySelectorAll("script")).toHaveLength(2);
    expect(document.querySelectorAll("body img")).toHaveLength(1);
    const [data] = Array.from(document.querySelectorAll("script"), (script) => script.textContent);
    expect((JSON.parse(data) as { data: unknown }).data).toEqual(["</script><script>alert(1)</script>"]);
  });

  test("are an element with both scripts in it, made anew, as a page runs none that it read as text", () => {
    const own = parseHTML("<!doctype html><html><body></body></html>").document;
    vi.stubGlobal("document", own);
    const node = figure.node();
    vi.unstubAllGlobals();
    const scripts = Array.from(node.querySelectorAll("script"), ({ textContent }) => textContent.length > 50);
    expect(scripts).toEqual([true, true]);
    expect(node.querySelectorAll("img")).toHaveLength(0);
  });

  test("take a theme", () => {
    expect(figure.html({ theme: "dark" })).toContain("color-scheme:dark");
    expect(figure.html()).not.toContain("color-scheme:dark;color:");
  });
});

test.each(Object.entries(sanitizers))("after %s the picture at the start is left, alone", (_place, sanitize) => {
  const { words, images } = visible(sanitize(figure.html()));
  expect(words).toBe("");
  expect(images).toHaveLength(1);
  expect(images[0]).toContain("b: 2 of 8.");
});
