/** What the report of the trained models is said to show, each sentence with whether it holds. */

import { collapseCriteria } from "../../lib/train/labs/collapse.js";
import type { Finding } from "../labs/findings.js";
import type { ByDomain, ModelReport, Report } from "./measure.js";

const lower = (a: ByDomain, b: ByDomain): string[] => Object.keys(a).filter((domain) => !(a[domain] < b[domain]));

const mean = (numbers: ByDomain): number =>
  Object.values(numbers).reduce((sum, x) => sum + x, 0) / Object.values(numbers).length;

/** Validation loss less training loss, nats per token: the mean over the domains. */
export const gap = ({ validationLoss, trainLoss }: ModelReport): number => mean(validationLoss) - mean(trainLoss);

/** The same of each domain. */
const gaps = ({ validationLoss, trainLoss }: ModelReport): number[] =>
  Object.keys(validationLoss).map((domain) => validationLoss[domain] - trainLoss[domain]);

/** Layers that work as if they had a quarter of their experts or fewer, and those at three quarters or more. */
export function layersByLoad({ experts }: ModelReport): { collapsed: number[]; even: number[] } {
  const layers = (experts?.effective ?? []).map((effective, layer) => ({
    layer,
    share: effective / experts!.load[layer].length,
  }));
  return {
    collapsed: layers.filter(({ share }) => share <= collapseCriteria.collapsedAt).map(({ layer }) => layer),
    even: layers.filter(({ share }) => share >= collapseCriteria.evenAt).map(({ layer }) => layer),
  };
}

/** Layers in which expert and domain share more information than in 95 % of the shuffles. */
export const specializedLayers = ({ experts }: ModelReport): number[] =>
  (experts?.specialization ?? [])
    .filter(({ domain, domainByChance }) => domain > domainByChance.high)
    .map(({ layer }) => layer);

/** What makes a model one that has learned must hold; the rest is reported either way. */
export interface Learned extends Finding {
  must: boolean;
}

export function reportFindings({ models, baselines }: Report): Learned[] {
  const found: Learned[] = [];
  for (const name of ["dense", "moe"] as const) {
    const own = models[name];
    for (const [baseline, said] of [
      ["fiveGram", "a 5-gram model of characters"],
      ["fiveGramOfTokens", "a 5-gram model of the same tokens"],
      ["xz", "xz -9"],
    ] as const) {
      const failed = lower(own.bitsPerByte, baselines[baseline]);
      found.push({
        says: `${name} needs fewer bits per byte than ${said} in each domain`,
        holds: failed.length === 0,
        must: baseline !== "fiveGramOfTokens",
      });
    }
    found.push({
      says: `${name}: validation loss is within 0.1 nats of training loss, on average over the domains`,
      holds: Math.abs(gap(own)) < 0.1,
      must: true,
    });
    found.push({
      says: `${name}: the same in each domain`,
      holds: gaps(own).every((each) => Math.abs(each) < 0.1),
      must: false,
    });
  }
  const better = lower(models.moe.bitsPerByte, models.dense.bitsPerByte);
  found.push({
    says: "moe needs fewer bits per byte than its dense twin in each domain",
    holds: better.length === 0,
    must: false,
  });
  for (const name of ["moe", "unbalanced"] as const)
    if (models[name])
      found.push({
        says: `${name}: expert and domain share more information than after shuffling, in at least two layers`,
        holds: specializedLayers(models[name]).length >= 2,
        must: false,
      });
  if (models.unbalanced)
    found.push({
      says: `unbalanced: without anything that balances it, a layer collapsed (to a quarter of its experts' worth or less)`,
      holds: layersByLoad(models.unbalanced).collapsed.length > 0,
      must: false,
    });
  return found;
}
