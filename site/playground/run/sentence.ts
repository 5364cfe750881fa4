/** How the MoE twin routes a sentence of the reader's, with the capacity that it trains with and without noise. */

import { type Assignment, effectiveExperts, type Routing, type Status } from "twinformer/moe";
import type { Transformer } from "twinformer/models";
import type { Tokenizer } from "twinformer/data";
import { fromArray, noGrad } from "twinformer";

/** Where a token went in one layer: its experts, the one with the largest weight first. Refused ones name the full expert. */
export interface Visit {
  readonly experts: readonly number[];
  readonly weights: readonly number[];
  readonly statuses: readonly Status[];
}

export interface Routed {
  readonly tokens: readonly string[];
  /** [L][T] */
  readonly layers: readonly (readonly Visit[])[];
  /** [L] how many equally busy experts the sentence amounts to. */
  readonly effective: readonly number[];
}

const statuses: readonly Status[] = ["kept", "rerouted", "dropped", "skipped"];

/** The same in few bytes, for the film: of each layer the visits of all tokens in one row. */
export interface PackedRouted extends Omit<Routed, "layers"> {
  readonly layers: readonly {
    /** [T + 1] where the visits of each token begin. */
    readonly starts: Uint16Array;
    readonly experts: Uint8Array;
    readonly weights: Float32Array;
    readonly statuses: Uint8Array;
  }[];
}

export function pack({ layers, ...rest }: Routed): PackedRouted {
  const packed = layers.map((visits) => {
    const starts = new Uint16Array(visits.length + 1);
    visits.forEach(({ experts }, n) => (starts[n + 1] = starts[n] + experts.length));
    return {
      starts,
      experts: Uint8Array.from(visits.flatMap(({ experts }) => experts)),
      weights: Float32Array.from(visits.flatMap(({ weights }) => weights)),
      statuses: Uint8Array.from(visits.flatMap((visit) => visit.statuses.map((one) => statuses.indexOf(one)))),
    };
  });
  return { ...rest, layers: packed };
}

export function unpack({ layers, ...rest }: PackedRouted): Routed {
  const visits = layers.map(({ starts, experts, weights, statuses: codes }) =>
    Array.from({ length: starts.length - 1 }, (_, n): Visit => {
      const of = <T>(all: { slice(from: number, to: number): ArrayLike<T> }): T[] =>
        Array.from(all.slice(starts[n], starts[n + 1]));
      return { experts: of(experts), weights: of(weights), statuses: of(codes).map((code) => statuses[code]) };
    }),
  );
  return { ...rest, layers: visits };
}

/** The part of a text that the model can read: characters that it knows, at most `blockSize` of them; and what was left out, in words. */
export function readable(text: string, tokenizer: Tokenizer, most: number): { text: string; note: string } {
  const known = new Set(tokenizer.vocabulary);
  const all = Array.from(text);
  const kept = all.filter((one) => known.has(one));
  const strange = [...new Set(all.filter((one) => !known.has(one)))];
  const notes = [
    strange.length > 0 ? `left out, as the text that it learns from has none: ${strange.map(quoted).join(" ")}` : "",
    kept.length > most ? `only the first ${most} characters fit into its context` : "",
  ];
  return { text: kept.slice(0, most).join(""), note: notes.filter(Boolean).join("; ") };
}

const quoted = (one: string): string => `“${one}”`;

/** @param text that the tokenizer can read; empty for none */
export function routeSentence(model: Transformer, tokenizer: Tokenizer, text: string): Routed {
  if (text === "") return { tokens: [], layers: [], effective: [] };
  const ids = tokenizer.encode(text);
  const wasTraining = model.training;
  model.eval();
  const layers = noGrad(() => model.forward(fromArray(ids, [1, ids.length], "int32")).routings.map(visitsOf));
  const effective = layers.map((visits) => effectiveExperts(countsOf(visits, model.config.nExpert)));
  if (wasTraining) model.train();
  return { tokens: Array.from(ids, (id) => tokenizer.vocabulary[id]), layers, effective };
}

/** Of each token of the only text. */
function visitsOf(routing: Routing): Visit[] {
  const all = Array.from({ length: routing.nToken }, (): Assignment[] => []);
  for (const one of routing.assignments()) all[one.token].push(one);
  return all.map((own) => {
    own.sort((a, b) => b.weight - a.weight || a.slot - b.slot);
    return {
      experts: own.map(({ expert }) => expert),
      weights: own.map(({ weight, position }) => (position < 0 ? 0 : weight)),
      statuses: own.map(({ status }) => status),
    };
  });
}

function countsOf(visits: readonly Visit[], nExpert: number): number[] {
  const counts = new Array<number>(nExpert).fill(0);
  for (const { experts, statuses } of visits)
    experts.forEach((expert, i) => {
      if (statuses[i] === "kept" || statuses[i] === "rerouted") counts[expert]++;
    });
  return counts;
}
