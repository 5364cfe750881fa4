/** Placing by itself: queues, places and what becomes of those that find none, each by hand. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  capacityOf,
  place,
  placementOrder,
  type QueueOptions,
  selectHash,
  selectTopK,
} from "../../../lib/moe/index.js";
import { sequenceOf } from "../../../lib/moe/capacity/place.js";
import { fixed } from "../../../lib/moe/select/selection.js";

const line: QueueOptions = { queue: "position", order: "slotMajor" };
const scored = (rows: number[][]) => ({ scores: rows.flat(), nToken: rows.length, nExpert: rows[0].length });
const all = scored([[3, 2, 1], [3, 2, 1], [3, 2, 1], [3, 2, 1]]); // prettier-ignore

describe("a queue", () => {
  const order = (rows: number[][], options: Partial<QueueOptions>): number[] => {
    const given = scored(rows);
    return placementOrder(selectTopK(given, 1), given, { ...line, ...options });
  };

  it("by lots goes from the smallest to the largest, equal ones by position", () => {
    const rows = [[1, 0], [1, 0], [1, 0], [1, 0]]; // prettier-ignore
    expect(order(rows, { queue: "random", lots: [0.5, 0.1, 0.5, 0.3] })).toEqual([1, 3, 0, 2]);
    expect(order(rows, { queue: "random", lots: [0.5, 0.5, 0.5, 0.1] })).toEqual([3, 0, 1, 2]);
  });

  it("by probability goes from the largest favorite to the smallest, equal ones by position, infinite ones, too", () => {
    expect(order([[1, 0], [5, 9], [2, 0], [9, 1]], { queue: "probability" })).toEqual([1, 3, 2, 0]); // prettier-ignore
    expect(order([[1, 1], [2, 2], [1, 0], [2, 0]], { queue: "probability" })).toEqual([1, 3, 0, 2]); // prettier-ignore
    const infinite = [[-Infinity, -Infinity], [Infinity, 0], [-Infinity, -Infinity], [Infinity, 0]]; // prettier-ignore
    expect(order(infinite, { queue: "probability" })).toEqual([1, 3, 0, 2]);
  });
});

it("assignments stand in line as two comparisons in turn would put them", () => {
  const input = fc.record({
    scores: fc.array(fc.array(fc.double(), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 12 }),
    topK: fc.integer({ min: 1, max: 3 }),
    queue: fc.constantFrom("position" as const, "probability" as const),
    order: fc.constantFrom("slotMajor" as const, "tokenMajor" as const),
  });
  fc.assert(
    fc.property(input, ({ scores, topK, queue, order }) => {
      const [given, byFirst] = [scored(scores), { queue, order: "slotMajor" as const }];
      const place = placementOrder(selectTopK(given, 1), given, byFirst); // the line of the tokens alone
      const selection = selectTopK(given, topK);
      const { tokens, slots } = selection;
      const [bySlot, byToken] = [(i: number) => slots[i], (i: number) => place.indexOf(tokens[i])];
      const [first, second] = order === "slotMajor" ? [bySlot, byToken] : [byToken, bySlot];
      const expected = Array.from(tokens, (_, i) => i).sort((a, b) => first(a) - first(b) || second(a) - second(b));
      expect(placementOrder(selection, given, { queue, order })).toEqual(expected);
    }),
  );
});

describe("places", () => {
  it("are as many for each expert as one number says, in a batch that is one sequence unless told otherwise", () => {
    const top1 = selectTopK(all, 1);
    const placed = place(top1, all, { ...line, capacity: 2, overflow: "drop" });
    expect([...placed.positions]).toEqual([0, 1, -1, -1]);
    expect([...placed.ranks]).toEqual([0, 0, -1, -1]);
    expect([...placed.experts]).toEqual([0, 0, 0, 0]);
    const parted = place(top1, all, { ...line, capacity: 1, overflow: "drop", sequenceStarts: [0, 1, 1, 4] });
    expect([...parted.positions]).toEqual([0, 0, -1, -1]);
    const each = place(top1, all, { ...line, capacity: [1, 9, 2], overflow: "drop", sequenceStarts: [0, 1, 1, 4] });
    expect([...each.positions]).toEqual([0, 0, 1, -1]);
  });

  it("are without end when dropless, whatever the capacity", () => {
    const placed = place(selectTopK(all, 1), all, { ...line, capacity: 1, overflow: "dropless" });
    expect([...placed.positions]).toEqual([0, 1, 2, 3]);
  });

  it("are not for those that are skipped: no position, no rank", () => {
    const selection = { ...selectTopK(all, 2), skipped: Uint8Array.from([0, 1, 0, 0, 0, 0, 0, 1]) };
    const placed = place(selection, all, { ...line, capacity: 2, overflow: "drop" });
    expect([...placed.positions]).toEqual([0, -1, 1, 0, -1, 1, -1, -1]);
    expect([...placed.ranks]).toEqual([0, -1, 0, 1, -1, 1, -1, -1]);
  });

  it("next best may be the token's favorite, where it was not the first to be asked", () => {
    const selection = fixed(4, 1, () => [1]);
    const placed = place(selection, all, { ...line, capacity: 1, overflow: "nextBest" });
    expect([...placed.experts]).toEqual([1, 0, 2, 1]);
    expect([...placed.positions]).toEqual([0, 0, 0, -1]);
    expect([...placed.ranks]).toEqual([0, 0, 2, -1]);
    const hashed = place(selectHash([5, 5, 5, 5], 3, 1), all, { ...line, capacity: 1, overflow: "nextBest" });
    expect([...hashed.positions]).toEqual([0, 0, 0, -1]);
  });

  it("belong to the sequence that a token lies in", () => {
    expect([...sequenceOf([0, 2, 2, 5], 5)]).toEqual([0, 0, 2, 2, 2]);
    expect([...sequenceOf([0], 0)]).toEqual([]);
  });
});

it.each([
  [1, 1, 1e21, 1e21],
  [6, 3, 2.5e22, 5e22],
  [3, 2, 1e-300, 1],
  [1, 3, Number.MIN_VALUE, 1],
  [0, 3, 1.5, 1],
  [4, 2, 0, 1],
])(
  "the capacity for %d assignments to %d experts at a factor of %d, as it is written, is %d",
  (m, e, factor, places) => {
    expect(capacityOf(m, e, factor)).toBe(places);
  },
);
