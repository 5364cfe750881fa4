import { describe, expect, it } from "vitest";
import { account, formula } from "../../lib/account/index.js";
import { countParameters, parameterRows, type Transformer, twins } from "../../lib/models/index.js";

const config = { vocabSize: 65, blockSize: 32, nLayer: 3, nHead: 4, dModel: 24 };
const own = (model: Transformer) => account({ model_type: "twinformer", ...model.config });

describe("C2 and A6: the twins' modules allocate what the formula counts", () => {
  it.each([
    [{}],
    [{ bias: true }],
    [{ nExpert: 5, topK: 1, dExpert: 40 }],
    [{ nExpert: 16, topK: 4, bias: true }],
    [{ dHidden: 50, nExpert: 4, topK: 2 }],
  ])(
    "%j",
    async (more) => {
      for (const model of Object.values(twins({ ...config, ...more }))) {
        const counted = own(model);
        const { total, active } = countParameters(model);
        expect([counted.total, counted.active]).toEqual([BigInt(total), BigInt(active)]);
        expect((await formula(counted)).value).toBe(BigInt(total));
        const rows = Object.fromEntries(parameterRows(model).map((row) => [row.component, BigInt(row.total)]));
        expect(counted.byKind.attention).toBe(rows.attention);
        expect(counted.byKind.router).toBe(rows.router ?? 0n);
        expect(counted.byKind.norm).toBe(rows.norms);
        expect(counted.byKind.embedding + counted.byKind.position).toBe(rows.embeddings);
        expect(counted.byKind["feed-forward"] + counted.byKind.expert).toBe(rows["feed-forward"]);
      }
    },
    30_000,
  );

  it("needs what a twin cannot do without", () => {
    expect(() => account({ model_type: "twinformer" })).toThrow("vocabSize is missing");
  });
});
