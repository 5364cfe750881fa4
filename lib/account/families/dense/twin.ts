import type { Family } from "../../architecture.js";
import { groupedCache } from "../../pieces/attention.js";
import { decoder, layers, perHead } from "../../pieces/decoder.js";
import { mixture, mlp, router } from "../../pieces/feedForward.js";
import { group, layerNorm, linear, weight } from "../../part.js";

/** The twins of twinformer/models, from their own config: { model_type: "twinformer", ...model.config }.
 *  nExpert 0 is the dense twin. Source: lib/models/transformer.ts, lib/moe/experts.ts. */
export const twin: Family = (c) => {
  const V = c.size("V", "vocabSize", null);
  const T = c.size("T", "blockSize", null);
  const D = c.size("D", "dModel", null);
  const L = c.depth("L", "nLayer", null);
  const H = c.size("H", "nHead", null);
  const bias = c.flag("bias", false);
  const nExpert = c.number("nExpert", 0);
  const E = nExpert > 0 ? c.size("E", "nExpert", null) : null;
  const k = c.size("k", "topK", nExpert > 1 ? 2 : 1);
  if (E && k.value > E.value) c.fail("topK", `must be at most nExpert ${E.value}, got ${k.value}`);

  const dense = () =>
    group(
      "feedForward",
      mlp(
        ["up", "down"],
        D,
        c.sizeOr("F", "dHidden", () => D.times(4)),
        bias,
      ),
    );
  const experts = (E_: NonNullable<typeof E>) => {
    const width = c.number("dHidden", 4 * Number(D.value)) / Number(k.value);
    const F = c.size("F_e", "dExpert", Math.floor(width));
    return mixture(
      { E: E_, k },
      { name: "feedForward", router: router(E_, D, "router"), expert: mlp(["up", "down"], D, F, bias, "expert") },
    );
  };
  return decoder(c, {
    V,
    D,
    embedding: "tokens",
    more: [weight("positions.weight", "position", T, D)],
    layers: layers(
      "blocks",
      L,
      layerNorm("norm1", D, bias),
      group("attention", ...["query", "key", "value", "out"].map((name) => linear(name, "attention", D, D, bias))),
      layerNorm("norm2", D, bias),
      E ? experts(E) : dense(),
    ),
    norm: layerNorm("norm", D, bias),
    tied: true,
    depth: L,
    caches: [groupedCache({ D, H, Hkv: H, K: perHead(c, D, H) }, L)],
    ...(E ? { moe: { layers: L, experts: { E, k }, shared: 0 } } : {}),
  });
};
