import { describe, expect, it } from "vitest";
import { fromArray } from "../../../lib/index.js";
import { route, type RouterConfig } from "../../../lib/moe/index.js";

describe("logits so far apart that float32 scores are equal", () => {
  const logits = fromArray([-300, 0, -200, -150, 0, -300, -150, -200], [2, 4]);
  it.each([
    [{ select: "topK" }],
    [{ select: "gshard", secondExpert: "all" }],
    [{ select: "groupLimited", nGroup: 1 }],
    [{ select: "topK", ties: "spread" }],
    [{ select: "topK", score: "cosine" }],
  ] as [Partial<RouterConfig>][])("%j ranks by the logits", (config) => {
    expect([...route(logits, { topK: 2, ...config }).experts]).toEqual([1, 3, 0, 2]);
  });

  it("so do sigmoids that are all 1, the groups of the best expert, and the next best", () => {
    const high = fromArray([40, 50, 60, 70], [1, 4]);
    expect([...route(high, { topK: 2, score: "sigmoid" }).experts]).toEqual([3, 2]);
    const groups = { select: "groupLimited", topK: 1, nGroup: 2, groupScore: "max", score: "sigmoid" } as const;
    expect([...route(high, groups).experts]).toEqual([3]);
    const full = fromArray([0, -300, -200, -250, 0, -300, -200, -250], [2, 4]);
    const next = route(full, { topK: 1, capacityFactor: 1, overflow: "nextBest" }, { capacity: 1 });
    expect([...next.experts]).toEqual([0, 2]);
  });
});
