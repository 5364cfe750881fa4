/** What a model is, in a sentence or two that somebody understands who was never here. All numbers are counted. */

import { type Account, grouped, percent, rounded } from "twinformer/account";
import { isEncoder, isMixture, isPair, type Subject } from "./subject.js";

/** "mixture of experts", "dense encoder". */
export function kindOf(counted: Account): string {
  const form = isPair(counted) ? "encoder and decoder" : isEncoder(counted) ? "encoder" : "transformer";
  if (counted.caches.some((cache) => cache.form === "state"))
    return isMixture(counted) ? "hybrid with a mixture of experts" : "hybrid";
  if (!isMixture(counted)) return `dense ${form}`;
  return isPair(counted) ? "mixture of experts with encoder and decoder" : "mixture of experts";
}

export const shareOf = ({ active, total }: Account): number => Number(active) / Number(total);

export function leadOf({ name, counted, model }: Subject): string {
  const by = model?.hub ? ` (${model.hub} on Hugging Face)` : "";
  if (!counted)
    return `${name} is a language model of which neither the size nor the architecture is published, so nothing can be counted.`;
  const { total, active, oneExpert } = counted;
  const first = `${name}${by} is a ${kindOf(counted)} with ${grouped(total)} parameters`;
  if (!isMixture(counted)) return `${first}, all of which work on every token.`;
  const of = `${grouped(active)} of them (${percent(shareOf(counted))}) work on any one token, the rest waits for other tokens`;
  return `${first}; ${of}. One of its experts has ${grouped(oneExpert)} parameters.`;
}

/** How the experts are chosen; "" for a dense model. */
export function routingOf(counted: Account): string {
  const { experts, layers, moeLayers } = counted;
  if (moeLayers === 0) return "";
  const where = moeLayers === layers ? `each of its ${layers} layers` : `${moeLayers} of its ${layers} layers`;
  const rest =
    experts.shared > 0 ? `; ${experts.shared} more ${experts.shared === 1 ? "works" : "work"} on every token` : "";
  return `In ${where} a router sends a token to ${experts.topK} of ${grouped(experts.total)} experts${rest}.`;
}

/** At most 160 letters or so, for search engines and cards. */
export function descriptionOf({ name, counted }: Subject): string {
  if (!counted) return `${name}: neither size nor architecture is published. What is known, and where it is said.`;
  const all = `${name}: ${rounded(counted.total)} parameters`;
  const work = isMixture(counted)
    ? `, ${rounded(counted.active)} (${percent(shareOf(counted))}) active for a token`
    : ", all of them active";
  return `${all}${work}. Memory by number format, cache of long texts, training, and the devices that hold it, counted from its config.`;
}
