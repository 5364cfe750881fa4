import { groups, sort, sum } from "d3";
import { inBytes } from "../../text/numbers.js";
import { named as inSentence } from "../../text/show.js";
import { Figure } from "../figure.js";
import { LETTER, type FrameOptions, lettersOf, Options, shorten } from "../options.js";
import { below, fill, muted, picture, px, rect, stroke, twoWords, words } from "../marks/svg.js";
import { type Accessors, amount, type Columns, label, optional, readRows, text } from "../rows/columns.js";
import { pixelsOf, plain } from "./parts/axes.js";
import { listed } from "../rows/few.js";

/** What a model takes in one format. */
export interface DtypeRow {
  /** The model; default one for all. */
  readonly by?: string | number;
  /** "bfloat16". Rows of one model and format are added up: weights, cache. */
  readonly dtype: string;
  readonly bytes: number;
}

export interface MemoryByDtypeOptions extends Omit<FrameOptions, "height"> {
  /** Memory of what it should fit into, in bytes: { value: 80e9, label: "H100" }. */
  readonly references?: Iterable<{ readonly value: number; readonly label: string }>;
}

const COLUMNS: Columns<DtypeRow> = { by: optional(label), dtype: text, bytes: amount };
const ROW = 24; // px
const BAR = 16; // px
const LANE = 15; // px of height for the names of references
const MOST = 40; // bars
const NAMED = 8; // references
const FAR = 2.5; // times the largest bar

interface Bar {
  readonly by: string;
  readonly dtype: string;
  readonly bytes: number;
  /** The smallest reference that holds it. */
  readonly fits: Reference | undefined;
}

interface Reference {
  readonly value: number;
  readonly label: string;
}

/** Bytes by number format, with the memories that they should fit into: the smallest that holds each is named beside its bar.
 *  @example
 *  ```ts
 *  import { account, DTYPES, findModel, weightBytes } from "twinformer/account";
 *  import { memoryByDtype } from "twinformer/plot";
 *
 *  const mixtral = account(findModel("Mixtral-8x7B")!.config!);
 *  memoryByDtype(DTYPES.map((dtype) => ({ by: "Mixtral-8x7B", dtype, bytes: weightBytes(mixtral, dtype) })), {
 *    references: [{ value: 24e9, label: "RTX 4090" }, { value: 80e9, label: "H100" }],
 *  });
 *  ```
 */
export function memoryByDtype<T extends object>(
  rows: Iterable<T>,
  options: MemoryByDtypeOptions & Accessors<DtypeRow, T>,
): Figure;
export function memoryByDtype(rows: Iterable<DtypeRow>, options?: MemoryByDtypeOptions): Figure;
export function memoryByDtype(data: Iterable<object>, options: MemoryByDtypeOptions = {}): Figure {
  const rows = readRows("memoryByDtype", data, COLUMNS, options);
  const given = new Options("memoryByDtype", options);
  const all = readRows<Reference>("memoryByDtype with references", options.references ?? [], {
    value: amount,
    label: text,
  });
  const references = sort(all, ({ value }) => value);
  const bars = groups(rows, ({ by = "" }) => String(by)).flatMap(([by, own]) =>
    groups(own, ({ dtype }) => dtype).map(([dtype, same]): Bar => {
      const bytes = sum(same, (row) => row.bytes);
      return { by, dtype, bytes, fits: references.find(({ value }) => value >= bytes) };
    }),
  );
  const shown = groups(bars.slice(0, MOST), ({ by }) => by);
  const isGrouped = shown.length > 1 || (shown[0] && shown[0][0] !== "");

  // References up to the first that holds all, if it is near: those beyond would squeeze the bars.
  const largest = bars.slice(0, MOST).reduce((most, { bytes }) => Math.max(most, bytes), 0);
  const enough = references.find(({ value }) => value >= largest);
  const drawn = references
    .filter((reference) => reference.value < largest || (reference === enough && reference.value <= FAR * largest))
    .slice(0, NAMED);
  const end = Math.max(largest, ...drawn.map(({ value }) => value)) || 1;
  const finding = findingOf(bars, references);
  const undrawn = references.filter((reference) => !drawn.includes(reference));
  const head = given.head(
    finding,
    references.length > 0
      ? "beside a bar: its bytes, and the smallest memory that holds them"
      : "decimal units: 1 GB is 10⁹ bytes",
    [
      bars.length > MOST
        ? `the first ${MOST} of ${plain(bars.length)}: ${plain(bars.length - MOST)} others not drawn`
        : "",
      undrawn.length > 0
        ? `also compared with: ${listed(undrawn, ({ label, value }) => `${label} ${inBytes(value)}`, 3, ", ")}`
        : "",
    ],
  );

  const width = given.size("width", 680);
  const ends = bars.slice(0, MOST).map((bar) => `${inBytes(bar.bytes)} ${fitWords(bar, references)}`);
  const longest = (texts: readonly string[]): number => texts.reduce((most, own) => Math.max(most, lettersOf(own)), 1);
  const right = 14 + LETTER.small * longest(ends);
  const left = Math.min(
    14 + LETTER.small * Math.min(longest(bars.slice(0, MOST).map(({ dtype }) => dtype)), 24),
    width / 3,
  );
  const x = pixelsOf(end, left, Math.max(width - right, left + 20));
  const labels = lanesOf(drawn, x, width);
  const top = below(head, width) + (drawn.length > 0 ? LANE * labels.lanes + 6 : 0);
  let y = top;
  const body = shown.flatMap(([by, own]) => {
    const name = isGrouped
      ? words(2, (y += ROW) - 8, shorten(by, Math.floor(width / 8)), `font-weight="600" ${fill("ink")}`)
      : "";
    return [name, ...own.map((bar) => barMarkup(bar, { x, y: (y += ROW) - ROW, left, references }))];
  });
  const height = Math.max(120, y + 10);
  const lines = drawn.map(({ value }, i) => {
    const from = top - LANE * (labels.lanes - labels.lane[i]) + 1;
    return `<path class="reference" d="M${px(x(value))},${px(from)}V${px(y + 2)}" ${stroke("muted")} stroke-dasharray="3,3"/>`;
  });
  const empty = bars.length === 0 ? words(width / 2, top + 24, "no rows", `text-anchor="middle" ${muted}`) : "";
  const markup = picture(width, height, head, lines.join("") + body.join("") + labels.markup(top) + empty);
  const said = listed(
    bars,
    (bar) => [bar.by, bar.dtype, inBytes(bar.bytes), fitWords(bar, references)].filter(Boolean).join(" "),
    12,
  );
  return new Figure({
    name: "dtypes",
    ...{ width, height, markup },
    description: `${head.title || finding}: ${said || "no rows"}.`,
    facts: bars.slice(0, MOST).map(({ by, dtype, bytes, fits }) => ({ by, dtype, bytes, fits: fits?.label ?? null })),
  });
}

const fitWords = ({ fits }: Bar, references: readonly Reference[]): string =>
  fits ? `fits ${shorten(fits.label, 14)}` : references.length > 0 ? "fits none" : "";

interface Place {
  readonly x: (bytes: number) => number;
  readonly y: number;
  readonly left: number;
  readonly references: readonly Reference[];
}

function barMarkup(bar: Bar, { x, y, left, references }: Place): string {
  const fits = fitWords(bar, references);
  const bytes = inBytes(bar.bytes);
  const isLost = references.length > 0 && !bar.fits;
  const middle = y + ROW / 2 + 4;
  // A ring of the ground's color keeps the words legible over a line.
  const ring = `${stroke("background")} stroke-width="4" stroke-linejoin="round" paint-order="stroke"`;
  const hint = [bar.by, bar.dtype, bytes, bar.fits ? `fits ${bar.fits.label}` : fits].filter(Boolean).join(", ");
  return (
    words(
      left - 8,
      middle,
      shorten(bar.dtype, Math.floor((left - 10) / LETTER.small)),
      `font-size="11" text-anchor="end" ${muted}`,
    ) +
    rect(x(0), y + (ROW - BAR) / 2, x(bar.bytes) - x(0), BAR, fill(isLost ? "sixth" : "dense"), hint) +
    twoWords(
      x(bar.bytes) + 6,
      middle,
      { text: bytes, look: `font-size="11" font-weight="600" ${fill("ink")} ${ring}` },
      { text: fits, look: `font-weight="400" ${isLost ? fill("alarm") : muted}` },
      5,
    )
  );
}

/** Names of references above their lines, in as many lines as they need to keep apart. */
function lanesOf(references: readonly Reference[], x: (bytes: number) => number, width: number) {
  const ends: number[] = [];
  const places = references.map(({ value, label }) => {
    const name = `${shorten(label, Math.min(24, Math.floor(width / 3 / LETTER.small)))} ${inBytes(value)}`;
    const length = LETTER.small * lettersOf(name);
    const start = Math.max(2, Math.min(x(value) - length / 2, width - length - 2));
    const free = ends.findIndex((end) => end < start);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = start + length + 8;
    return { name, start, lane };
  });
  const lanes = ends.length;
  return {
    lanes,
    lane: places.map(({ lane }) => lanes - lane),
    markup: (top: number): string =>
      places
        .map(({ name, start, lane }) =>
          words(start, top - LANE * lane - 4, name, `class="name" font-size="11" ${muted}`),
        )
        .join(""),
  };
}

/** How many formats fit what, or between which numbers they lie. */
function findingOf(bars: readonly Bar[], references: readonly Reference[]): string {
  if (bars.length === 0) return "Bytes by format";
  const isOne = bars.every(({ by }) => by === bars[0].by);
  const who = isOne && bars[0].by ? `${inSentence(bars[0].by)}: ` : "";
  const what = isOne ? "formats" : "bars";
  const fit = references.map((reference) => ({
    label: inSentence(reference.label),
    count: bars.filter(({ bytes }) => bytes <= reference.value).length,
  }));
  // The smallest memory that holds something, and the next one that holds more.
  const first = fit.find(({ count }) => count > 0);
  const next = first && fit.find(({ count }) => count > first.count);
  if (first) {
    const more = next ? `, ${plain(next.count)} fit ${next.label}` : "";
    return `${who}${plain(first.count)} of ${plain(bars.length)} ${what} ${first.count === 1 ? "fits" : "fit"} ${first.label}${more}`;
  }
  if (references.length > 0)
    return `${who}${who ? "none" : "None"} of ${plain(bars.length)} ${what} fits ${fit[fit.length - 1].label}`;
  const sorted = sort(bars, ({ bytes }) => bytes);
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  const name = ({ by, dtype }: Bar): string => inSentence(isOne ? dtype : `${by} ${dtype}`);
  if (bars.length === 1) return `${who}${inBytes(least.bytes)} in ${name(least)}`;
  return `${who}${who ? "from" : "From"} ${inBytes(least.bytes)} (${name(least)}) to ${inBytes(most.bytes)} (${name(most)})`;
}
