import { describe, expect, test } from "vitest";
import { queues } from "../../../lib/plot/index.js";
import { geometry, read } from "../read.js";

const rows = [
  { by: "drop", token: "a", expert: 0, status: "kept" },
  { by: "drop", token: " ", expert: 0, status: "kept" },
  { by: "drop", token: "c", expert: 0, status: "dropped" },
  { by: "nextBest", token: "a", expert: 0, status: "kept" },
  { by: "nextBest", token: " ", expert: 0, status: "kept" },
  { by: "nextBest", token: "c", expert: 2, status: "rerouted" },
] as const;
const options = { nExpert: 3, capacity: 2 };
const x = (element: Element) => Number(element.getAttribute("x"));

describe("queues", () => {
  test("has one box a token, in the order of arrival, and one for each empty place", () => {
    const { all, texts } = read(queues(rows, options));
    expect(texts[0]).toBe("With drop 1 of 3 tokens are dropped");
    expect([".kept", ".rerouted", ".dropped", ".empty"].map((name) => all(`svg .policy ${name}`).length)).toEqual([
      4,
      1,
      1,
      4 + 3,
    ]);
    expect(texts.join("")).toContain("a␣c");
  });

  test("leaves whoever was dropped outside, behind the wall of its expert", () => {
    const { all } = read(queues(rows, options));
    const [drop] = all("svg .policy");
    const wall = Number(/^M([\d.]+)/.exec(drop.querySelector(".wall")!.getAttribute("d")!)![1]);
    expect(x(drop.querySelector(".dropped")!)).toBeGreaterThan(wall);
    for (const seat of Array.from(drop.querySelectorAll(".kept"))) expect(x(seat)).toBeLessThan(wall);
  });

  test("has no wall and no empty place without a limit", () => {
    const { all } = read(queues(rows, { nExpert: 3, capacity: { drop: 2, nextBest: null } }));
    const [, free] = all("svg .policy");
    expect(free.querySelector(".wall, .empty")).toBeNull();
  });

  test("sums up each policy in words", () => {
    const figure = queues(rows, options);
    expect(read(figure).texts).toEqual(expect.arrayContaining(["0 rerouted, 1 dropped", "1 rerouted, 0 dropped"]));
    expect(figure.description).toContain(
      "drop: 2 kept, 0 rerouted, 1 dropped; nextBest: 2 kept, 1 rerouted, 0 dropped",
    );
    expect(read(figure).facts).toEqual([
      { by: "drop", experts: 3, capacity: 2, kept: 2, rerouted: 0, dropped: 1 },
      { by: "nextBest", experts: 3, capacity: 2, kept: 2, rerouted: 1, dropped: 0 },
    ]);
  });

  test("stays within its width however long a queue is", () => {
    const many = Array.from({ length: 90 }, () => ({ token: "x", expert: 0, status: "kept" as const }));
    for (const seat of read(queues(many)).all("svg .kept")) expect(x(seat)).toBeLessThan(680);
  });

  test("draws no number that a browser could not read", () => {
    expect(geometry(queues([]))).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("refuses more tokens at an expert than it has places", () => {
    expect(() => queues(rows, { capacity: 1 })).toThrow('expert 0 has 2 tokens in 1 places under "drop"');
  });
});
