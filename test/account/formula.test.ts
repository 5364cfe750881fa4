import { describe, expect, it } from "vitest";
import { account, formula } from "../../lib/account/index.js";
import { rows } from "./rows.js";

const mixtral = account({ model_type: "mixtral" });

describe("the formula", () => {
  it("evaluates to the count, total and active, for every config of every family", async () => {
    for (const { config, expected } of rows) {
      const counted = account(config);
      expect((await formula(counted)).value, JSON.stringify(config)).toBe(BigInt(expected.total as number));
      expect((await formula(counted, "active")).value).toBe(BigInt(expected.active as number));
    }
  }, 60_000);

  it("is written in the config's letters, with its numbers, and names the field behind each letter", async () => {
    const { text, latex, latexInNumbers, letters } = await formula(mixtral);
    expect(text).toBe("L*(2*D + 2*D*H*K + 2*D*H_kv*K + E*D + 3*E*D*F) + 2*V*D + D");
    expect(latex).toBe("L\\,\\left(2\\,D+2\\,D\\,H\\,K+2\\,D\\,H_{kv}\\,K+E\\,D+3\\,E\\,D\\,F\\right)+2\\,V\\,D+D");
    expect(latexInNumbers).toContain("32\\cdot\\left(2\\cdot4{,}096+");
    expect(letters.map(({ letter, field, value }) => [letter, field, Number(value)])).toEqual([
      ["V", "vocab_size", 32000],
      ["D", "hidden_size", 4096],
      ["F", "intermediate_size", 14336],
      ["L", "num_hidden_layers", 32],
      ["H", "num_attention_heads", 32],
      ["H_kv", "num_key_value_heads", 8],
      ["K", "hidden size / heads", 128],
      ["E", "num_local_experts", 8],
    ]);
  });

  it("has k for E where only active experts count", async () => {
    expect((await formula(mixtral, "active")).text).toBe("L*(2*D + 2*D*H*K + 2*D*H_kv*K + E*D + 3*k*D*F) + 2*V*D + D");
  });

  it("is MathML that a browser draws, with the same letters and numbers", async () => {
    const { mathml, mathmlInNumbers } = await formula(mixtral);
    expect(mathml).toMatch(/^<math [^>]*display="block">.*<msub><mi>H<\/mi><mtext>kv<\/mtext><\/msub>.*<\/math>$/);
    expect(mathmlInNumbers).toContain("<mn>32</mn><mo>·</mo><mrow><mo>(</mo><mn>2</mn><mo>·</mo><mn>4,096</mn>");
    for (const markup of [mathml, mathmlInNumbers])
      expect(markup.match(/<m(row|sub|sup)>/g)?.length).toBe(markup.match(/<\/m(row|sub|sup)>/g)?.length);
  });
});
