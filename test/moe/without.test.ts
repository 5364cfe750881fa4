import fc from "fast-check";
import { expect, test } from "vitest";
import { transformer } from "../../lib/models/twins.js";
import { routersIn } from "../../lib/moe/balance/selectionBias.js";
import { route } from "../../lib/moe/route.js";
import { withoutExperts } from "../../lib/moe/metrics/without.js";
import { tensor } from "../../lib/tensor/index.js";
import { read } from "../../lib/tensor/tensor.js";
import { fromArray } from "../../lib/tensor/create.js";

test("routing without some experts is the routing of a router that never had them", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 3, max: 7 }).chain((E) =>
        fc.record({
          E: fc.constant(E),
          off: fc.uniqueArray(fc.integer({ min: 0, max: E - 1 }), { maxLength: E - 2 }),
          z: fc.array(fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: E, maxLength: E }), {
            minLength: 1,
            maxLength: 9,
          }),
        }),
      ),
      fc.constantFrom(1, 2),
      fc.boolean(),
      ({ E, off, z }, topK, training) => {
        const left = Array.from({ length: E }, (_, e) => e).filter((e) => !off.includes(e));
        const config = { topK, renormalize: true };
        const without = route(tensor(z), config, { off, training });
        const never = route(tensor(z.map((row) => left.map((e) => row[e]))), config, { training });
        expect(Array.from(without.experts)).toEqual(Array.from(never.experts, (e) => left[e]));
        const [a, b] = [read(without.weights), read(never.weights)];
        a.forEach((weight, i) => expect(weight).toBeCloseTo(b[i], 5));
      },
    ),
  );
});

test("an expert that is off sits out with expert dropout, too, and enough experts are left", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 999 }), (off, seed) => {
      const model = transformer(
        { vocabSize: 9, blockSize: 8, nLayer: 2, nHead: 1, dModel: 8, nExpert: 6, topK: 2, expertDropout: 0.9 },
        { seed },
      );
      model.train();
      const ids = fromArray(Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8), [1, 8], "int32");
      const { routings } = withoutExperts(model, [[off], []], () => model.forward(ids));
      expect(routings[0].load[off]).toBe(0);
      expect(routings.map(({ experts }) => experts.length)).toEqual([16, 16]);
    }),
    { numRuns: 40 },
  );
});

test("afterwards the model is as before, even if the body throws", () => {
  const model = transformer({ vocabSize: 9, blockSize: 8, nLayer: 2, nHead: 1, dModel: 8, nExpert: 4 });
  const ids = fromArray(Int32Array.of(1, 2, 3), [1, 3], "int32");
  const before = Array.from(read(model.forward(ids).logits));
  expect(() =>
    withoutExperts(model, [[0], [1]], () => {
      throw new Error("stop");
    }),
  ).toThrow("stop");
  expect(routersIn(model).map(({ off }) => off)).toEqual([[], []]);
  const without = withoutExperts(model, [[0], [1]], () => Array.from(read(model.forward(ids).logits)));
  expect(without).not.toEqual(before);
  expect(Array.from(read(model.forward(ids).logits))).toEqual(before);
});

test("what cannot be switched off is refused in a sentence", () => {
  const shape = { vocabSize: 9, blockSize: 8, nLayer: 1, nHead: 1, dModel: 8, nExpert: 4 } as const;
  const ids = fromArray(Int32Array.of(1, 2, 3), [1, 3], "int32");
  const off = (config: object, lists: number[][]): (() => unknown) => {
    const model = transformer({ ...shape, ...config });
    return () => withoutExperts(model, lists, () => model.forward(ids));
  };
  expect(off({}, [])).toThrow("withoutExperts: the model has 1 routers and needs as many lists of experts, got 0");
  expect(off({}, [[0, 1, 2]])).toThrow("router: 1 experts are left, but each token needs 2 (topK)");
  expect(off({}, [[4]])).toThrow("off[0] must be an integer from 0 to below 4, got 4");
  expect(off({ nExpert: 0 }, [[0]])).toThrow("the model has 0 routers");
  for (const select of ["hash", "random", "expertChoice"])
    expect(off({ select, balance: 0, topK: select === "hash" ? 1 : 2 }, [[0]])).toThrow(
      `select "${select}" cannot switch an expert off`,
    );
});
