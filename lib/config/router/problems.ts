/** What does not make sense in a router config, in one sentence. */

import { complaint } from "../options.js";
import { balanceFactors, routerDefaults, routerFields } from "./defaults.js";
import { balanceNames, factorIn, isLimited, options, type RouterConfig } from "./fields.js";
import { factsOf, type SelectionFacts, selections } from "./selections.js";

/** The first thing that does not make sense, in a sentence; null for a config that does.
 *  @param nExpert 0 for a dense model: then only the fields themselves are checked */
export function routerProblem(config: RouterConfig, nExpert: number): string | null {
  return values(config, nExpert) ?? (nExpert > 0 ? (without(config, nExpert) ?? combinations(config, nExpert)) : null);
}

type Check = readonly [ok: boolean, sentence: string];
const firstOf = (checks: readonly Check[]): string | null => checks.find(([ok]) => !ok)?.[1] ?? null;

/** Each field for itself. */
function values(config: RouterConfig, nExpert: number): string | null {
  for (const name of routerFields) {
    const wrong = complaint(name, config[name], options[name]);
    if (wrong) return wrong; // what follows may rely on every field's type
  }
  const { balance, topK } = config;
  const terms = typeof balance === "number" ? {} : balance;
  const unknown = Object.keys(terms).find((name) => !(balanceNames as readonly string[]).includes(name));
  const wrong = Object.entries(balanceFactors(balance)).find(([, n]) => !(Number.isFinite(n) && n >= 0));
  return firstOf([
    [topK <= nExpert || nExpert === 0, `topK ${topK} must not exceed nExpert ${nExpert}`],
    [unknown === undefined, `balance has no term "${unknown}"; the terms are ${balanceNames.join(", ")}`],
    [wrong === undefined, `balance.${wrong?.[0]} must be a number from 0, got ${wrong?.[1]}`],
  ]);
}

/** Options that the selection has no use for. */
function without(config: RouterConfig, nExpert: number): string | null {
  const { select } = config;
  const neutral = routerDefaults({ select, topK: config.topK }, nExpert);
  const isSet = (name: keyof RouterConfig): boolean => {
    if (name === "balance") return Object.keys(balanceFactors(config.balance)).length > 0;
    return name === "capacityFactor" ? isLimited(config) : config[name] !== neutral[name];
  };
  return firstOf(
    routerFields.flatMap((name): Check[] => {
      const sentence = factsOf(select).without?.[name];
      return sentence ? [[!isSet(name), sentence(`select "${select}"`, config[name] as string)]] : [];
    }),
  );
}

/** Fields against each other. */
function combinations(c: RouterConfig, nExpert: number): string | null {
  const { select, topK, overflow } = c;
  const facts = factsOf(select);
  const factors = balanceFactors(c.balance);
  const named = `select "${select}"`;
  const limited = isLimited(c);
  const factor = c.capacityFactor ?? factorIn(false, c);
  const queued = c.queue !== "position" || c.order !== "slotMajor" || c.minCapacity !== 1;
  const [only, why] = facts.topK ?? [topK, ""];
  const neutral = routerDefaults({ select, topK }, nExpert);
  const owned = Object.entries<SelectionFacts>(selections).map(([owner, { owns = [] }]): Check => [
    owner === select || owns.every((name) => c[name] === neutral[name]),
    `${owns.join(" and ")} have an effect with select "${owner}" alone, not with ${named}`,
  ]);
  const own = facts.problem?.(c, nExpert) ?? null;
  return firstOf([
    [topK === only, `${named} ${why}: use topK ${only}, got ${topK}`],
    ...owned,
    [own === null, own ?? ""],
    [
      factors.bias === undefined || facts.biased !== undefined,
      `balance.bias shifts the scores that "topK" and "groupLimited" compare; ${named} has no use for it`,
    ],
    [
      factors.quantile === undefined || facts.biased === "quantile",
      `balance.quantile needs each token to take the K best of all experts, as "topK" does; ${named} has no use for it`,
    ],
    [
      factors.quantile === undefined || factors.bias === undefined,
      "balance.bias and balance.quantile both move the selection bias: give one of them",
    ],
    [(factors.quantile ?? 0) <= 1, `balance.quantile is a share of the way, at most 1, got ${factors.quantile}`],
    [
      factors.load === undefined || c.noise === "learned" || c.noise === "normal",
      `balance.load is the chance to be chosen under noise: it needs noise "learned" or "normal", got "${c.noise}"`,
    ],
    [
      (factors.load ?? factors.sequence) === undefined || !facts.varies,
      `balance.load and balance.sequence need the same number of experts for every token, which ${named} does not give`,
    ],
    [
      c.nullExpert === "identity" || c.nNullExpert > 0,
      `nullExpert "${c.nullExpert}" is what null experts give back, and there are none: give nNullExpert`,
    ],
    [
      c.noise === "none" || c.noiseScale > 0,
      `noise "${c.noise}" of noiseScale 0 would change nothing: give noiseScale, or use noise "none"`,
    ],
    [
      limited || overflow === "dropless",
      `overflow "${overflow}" needs a limit to flow over: give capacityFactor, or use overflow "dropless"`,
    ],
    [
      !limited || overflow !== "dropless" || select === "expertChoice",
      `capacityFactor ${factor} limits nothing with overflow "dropless": use "drop" or "nextBest", or capacityFactor null`,
    ],
    [
      overflow !== "nextBest" || facts.weight !== null,
      `${named} ranks no experts, so there is no next-best one: use overflow "drop"`,
    ],
    [
      limited ||
        select === "expertChoice" ||
        !(queued || (c.capacityPer === "sequence" && (!facts.dependsOnBatch || facts.perSequence))),
      "queue, order, minCapacity and capacityPer have an effect only where places are limited: give capacityFactor",
    ],
  ]);
}
