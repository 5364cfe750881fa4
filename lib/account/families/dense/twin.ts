import { modelConfig, type ModelConfig } from "../../../config/model.js";
import { activeExperts, routerBuffers, routerShapes } from "../../../config/router/defaults.js";
import type { Family } from "../../architecture.js";
import { ConfigError } from "../../config/errors.js";
import type { Fields } from "../../config/fields.js";
import { groupedCache } from "../../pieces/attention.js";
import { decoder, layers, perHead } from "../../pieces/decoder.js";
import { type Experts, mixture, mlp } from "../../pieces/feedForward.js";
import { buffer, group, type Kind, layerNorm, linear, type Part, rmsNorm, table, weight } from "../../part.js";
import { ONE, type Size } from "../../size.js";

/** The twins of twinformer/models, from their own config: { model_type: "twinformer", ...model.config }. What that leaves out has the
 *  twins' own defaults, and what they refuse is refused. nExpert 0 is the dense twin.
 *  Source: lib/models/transformer.ts, lib/moe/moe.ts. */
export const twin: Family = (c) => {
  const V = c.size("V", "vocabSize", null);
  const T = c.size("T", "blockSize", null);
  const D = c.size("D", "dModel", null);
  const L = c.depth("L", "nLayer", null);
  const H = c.size("H", "nHead", null);
  const config = configOf(c);
  const { bias } = config;
  const norm = (name: string): Part[] =>
    ({ rmsNorm: () => rmsNorm(name, D), layerNorm: () => layerNorm(name, D, bias), none: () => [] })[
      config.normalization
    ]();
  /** A feed-forward network or an expert, from and to the width d. */
  const network = (d: Size, F: Size, kind: Kind): Part[] => [
    ...(config.gated ? linear("gate", kind, F, d, bias) : []),
    ...mlp(["up", "down"], d, F, bias, kind),
  ];
  const moe = config.nExpert > 0 ? expertsOf(c, config) : null;
  const feedForward = moe
    ? mixture(moe.experts, {
        name: "feedForward",
        router: routerParts(c, config, moe.experts, { V, D }),
        expert: network(moe.C ?? D, moe.F, "expert"),
        latent: moe.C
          ? [weight("toLatent.weight", "expert", moe.C, D), weight("fromLatent.weight", "expert", D, moe.C)]
          : [],
        // Shared experts lie side by side: one network as wide as all of them, whose output has one bias.
        shared: moe.shared ? [group("shared", network(D, moe.F.times(moe.shared), "shared expert"))] : [],
      })
    : group(
        "feedForward",
        network(
          D,
          c.sizeOr("F", "dHidden", () => D.times(4)),
          "feed-forward",
        ),
      );
  return decoder(c, {
    V,
    D,
    embedding: "tokens",
    more: config.positions === "learned" ? [weight("positions.weight", "position", T, D)] : [],
    layers: layers(
      "blocks",
      L,
      norm("norm1"),
      group("attention", ...["query", "key", "value", "out"].map((name) => linear(name, "attention", D, D, bias))),
      norm("norm2"),
      feedForward,
    ),
    norm: norm("norm"),
    tied: true,
    depth: L,
    caches: [groupedCache({ H, Hkv: H, K: perHead(c, D, H) }, L, config.window)],
    ...(moe ? { moe: { layers: L, experts: moe.experts, shared: config.nSharedExpert } } : {}),
  });
};

/** The whole config, as the twins read it. */
function configOf(c: Fields): ModelConfig {
  const { model_type: _, ...input } = c.values;
  try {
    return modelConfig(input as unknown as ModelConfig);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigError(`${c.file}: ${error.message.replace(/^model config: /, "")}`);
  }
}

interface TwinExperts {
  experts: Experts;
  /** Width of one expert. */
  F: Size;
  shared: Size | null;
  /** Width in which the experts work, where it is not that of the model. */
  C: Size | null;
}

function expertsOf(c: Fields, config: ModelConfig): TwinExperts {
  const { nExpert, topK, dExpert, nSharedExpert, dLatent } = config;
  const active = activeExperts(config, nExpert);
  return {
    experts: {
      E: c.size("E", "nExpert", nExpert),
      k: active === topK ? c.size("k", "topK", topK) : c.derive("k", "experts that work on a token", active),
    },
    F: c.size("F_e", "dExpert", dExpert),
    shared: nSharedExpert > 0 ? c.size("S", "nSharedExpert", nSharedExpert) : null,
    C: dLatent === null ? null : c.size("C", "dLatent", dLatent),
  };
}

/** What the router learns, and what it keeps: the shapes are those that the router itself is made of. */
function routerParts(c: Fields, config: ModelConfig, { E, k: K }: Experts, { V, D }: Record<"V" | "D", Size>): Part[] {
  const slots = config.select === "soft" ? c.size("N_s", "nSlot", config.nSlot) : ONE;
  const { nNullExpert } = config;
  const scored = nNullExpert > 0 ? E.plus(c.size("Z", "nNullExpert", nNullExpert)) : E;
  const learned = routerShapes(config, { E: scored, D, "E·S": E.times(slots) });
  const { selectionBias, state } = routerBuffers(config, { V, E: scored, K });
  return [
    ...Object.entries(learned).flatMap(([name, shape]) =>
      shape ? [(name === "noiseWeight" ? table : weight)(`router.${name}`, "router", ...shape)] : [],
    ),
    ...(selectionBias ? [buffer("router.selectionBias", "router", ...selectionBias)] : []),
    ...Object.entries(state).map(([name, shape]) => buffer(`router.state.${name}`, "router", ...shape)),
  ];
}
