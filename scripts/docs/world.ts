/** docs/measurements.md: the bound beside published measurements, from lib/cost/world. */

import { format } from "prettier";
import { type Compared, compareWithWorld } from "../../lib/cost/world/compare.js";
import { worldCells, worldSummary } from "../../lib/cost/world/text.js";
import type { MeasurementSource } from "../../lib/cost/world/types.js";

const HEAD = ["model", "device", "phase", "texts", "tokens", "bits", "measured", "bound", "ratio", "by", "source"];

/** The whole page. */
export async function worldPage(): Promise<string> {
  const rows = compareWithWorld();
  const sources = [...new Set(rows.map(({ measurement }) => measurement.source))];
  const cells = rows.map((row) => [...worldCells(row), `[${sources.indexOf(row.measurement.source) + 1}](#sources)`]);
  const parts = [
    "# The bound beside published measurements",
    "Made from `lib/cost/world` by `npm run docs`. Tokens per second that others measured, beside what `bound` of `twinformer/cost` says can be reached at most by the same model on the same device under the same conditions.",
    worldSummary(rows),
    "texts: at the same time. tokens: of a text, on average while it was measured, or of a prompt. bits: of a weight. measured and bound: tokens per second of all texts together. by: what makes the bound.",
    table(HEAD, cells),
    "What a source leaves open is decided in favor of the bound, and said below. A ratio near 1 would be an engine that loses nothing.",
    "## Where routing matters",
    "With more than one token a mixture reads as many experts as its tokens choose. A bound must let all of them choose the same; that is the ratio above. By chance, all experts alike, a batch would touch `expertsTouched` of them: an estimate. Where the second ratio is above 1, the router preferred some experts, and the batch read fewer than that.",
    table(
      ["model", "device", "phase", "texts", "ratio", "ratio, experts by chance"],
      rows.filter(({ ratioByChance }) => ratioByChance !== null).map(byChance),
    ),
    "## Sources",
    sources.map((source, i) => `${i + 1}. ${sourceText(source, rows)}`).join("\n"),
  ];
  return format(`${parts.join("\n\n")}\n`, { parser: "markdown", proseWrap: "preserve" });
}

const byChance = (row: Compared): string[] => {
  const [model, device, phase, texts, , , , , ratio] = worldCells(row);
  return [model, device, phase, texts, ratio, row.ratioByChance!.toFixed(2)];
};

const cell = (text: string): string => text.replaceAll("|", "\\|");

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");

function sourceText({ title, address, date, read, quote }: MeasurementSource, rows: readonly Compared[]): string {
  const own = rows.map(({ measurement }) => measurement).filter(({ source }) => source.address === address);
  const quotes = [...new Set([quote, ...own.map((row) => row.quote)])].map((words) => `   - “${words}”`);
  const notes = [...new Set(own.flatMap(({ note }) => (note === undefined ? [] : [note])))].map(
    (note) => `   - Note: ${note}.`,
  );
  return [`[${title}](${address}), ${date}, read ${read}`, ...quotes, ...notes].join("\n");
}
