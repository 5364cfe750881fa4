/** `twinformer compare`: two models side by side. */

import { oneLine } from "../../text/printable.js";
import { cacheBytesPerToken } from "../memory/cache.js";
import { weightBytes } from "../memory/dtypes.js";
import type { Kind } from "../part.js";
import { bytes, grouped, percent } from "../text/numbers.js";
import { columns } from "../text/table.js";
import type { Counted } from "./source.js";

export function compareText(a: Counted, b: Counted): string {
  const [x, y] = [a.account, b.account];
  const kinds = (Object.keys(x.byKind) as Kind[]).filter((kind) => x.byKind[kind] > 0n || y.byKind[kind] > 0n);
  const count = (label: string, left: bigint, right: bigint): string[] => [
    label,
    grouped(left),
    grouped(right),
    times(Number(left), Number(right)),
  ];
  const inBytes = (label: string, left: number, right: number): string[] => [
    label,
    bytes(left),
    bytes(right),
    times(left, right),
  ];
  const share = ({ total, active }: Counted["account"]): string => percent(Number(active) / Number(total));
  const experts = ({ experts: { total, topK }, moeLayers }: Counted["account"]): string =>
    moeLayers > 0 ? `${topK} of ${total}` : "dense";
  return columns([
    ["", oneLine(a.name), oneLine(b.name), "second / first"],
    count("total", x.total, y.total),
    count("active", x.active, y.active),
    ["active share", share(x), share(y), ""],
    count("active without embeddings", x.activeWithoutEmbeddings, y.activeWithoutEmbeddings),
    ["experts", experts(x), experts(y), ""],
    ...kinds.map((kind) => count(`  ${kind}`, x.byKind[kind], y.byKind[kind])),
    inBytes("weights in bfloat16", weightBytes(x, "bfloat16"), weightBytes(y, "bfloat16")),
    inBytes("cache a token", cacheBytesPerToken(x), cacheBytesPerToken(y)),
  ]);
}

/** How many times the first the second is. */
function times(left: number, right: number): string {
  if (left === 0 || right === 0) return "";
  const ratio = right / left;
  return `${ratio >= 100 ? grouped(Math.round(ratio)) : ratio.toPrecision(3)}×`;
}
