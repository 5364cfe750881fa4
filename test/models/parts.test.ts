import { describe, expect, test } from "vitest";
import { fromArray } from "../../lib/index.js";
import { transformer } from "../../lib/models/index.js";
import { type WorkPart, workParts } from "../../lib/moe/index.js";

const config = { vocabSize: 11, blockSize: 8, nLayer: 2, nHead: 2, dModel: 8 };
const ids = fromArray([1, 2, 3, 4, 5, 6], [2, 3], "int32");

describe("the parts of a forward pass are told as they are done", () => {
  test.each<[string, object, WorkPart[]]>([
    ["dense", {}, ["attention", "feed-forward"]],
    ["MoE", { nExpert: 4 }, ["attention", "route", "sort", "gather", "products", "combine", "feed-forward"]],
  ])("%s: in their order, once a layer, and nothing else changes", (_, more, inLayer) => {
    const model = transformer({ ...config, ...more });
    const told: WorkPart[] = [];
    const { logits } = model.forward(ids, { onPart: (part) => told.push(part) });
    expect(told).toEqual(["embedding", ...inLayer, ...inLayer, "head"]);
    expect([...new Set(told)]).toEqual(workParts.filter((part) => told.includes(part)));
    expect(logits.toTypedArray()).toEqual(model.forward(ids).logits.toTypedArray());
  });
});
