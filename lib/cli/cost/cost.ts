/** `twinformer cost`: what a step of one model takes on a device. */

import { sentence } from "../../text/show.js";
import { blocks, fitting, wrap } from "../../account/text/lines.js";
import { bytes, grouped } from "../../account/text/numbers.js";
import { columns } from "../../account/text/table.js";
import type { Device } from "../../cost/devices/index.js";
import type { Bound } from "../../cost/roofline/bound.js";
import { explain, inFlops, inJoules, inSeconds, perSecond } from "../../cost/text.js";
import type { Options } from "../options.js";
import type { Counted } from "../source.js";
import { boundsOf, byBatch, mostOf } from "./report.js";
import { fitsText } from "./fit.js";
import { heading } from "./heading.js";

export function costText(counted: Counted, device: Device, options: Options, width: number): string {
  const bounds = boundsOf(counted, device, options);
  const head = ["", ...bounds.map(({ phase }) => phase as string)];
  const rows = rowsOf(bounds, mostOf(counted, device, options), device);
  return [
    heading(counted, device, options, width),
    fitting(
      width,
      () => columns([head, ...rows]),
      () => blocks(head, rows, width),
    ),
    ...bounds.map((bound) => wrap(sentence(explain(bound)), width)),
    ...(counted.account.moeLayers > 0 ? [wrap(BY_CHANCE, width)] : []),
    wrap(fitsText(bounds[0].capacity, device, options), width),
    ...batches(counted, device, options, width),
  ].join("\n\n");
}

const BY_CHANCE =
  "experts by chance: as many are read as a batch touches whose router chooses all alike; one that prefers some reads fewer and may be faster; at most: all tokens choose the same";

/** @param most tokens/s of each phase that no routing exceeds */
function rowsOf(bounds: readonly Bound[], most: readonly number[], { watts }: Device): string[][] {
  const row = (label: string, of: (bound: Bound) => string): string[] => [label, ...bounds.map(of)];
  const moe = bounds.some((bound) => bound.bytes.experts > 0);
  const several = bounds[0].devices > 1;
  return [
    row("computed", ({ flops }) => inFlops(flops)),
    row("moved", (bound) => bytes(bound.bytes.total)),
    ...(moe
      ? [row("  experts", (bound) => bytes(bound.bytes.experts)), row("  others", (bound) => bytes(bound.bytes.dense))]
      : [row("  weights", (bound) => bytes(bound.bytes.dense))]),
    row("  cache", (bound) => bytes(bound.bytes.cache)),
    ...(several ? [row("sent", ({ networkBytes }) => bytes(networkBytes))] : []),
    row("computing", ({ limits }) => inSeconds(limits.compute)),
    row("memory", ({ limits }) => inSeconds(limits.memory)),
    ...(several ? [row("network", ({ limits }) => inSeconds(limits.network))] : []),
    row("bound by", ({ bound }) => bound),
    ...(moe ? [row("tokens/s, experts by chance", ({ tokensPerSecond }) => perSecond(tokensPerSecond))] : []),
    ["tokens/s, at most", ...most.map(perSecond)],
    ...(watts === null
      ? []
      : [
          row(`energy a token at ${grouped(watts * bounds[0].devices)} W`, ({ joulesPerToken }) =>
            inJoules(joulesPerToken ?? 0),
          ),
        ]),
  ];
}

/** Decode at several batch sizes: where the bound changes, and where experts stop to be few. */
function batches(counted: Counted, device: Device, options: Options, width: number): string[] {
  const rows = byBatch(counted, device, options);
  if (rows.length === 0) return [];
  const { total } = counted.account.experts;
  const moe = counted.account.moeLayers > 0;
  const head = ["batch", ...(moe ? ["experts touched"] : []), "tokens/s", "bound by", "fits"];
  const cells = rows.map(({ batch, experts, bound: { tokensPerSecond, bound, capacity } }) => [
    grouped(batch),
    ...(moe ? [`${perSecond(experts)} of ${total}`] : []),
    perSecond(tokensPerSecond),
    bound,
    capacity.fits ? "yes" : "no",
  ]);
  return [
    `${wrap(moe ? "Decode by batch, experts by chance:" : "Decode by batch, at most:", width)}\n${fitting(
      width,
      () => columns([head, ...cells]),
      () => columns([head.filter((one) => one !== "fits"), ...cells.map((row) => row.slice(0, -1))]),
      () => blocks(head, cells, width),
    )}`,
  ];
}
