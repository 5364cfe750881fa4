import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { type Figure, queues, slider } from "../../../lib/plot/index.js";
import { sanitizers, visible } from "../../notebook/sanitizers.js";

const line = (count: number): Figure =>
  queues(
    Array.from({ length: count }, () => ({ token: "a", expert: 0, status: "kept" as const })),
    { nExpert: 2, title: `${count} tokens` },
  );
const stops = [2, 3, 5].map((count): [string, Figure] => [String(count), line(count)]);
const picture = slider(stops, { label: "tokens", start: "3" });
const { document } = parseHTML(`<!doctype html><html><body>${picture.html()}</body></html>`);

describe("a slider", () => {
  test("has a stop for each picture, in one form, the first one pressed", () => {
    const inputs = Array.from(document.querySelectorAll("form input"));
    expect(inputs.map((input) => input.getAttribute("aria-label"))).toEqual(["tokens 2", "tokens 3", "tokens 5"]);
    expect(inputs.map((input) => input.hasAttribute("checked"))).toEqual([false, true, false]);
    expect(document.querySelectorAll("figure").length).toBe(3);
  });

  test("has a rule for each stop that shows its picture and hides the others", () => {
    const rules = document.querySelector("style")!.textContent;
    for (const i of [0, 1, 2]) {
      const pressed = `.twinformer-slider:has(input[value="${i}"]:checked)>.twinformer-stops>.twinformer-stop`;
      expect(rules).toContain(`${pressed}:nth-child(${i + 1}){display:block!important}`);
      expect(rules).toContain(`${pressed}:not(:nth-child(${i + 1})){display:none!important}`);
    }
  });

  test("runs no script, and keeps one still picture for all of it", () => {
    expect(picture.html()).not.toMatch(/<script|\son\w+=|https?:/i);
    expect(picture.html().match(/<img/g)).toHaveLength(1);
  });

  test("says in words what each stop shows", () => {
    for (const [name, figure] of stops) expect(picture.description).toContain(`${name}: ${figure.description}`);
  });

  test("escapes names, and refuses too few pictures and a start that there is not", () => {
    const odd = slider([["<b>", line(1)], stops[0]], { label: "a & b" }).html();
    expect(odd).toContain("&lt;b&gt;");
    expect(odd).toContain("a &amp; b");
    expect(() => slider(stops.slice(1, 2), { label: "x" })).toThrow("slider needs at least two pictures, got 1");
    expect(() => slider(stops, { label: "x", start: "4" })).toThrow('slider has no stop "4"; its stops are 2, 3, 5');
  });
});

test.each(Object.entries(sanitizers))("after %s the first picture is left, alone", (_place, sanitize) => {
  const { words, images } = visible(sanitize(picture.html()));
  expect(words).toBe("");
  expect(images).toHaveLength(1);
  expect(images[0]).toContain("3 tokens");
});
