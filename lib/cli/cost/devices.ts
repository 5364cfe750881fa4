/** `twinformer devices`: the table. */

import { fitting, wrap } from "../../account/text/lines.js";
import { bytes } from "../../account/text/numbers.js";
import { columns } from "../../account/text/table.js";
import { type Device, devices } from "../../cost/devices/index.js";
import { inFlops } from "../../cost/text.js";

const HEAD = ["device", "memory", "bandwidth", "in 16 bits", "link", "power"];

export function devicesText(width: number): string {
  const rows = devices.map(({ name, memory, bandwidth, peak, link, watts }) => [
    name,
    bytes(memory),
    `${bytes(bandwidth)}/s`,
    `${inFlops(Math.max(peak.bfloat16 ?? 0, peak.float16 ?? 0))}/s`,
    link ? `${bytes(link.bandwidth)}/s` : "",
    watts === null ? "" : `${watts} W`,
  ]);
  const table = fitting(
    width,
    () => columns([HEAD, ...rows]),
    () => columns([HEAD.slice(0, 4), ...rows.map((row) => row.slice(0, 4))]),
    () => columns([HEAD.slice(0, 3), ...rows.map((row) => row.slice(0, 3))]),
  );
  const sources = devices.map((device) => sourcesOf(device, width));
  return [table, ...sources].join("\n\n");
}

/** What each figure is from. */
const sourcesOf = ({ name, sources, note }: Device, width: number): string =>
  [
    name,
    ...sources.flatMap(({ address, read, says }) => [`  ${address} (${read})`, `  ${says}`]),
    ...(note ? [`  ${note}`] : []),
  ]
    .map((line) => wrap(line, width, "    "))
    .join("\n");

export const devicesJson = (): Record<string, unknown>[] =>
  devices.map(({ peak, link, sources, aliases = [], ...device }) => ({
    ...device,
    aliases: [...aliases],
    peak: { ...peak },
    link: link && { ...link },
    sources: sources.map((source) => ({ ...source })),
  }));
