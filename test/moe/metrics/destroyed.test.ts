import { expect, test } from "vitest";
import { fromArray, Generator, noGrad, randn } from "../../../lib/index.js";
import { MoE, withDestroyedExperts } from "../../../lib/moe/index.js";
import { transformer } from "../../../lib/models/index.js";

const sizes = { vocabSize: 11, blockSize: 8, nLayer: 2, nHead: 1, dModel: 8, gated: true };
const model = transformer({ ...sizes, nExpert: 4, topK: 2 }, { seed: 1 });
const ids = fromArray([1, 2, 3], [3, 1], "int32");
const ask = () => noGrad(() => model.forward(ids));
const used = ask().routings.map(({ experts }) => new Set(experts));
const others = used.map((own) => [0, 1, 2, 3].filter((expert) => !own.has(expert)));
const numbers = (x: { toTypedArray(): ArrayLike<number> }) => Array.from(x.toTypedArray());

test("experts that nobody chose may be destroyed: no digit changes; and the model is whole again", () => {
  const before = model.stateDict();
  const few = [0, 1].map((layer) => [...used[layer]][0]);
  expect(numbers(withDestroyedExperts(model, others, ask).logits)).toEqual(numbers(ask().logits));
  const lost = withDestroyedExperts(model, [[few[0]], []], ask);
  expect(numbers(lost.logits).some(Number.isNaN)).toBe(true);
  expect(model.stateDict()).toEqual(before);
});

test("only tokens that are sent to a destroyed expert lose their answer", () => {
  const layer = new MoE(8, 16, { nExpert: 4, topK: 1, rng: new Generator(2) });
  const x = randn([32, 8], new Generator(3));
  const chosen = noGrad(() => layer.router.forward(x)).experts;
  const rows = numbers(withDestroyedExperts(layer, [[1]], () => noGrad(() => layer.forward(x))));
  expect(new Set(chosen).size).toBeGreaterThan(1);
  for (let n = 0; n < 32; n++) expect(rows.slice(8 * n, 8 * n + 8).some(Number.isNaN)).toBe(chosen[n] === 1);
});

test("refuses lists that do not fit the model, and restores it where the body throws", () => {
  const before = model.stateDict();
  expect(() => withDestroyedExperts(model, [[0]], ask)).toThrow("the model has 2 routers and needs as many lists of experts, got 1"); // prettier-ignore
  expect(() => withDestroyedExperts(model, [[4], []], ask)).toThrow("expert of list 0");
  expect(() =>
    withDestroyedExperts(model, [[0], [1]], () => {
      throw new Error("own");
    }),
  ).toThrow("own");
  expect(model.stateDict()).toEqual(before);
});
