import { asBytes, isRecord } from "../../format/record.js";
import { tensorsOf } from "../../format/tensors.js";
import { show } from "../../text/show.js";
import type { RouterRow } from "../routing/routerHeatMap.js";
import { type FileText, parseJson, refuse, textOf } from "./text.js";

export interface ReadRouterOptions {
  /** K: on how many experts each token works, `num_experts_per_tok` of config.json. */
  readonly topK: number;
  /** What the numbers are: logits, of which the softmax (default) or the sigmoid (DeepSeek-V3) is taken, or probabilities already. */
  readonly scores?: "softmax" | "sigmoid" | "none";
  /** Do the weights of a token's experts sum to 1, as in Mixtral and gpt-oss, or are they its probabilities as they are, as in OLMoE?
   *  `norm_topk_prob` of config.json. Default true. */
  readonly normalize?: boolean;
  /** The experts of a token, favorite first, where they are not those with the highest scores: a bias of DeepSeek-V3, groups of experts. */
  readonly choose?: (
    scores: readonly number[],
    place: { readonly layer: number; readonly token: number },
  ) => readonly number[];
  /** The text of each token; default its number. */
  readonly tokens?: readonly string[];
}

/** One token in one layer, as `routerHeatMap` reads it. */
export interface RoutedRow extends RouterRow {
  readonly layer: number;
  readonly probs: readonly number[];
  /** Favorite first. */
  readonly chosen: readonly number[];
  /** [K] what the outputs of the chosen experts are multiplied by. */
  readonly weights: readonly number[];
}

/** What the routers of a model said, from its `router_logits` (`output_router_logits=True` of Hugging Face's models): JSON lists
 *  [layer][token][expert] or [layer][batch][token][expert], alone or as `router_logits` of an object that may have `tokens`, too; or
 *  a safetensors file with one tensor [layer, token, expert], or one [token, expert] for each layer, in the order of the numbers in
 *  their names.
 *  @throws a sentence with the layer and token that is wrong
 *  @example
 *  const logits = [[[2, 0, 1], [0, 3, 0]]]; // one layer, two tokens, three experts
 *  const rows = readRouter(JSON.stringify(logits), { topK: 2, tokens: ["to", "be"] });
 *  rows.map(({ token, chosen }) => [token, ...chosen]); // => [["to", 0, 2], ["be", 1, 0]] */
export function readRouter(file: FileText, options: ReadRouterOptions): RoutedRow[] {
  if (!isRecord(options)) throw new TypeError(`readRouter needs an object of options with topK, got ${show(options)}`);
  const { topK, scores = "softmax", normalize = true, choose } = options as unknown as ReadRouterOptions;
  if (!(Number.isInteger(topK) && topK > 0))
    throw new RangeError(`readRouter needs an integer from 1 as topK, got ${show(topK)}`);
  if (!["softmax", "sigmoid", "none"].includes(scores))
    throw new TypeError(`readRouter needs "softmax", "sigmoid" or "none" as scores, got ${show(scores)}`);
  if (typeof normalize !== "boolean")
    throw new TypeError(`readRouter needs true or false as normalize, got ${show(normalize)}`);
  if (choose !== undefined && typeof choose !== "function")
    throw new TypeError(`readRouter needs a function as choose, got ${show(choose)}`);
  const { layers, tokens: own } = layersOf(file);
  const tokens = textsOf(options.tokens ?? own, layers);
  const nExpert = layers[0]?.[0]?.length ?? 0;
  return layers.flatMap((rows, layer) =>
    rows.map((logits, token): RoutedRow => {
      const where = `token ${token} of layer ${layer}`;
      if (logits.length !== nExpert)
        refuse("readRouter", `has ${logits.length} experts, where the first token has ${nExpert}`, where);
      if (logits.some((value) => !Number.isFinite(value)))
        refuse("readRouter", "has a number that is not finite", where);
      if (topK > nExpert) refuse("readRouter", `topK is ${topK}, of ${nExpert} experts`);
      const said = SCORES[scores](logits);
      const chosen = choose ? [...choose(said, { layer, token })] : best(said, topK);
      if (!chosen.every((expert) => Number.isInteger(expert) && expert >= 0 && expert < nExpert))
        refuse("readRouter", `choose gives ${chosen.join(", ")}, which are no experts from 0 to ${nExpert - 1}`, where);
      const weights = chosen.map((expert) => said[expert]);
      return {
        ...{ token: tokens[token], layer, probs: shares(said), chosen },
        weights: normalize ? shares(weights) : weights,
      };
    }),
  );
}

const SCORES: Readonly<Record<"softmax" | "sigmoid" | "none", (logits: readonly number[]) => readonly number[]>> = {
  softmax: (logits) => {
    const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
    return shares(logits.map((value) => Math.exp(value - most)));
  },
  sigmoid: (logits) => logits.map((value) => 1 / (1 + Math.exp(-value))),
  none: (probs) => probs,
};

function shares(values: readonly number[]): readonly number[] {
  const sum = values.reduce((all, value) => all + value, 0);
  return sum > 0 ? values.map((value) => value / sum) : values;
}

/** The experts of the highest scores, the first of equal ones first. */
const best = (scores: readonly number[], topK: number): number[] =>
  scores
    .map((_, expert) => expert)
    .sort((a, b) => scores[b] - scores[a] || a - b)
    .slice(0, topK);

type Layers = readonly (readonly (readonly number[])[])[];

function layersOf(file: FileText): { layers: Layers; tokens?: unknown } {
  const bytes = typeof file === "string" ? null : asBytes(file);
  // A safetensors file begins with the length of its header, whose last bytes are 0; no text does.
  if (bytes && bytes.length >= 8 && bytes[7] === 0 && bytes[6] === 0) return { layers: ofTensors(bytes) };
  const text = textOf("readRouter", file);
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    refuse("readRouter", "this is neither JSON nor a safetensors file");
  }
  const lists = isRecord(value) ? (value.router_logits ?? value.logits) : value;
  return { layers: asLayers(lists), ...(isRecord(value) && { tokens: value.tokens }) };
}

/** [layer][token][expert] from lists of two to four levels; texts of a batch one after the other. */
function asLayers(lists: unknown): Layers {
  const depth = depthOf(lists);
  if (depth === 2) return [checked(lists)];
  if (depth === 3) return (lists as unknown[]).map(checked);
  if (depth === 4) return (lists as unknown[][][]).map((batch) => checked(batch.flat()));
  return refuse("readRouter", `needs lists [layer][token][expert], got ${depth > 0 ? `${depth} levels` : show(lists)}`);
}

const depthOf = (value: unknown): number => (Array.isArray(value) ? 1 + (value.length > 0 ? depthOf(value[0]) : 0) : 0);

function checked(tokens: unknown, layer = 0): readonly (readonly number[])[] {
  const list = Array.isArray(tokens) ? (tokens as unknown[]) : refuse("readRouter", "is no list", `layer ${layer}`);
  list.forEach((logits, token) => {
    if (!Array.isArray(logits) || !logits.every((value) => typeof value === "number"))
      refuse("readRouter", "is no list of numbers", `token ${token} of layer ${layer}`);
  });
  return list as number[][];
}

function ofTensors(bytes: Uint8Array): Layers {
  const { state } = tensorsOf(bytes, (sentence) => refuse("readRouter", sentence));
  const inOrder = Object.keys(state).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return inOrder.flatMap((name): Layers => {
    const { shape, data } = state[name];
    if (shape.length < 2 || shape.length > 4)
      refuse("readRouter", `${name} [${shape.join(", ")}] is neither [token, expert] nor [layer, token, expert]`);
    const nExpert = shape[shape.length - 1];
    const nLayer = shape.length === 2 ? 1 : shape[0];
    const nToken = shape.slice(shape.length === 2 ? 0 : 1, -1).reduce((product, size) => product * size, 1);
    return Array.from({ length: nLayer }, (_, layer) =>
      Array.from({ length: nToken }, (_, token) => {
        const start = (layer * nToken + token) * nExpert;
        return Array.from(data.subarray(start, start + nExpert));
      }),
    );
  });
}

/** A text for each token, as many as each layer has. */
function textsOf(given: unknown, layers: Layers): readonly string[] {
  const count = layers[0]?.length ?? 0;
  layers.forEach((tokens, layer) => {
    if (tokens.length !== count)
      refuse("readRouter", `has ${tokens.length} tokens, the first layer ${count}`, `layer ${layer}`);
  });
  if (given === undefined || given === null) return Array.from({ length: count }, (_, token) => String(token));
  const texts: readonly unknown[] = Array.isArray(given) ? given : [];
  if (texts.length === count && texts.every((text) => typeof text === "string")) return texts;
  return refuse("readRouter", `needs ${count} texts as tokens, got ${show(given)}`);
}
