import { expect, it } from "vitest";
import { fromArray, noGrad } from "../../lib/index.js";
import { attentionRows, transformer } from "../../lib/models/index.js";

const config = { vocabSize: 11, blockSize: 8, nLayer: 2, nHead: 2, dModel: 8 };

it.each([
  [{}],
  [{ positions: "rotary" as const }],
  [{ positions: "sinusoidal" as const }],
  [{ window: 2 }],
  [{ nExpert: 4 }],
])("%j: the shares are the softmax of q · k / √K over what a token may see, reckoned by hand", (form) => {
  const model = transformer({ ...config, ...form }, { seed: 1 });
  for (const p of model.parameters()) p.storage.f32().forEach((w, i, all) => (all[i] = p.rank > 1 ? 8 * w : w));
  const tokens = [3, 1, 4, 1, 5];
  const T = tokens.length;
  const { attention, norm1 } = model.blocks[0];
  const h = noGrad(() => norm1.forward(model.embed(fromArray(tokens, [1, T], "int32") as never)));
  const rows = attentionRows(model, tokens);
  expect(rows.map(({ layer, head }) => [layer, head])).toEqual([[0, 0], [0, 1], [1, 0], [1, 1]]); // prettier-ignore
  for (const head of [0, 1]) {
    const turned = (layer: { forward(x: never): { toTypedArray(): ArrayLike<number> } }) => {
      const all = noGrad(() => layer.forward(h as never)).toTypedArray();
      const own = Array.from({ length: T }, (_, t) => Array.from({ length: 4 }, (_, k) => all[t * 8 + head * 4 + k]));
      const x = fromArray(own.flat(), [1, 1, T, 4]);
      const y = (attention.rotary?.forward(x) ?? x).toTypedArray();
      return own.map((_, t) => [...y.slice(4 * t, 4 * t + 4)]);
    };
    const [q, k] = [turned(attention.query), turned(attention.key)];
    q.forEach((one, i) => {
      const sees = (j: number) => j <= i && i - j < (model.config.window ?? T);
      const powers = k.map((key, j) => (sees(j) ? Math.exp(key.reduce((s, x, d) => s + x * one[d], 0) / 2) : 0));
      const sum = powers.reduce((a, b) => a + b, 0);
      rows[head].weights[i].forEach((share, j) => expect(share).toBeCloseTo(powers[j] / sum, 4));
    });
  }
});

it("needs a text that the model can read", () => {
  expect(() => attentionRows(transformer(config), [])).toThrow(
    "attentionRows needs from 1 to 8 ids (blockSize), got 0",
  );
});
