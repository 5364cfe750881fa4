/** What a step of a model costs: what Node and the page draw alike. */

import { max } from "d3";
import type { Account } from "../../account/account.js";
import { cacheBytesPerToken } from "../../account/memory/cache.js";
import { countedFrom, type PlainAccount } from "../../account/plain.js";
import { type Bound, bound } from "../../cost/roofline/bound.js";
import { weightBytes, type WeightFormat } from "../../cost/bytes/weights.js";
import { expertsTouched } from "../../cost/coverage.js";
import type { Device } from "../../cost/devices/types.js";
import type { Drawn } from "../../plot/interactive/knobs.js";
import { legend } from "../../plot/marks/legend.js";
import { LETTER, wrapped } from "../../plot/options.js";
import { below, fill, muted, picture, px, rect, stroke, words } from "../../plot/marks/svg.js";
import { digits, grouped, inBytes, inWords } from "../../text/numbers.js";

/** Positions of the knobs. */
export interface CostValues {
  readonly batch: number;
  /** Tokens of each text. */
  readonly context: number;
  readonly phase: string;
  readonly device: string;
  readonly devices: number;
  /** Format of the weights: one of the menu, "as shipped" among them where the config says one. */
  readonly weights: string;
  /** What several devices share; of a mixture alone. */
  readonly sharing?: string;
  /** E and k, where they can be changed. */
  readonly experts?: number;
  readonly topK?: number;
}

export interface CostData {
  readonly name: string;
  readonly model: PlainAccount;
  readonly devices: readonly PlainDevice[];
}

/** A device as far as `bound` reads it; its link is bytes a second. */
export interface PlainDevice extends Pick<Device, "name" | "memory" | "bandwidth" | "peak" | "watts"> {
  readonly link: number | null;
}

export interface CostFacts {
  /** Parameters, and those that work on a token. */
  readonly total: number;
  readonly active: number;
  /** Bytes of cache that a token adds. */
  readonly cachePerToken: number;
  /** Of one layer: experts that the batch touches, on average. */
  readonly touched: number;
  readonly bound: Bound;
  /** Bytes of the weights, once. */
  readonly weights: { readonly experts: number; readonly others: number };
}

/** The model as the knobs have it; of a few positions, each counted once. */
function modelAt({ model }: CostData, { experts, topK }: CostValues): Account {
  const known = counted.get(model) ?? new Map<string, Account>();
  counted.set(model, known);
  const key = `${experts}/${topK}`;
  const changed = {
    ...(experts !== undefined && { E: experts }),
    ...(topK !== undefined && { k: Math.min(topK, experts ?? topK) }),
  };
  const found = known.get(key) ?? countedFrom(model, changed);
  known.set(key, found);
  return found;
}
const counted = new WeakMap<PlainAccount, Map<string, Account>>();

/** What `bound` of twinformer/cost says at this position. */
function facts(values: CostValues, data: CostData): CostFacts {
  const own = modelAt(data, values);
  const plain = data.devices.find(({ name }) => name === values.device) ?? data.devices[0];
  const link = plain.link === null ? null : { name: "", bandwidth: plain.link };
  const device: Device = { ...plain, link, host: null, sources: [] };
  const phase = values.phase === "prefill" ? "prefill" : "decode";
  const { batch, context } = values;
  const dtype = (values.weights === "as shipped" ? "shipped" : values.weights) as WeightFormat;
  const limit = bound(own, device, {
    ...{ phase, context, batch, dtype },
    devices: link ? values.devices : 1,
    sharing: values.sharing === "experts" ? "experts" : "layers",
  });
  const { total, topK } = own.experts;
  return {
    total: Number(own.total),
    active: Number(own.active),
    cachePerToken: cacheBytesPerToken(own),
    touched: own.moeLayers > 0 ? expertsTouched(total, topK, phase === "decode" ? batch : batch * context) : 0,
    bound: limit,
    weights: weightBytes(own, dtype, "bound"),
  };
}

const ROW = 24; // px
const LEFT = 66;
const RIGHT = 84;
const time = (seconds: number): string =>
  seconds >= 1
    ? `${digits(seconds, 3)} s`
    : seconds >= 1e-3
      ? `${digits(seconds * 1e3, 3)} ms`
      : `${digits(seconds * 1e6, 3)} µs`;

const tokens = (count: number): string => `${grouped(count)} token${count === 1 ? "" : "s"}`;
const work = (flops: number): string =>
  flops >= 1e12 ? `${digits(flops / 1e12, 3)} TFLOPs` : `${digits(flops / 1e9, 3)} GFLOPs`;

export function drawCost(values: CostValues, data: CostData, width: number): Drawn<CostFacts> {
  const all = facts(values, data);
  const { bound: limit, total, active, cachePerToken, touched } = all;
  const { capacity, limits, seconds, bytes } = limit;
  const isDecode = limit.phase === "decode";
  const place = limit.devices > 1 ? `${limit.devices} ${limit.device}` : limit.device;
  const title = capacity.fits
    ? `${data.name} on ${place}: at most ${grouped(Number(limit.tokensPerSecond.toPrecision(3)))} tokens a second, ${limit.bound} is the limit`
    : `${data.name} does not fit ${place}: ${inBytes(-capacity.left)} are missing`;
  const isMixture = data.model.facts.moeLayers > 0;
  const subtitle = [
    `${inWords(total)} parameters${isMixture ? `, ${inWords(active)} active` : ""}`,
    `a step ${isDecode ? `writes ${tokens(values.batch)}` : `reads ${values.batch} × ${tokens(values.context)}`}: ${work(limit.flops)}, ${inBytes(bytes.total)} moved`,
    isMixture ? `${digits(touched, 3)} experts of each layer touched` : "",
    limit.devices < values.devices ? `${limit.device} has no link to others` : "",
  ];
  const head = { title, subtitle: subtitle.filter(Boolean).join(" · ") };
  const room = width - LEFT - RIGHT;
  const heading = (y: number, text: string) => words(2, y, text, `font-weight="600" ${fill("ink")}`);
  const label = (y: number, name: string, value: string, end: number) => {
    const weight = name === limit.bound ? ` font-weight="600" ${fill("ink")}` : ` ${muted}`;
    return (
      words(LEFT - 8, y + 14, name, `font-size="11" text-anchor="end"${weight}`) +
      words(LEFT + end + 6, y + 14, value, `font-size="11"${weight}`)
    );
  };

  const top = below(head, width) + 16;
  const longest = max(Object.values(limits)) ?? 0;
  const long = (value: number) => (longest > 0 ? (value / longest) * room : 0);
  const rows = (["compute", "memory", "network"] as const).filter((by) => by !== "network" || limit.devices > 1);
  const bars = rows.map((by, i) => {
    const y = top + 10 + i * ROW;
    const value = limits[by];
    const parts =
      by === "memory"
        ? stacked(LEFT, y, long(value), [bytes.experts, bytes.dense, bytes.cache])
        : rect(LEFT, y + 2, long(value), ROW - 6, fill("muted"), `${by}: ${time(value)}`);
    return parts + label(y, by, time(value), long(value));
  });

  const from = top + 10 + rows.length * ROW + 28;
  const used = capacity.weights + capacity.cache;
  const scale = room / Math.max(used, capacity.memory);
  const stored = all.weights.experts;
  const wall = LEFT + capacity.memory * scale;
  const box = stacked(LEFT, from + 10, used * scale, [stored, capacity.weights - stored, capacity.cache]);
  const edge = `<path d="M${px(wall)},${from + 6}v${ROW + 2}" ${stroke("ink")} stroke-width="2"/>`;
  const fits = `${inBytes(used)} of ${inBytes(capacity.memory)}`;
  const key = legend(
    [
      ...(isMixture ? [{ name: "experts", color: "moe" as const }] : []),
      { name: isMixture ? "other weights" : "weights", color: "dense" },
      { name: "cache", color: "third" },
    ],
    width,
  ).at(from + 18 + ROW);
  const { joulesPerToken } = limit;
  const closing = [
    `a step takes at least ${time(seconds)}`,
    `${inBytes(cachePerToken)} of cache a token`,
    joulesPerToken === null ? "" : `${digits(joulesPerToken, 2)} J a token at full power`,
  ];
  const lines = wrapped(closing.filter(Boolean).join(" · "), (width - 4) / LETTER.words);
  const bottom = from + 10 + ROW + 46;
  const height = bottom + 15 * lines.length;
  return {
    width,
    height,
    markup: picture(
      width,
      height,
      head,
      heading(top, "Time of a step, at least") +
        bars.join("") +
        heading(from, `Memory taken: ${fits}`) +
        box +
        edge +
        key +
        lines.map((line, i) => words(2, bottom + 15 * i, line, muted)).join(""),
    ),
    description:
      `${title}. ${rows.map((by) => `${by} ${time(limits[by])}`).join(", ")}. Memory taken: ${fits}, ` +
      `${inBytes(capacity.weights)} of weights and ${inBytes(capacity.cache)} of cache. ${subtitle[0]}.`,
    facts: all,
  };
}

const SEGMENTS = [
  ["experts", fill("moe")],
  ["other weights", fill("dense")],
  ["cache", fill("third")],
] as const;

/** Bytes of experts, of other weights and of the cache as one bar. */
function stacked(x: number, y: number, length: number, values: readonly [number, number, number]): string {
  const all = values[0] + values[1] + values[2];
  let at = x;
  return SEGMENTS.map(([name, look], i) => {
    const own = all > 0 ? (values[i] / all) * length : 0;
    const part = own > 0 ? rect(at, y + 2, own, ROW - 6, look, `${name}: ${inBytes(values[i])}`) : "";
    at += own;
    return part;
  }).join("");
}
