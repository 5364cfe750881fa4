/** The comparison in columns. */

import { blocks, fitting } from "../../account/text/lines.js";
import { columns } from "../../account/text/table.js";
import { type Compared, compareWithWorld } from "./compare.js";

const HEAD = ["model", "device", "phase", "texts", "tokens", "bits", "measured", "bound", "ratio", "by"];

/** One row: conditions, measured and bound in tokens per second, measured / bound, what the bound is made by. */
export const worldCells = ({ measurement, batch, bits, bound, ratio, by }: Compared): string[] => {
  const { model, device, devices, phase, context, sharing, tokensPerSecond } = measurement;
  return [
    model,
    devices === 1 ? device : `${devices} ${device}`,
    phase,
    batch.toLocaleString("en"),
    context.toLocaleString("en"),
    bits.toLocaleString("en", { maximumFractionDigits: 2 }),
    speed(tokensPerSecond),
    speed(bound),
    ratio.toFixed(2),
    sharing === "layers" ? by : `${by}, without network`,
  ];
};

const speed = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });

/** All rows, in columns or, where they do not fit, as blocks; and in a line how many lie where. */
export function worldText(width: number, rows: readonly Compared[] = compareWithWorld()): string {
  const cells = rows.map(worldCells);
  const table = fitting(
    width,
    () => columns([HEAD, ...cells], [0, 1, 2, 9]),
    () => blocks(HEAD, cells, width),
  );
  return `${table}\n\n${worldSummary(rows)}`;
}

/** How many of the measurements the bound holds for, and how many come near. */
export function worldSummary(rows: readonly Compared[]): string {
  const above = rows.filter(({ ratio }) => ratio > 1).length;
  const near = rows.filter(({ ratio }) => ratio >= NEAR && ratio <= 1).length;
  return `${rows.length} measurements: ${above} above the bound, ${near} from ${NEAR} to 1 of it.`;
}

/** From here on a bound says something. */
export const NEAR = 0.35;
