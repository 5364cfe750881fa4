/** The fixed number that hashing and spread ties go by: models that were saved rely on it. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { selectHash } from "../../../lib/moe/index.js";
import { selectTopK } from "../../../lib/moe/select/topK.js";
import { shuffled } from "../../../lib/moe/select/selection.js";

const BITS = 2n ** 32n;
/** The last step of MurmurHash3, in integers of any size: https://github.com/aappleby/smhasher, fmix32. */
function fmix32(bits: bigint): bigint {
  let h = bits;
  h = ((h ^ (h / 2n ** 16n)) * 0x85ebca6bn) % BITS;
  h = ((h ^ (h / 2n ** 13n)) * 0xc2b2ae35n) % BITS;
  return h ^ (h / 2n ** 16n);
}
const wanted = (place: number, expert: number): number =>
  Number(fmix32(((BigInt(place + 1) * 0x9e3779b1n) % BITS) ^ ((BigInt(expert + 1) * 0x85ebca77n) % BITS)));

it("is MurmurHash3's last step of the two numbers, each times a large odd one", () => {
  expect(fmix32(1n)).toBe(0x514e28b7n); // known of fmix32
  fc.assert(
    fc.property(fc.nat(2 ** 31 - 2), fc.nat(10_000), (place, expert) => {
      expect(shuffled(place, expert)).toBe(wanted(place, expert));
    }),
  );
  expect(shuffled(0, 0)).toBe(wanted(0, 0));
});

it("orders the experts of a token id, and those of a place in the text where they are equal", () => {
  const order = (place: number): number[] => [0, 1, 2, 3, 4, 5].sort((a, b) => wanted(place, a) - wanted(place, b));
  const ids = [7, 0, 123, 99_999, 7];
  const hashed = selectHash(ids, 6, 3);
  expect(hashed.experts).toEqual(Int32Array.from(ids.flatMap((id) => order(id).slice(0, 3))));
  const even = { scores: new Float64Array(12), nToken: 2, nExpert: 6, ties: "spread" } as const;
  expect([...selectTopK(even, 6).experts]).toEqual([...order(0), ...order(1)]);
  expect([...selectTopK({ ...even, textPositions: [40, 3] }, 6).experts]).toEqual([...order(40), ...order(3)]);
});
