import { group, mean, sort, sum } from "d3";
import { percent } from "../../text/numbers.js";
import { Figure } from "../figure.js";
import { legend } from "../marks/legend.js";
import { LETTER, type FrameOptions, lettersOf, Options } from "../options.js";
import { below, fill, muted, picture, px, rect, stroke, words } from "../marks/svg.js";
import { type Accessors, amount, type Columns, index, readRows } from "../rows/columns.js";
import { pixelsOf, plain } from "./parts/axes.js";
import { listed } from "../rows/few.js";

/** The load of one expert, or of one replica of it, on the device where it stands. */
export interface PlacementRow {
  readonly device: number;
  readonly expert: number;
  /** Of any unit: rows, tokens, a share. */
  readonly load: number;
}

export interface PlacementOptions extends Omit<FrameOptions, "height"> {
  /** N; default one more than the largest device of the rows. Those without experts have no load. */
  readonly nDevice?: number;
}

const COLUMNS: Columns<PlacementRow> = { device: index, expert: index, load: amount };
const ROW = 22; // px
const SHOWN = 40; // devices
const FIRST = 24; // devices of those that are more
const PIECES = 480; // of a picture

interface DeviceLoad {
  readonly device: number;
  readonly load: number;
  /** Experts with their loads; of many the largest. */
  readonly pieces: readonly PlacementRow[];
  /** How many smaller ones are drawn as one. */
  readonly rest: number;
}

/** Which expert stands on which device, and what that makes each device do. All wait for the busiest, so it sets the time: the overload
 *  factor is its load / the mean. An expert that stands on several devices has another color.
 *  @example
 *  ```ts
 *  import { placeReplicas } from "twinformer/parallel";
 *  import { placementChart } from "twinformer/plot";
 *
 *  const load = [400, 100, 100, 200];
 *  const { slots } = placeReplicas(load, { slots: 6, devices: 2 });
 *  const replicas = (expert: number) => slots.flat().filter((own) => own === expert).length;
 *  placementChart(
 *    slots.flatMap((own, device) => own.map((expert) => ({ device, expert, load: load[expert] / replicas(expert) }))),
 *  );
 *  ```
 */
export function placementChart<T extends object>(
  rows: Iterable<T>,
  options: PlacementOptions & Accessors<PlacementRow, T>,
): Figure;
export function placementChart(rows: Iterable<PlacementRow>, options?: PlacementOptions): Figure;
export function placementChart(data: Iterable<object>, options: PlacementOptions = {}): Figure {
  const rows = readRows("placementChart", data, COLUMNS, options);
  const given = new Options("placementChart", options);
  const found = rows.reduce((most, { device }) => Math.max(most, device + 1), 0);
  const nDevice = given.count("nDevice") ?? found;
  if (nDevice < found)
    throw new RangeError(`placementChart has ${nDevice} devices, 0 to ${nDevice - 1}, but rows of device ${found - 1}`);

  const places = group(rows, ({ expert }) => expert);
  const homes = new Map([...places].map(([expert, own]) => [expert, [...new Set(own.map(({ device }) => device))]]));
  const on = group(rows, ({ device }) => device);
  const most = Math.max(3, Math.floor(PIECES / Math.max(1, Math.min(nDevice, SHOWN))));
  const devices = Array.from({ length: nDevice }, (_, device) => deviceLoad(device, on.get(device) ?? [], most));
  const average = mean(devices, ({ load }) => load) ?? 0;
  const busiest = devices.reduce<DeviceLoad | undefined>((a, b) => (a && a.load >= b.load ? a : b), undefined);
  const overload = average > 0 ? busiest!.load / average : 1;
  const shown = nDevice > SHOWN ? sort(devices, ({ load }) => -load).slice(0, FIRST) : devices;
  const others = nDevice > SHOWN ? sort(devices, ({ load }) => -load).slice(FIRST) : [];

  const finding = findingOf(devices, overload, busiest);
  const replicated = [...homes.values()].filter((own) => own.length > 1).length;
  const isGathered = shown.some(({ rest }) => rest > 0);
  const head = given.head(finding, "a row is a device, a piece one of its experts · right: load / mean", [
    others.length > 0 ? `the ${FIRST} busiest of ${nDevice} devices, by load` : "",
    isGathered ? "pale: smaller experts as one piece" : "",
  ]);

  const width = given.size("width", 680);
  const key = legend(
    replicated > 0
      ? [
          { name: "on one device", color: "dense" as const },
          { name: "on several", color: "moe" as const },
        ]
      : [],
    width,
  );
  const left = 16 + LETTER.words * lettersOf(`device ${Math.max(nDevice - 1, 0)}`);
  const right = 62;
  const x = pixelsOf(Math.max(busiest?.load ?? 0, average) || 1, left, Math.max(width - right, left + 20));
  const keyTop = below(head, width) - 4;
  const top = keyTop + key.height + (key.height > 0 ? 32 : 26);
  const bottom = top + shown.length * ROW;
  const restLine = others.length > 0 ? [restWords(others, average)] : [];
  const height = Math.max(120, bottom + 12 + 18 * restLine.length);
  const lines = shown.map((own, i) => deviceMarkup(own, { homes, x, y: top + i * ROW, left, average }));
  const name = `mean ${plain(average)}`;
  const at = Math.max(2 + 3.4 * name.length, Math.min(x(average), width - 2 - 3.4 * name.length));
  const meanLine =
    average > 0
      ? `<path class="mean" d="M${px(x(average))},${px(top - 6)}V${px(bottom)}" ${stroke("ink")} stroke-dasharray="3,3"/>` +
        words(at, top - 10, name, `font-size="11" text-anchor="middle" ${muted}`)
      : "";
  const body = [
    key.at(keyTop),
    ...lines.map(({ boxes }) => boxes),
    meanLine,
    ...lines.map(({ text }) => text),
    ...restLine.map((line) => words(2, bottom + 20, line, `font-size="11" ${muted}`)),
    nDevice === 0 ? words(width / 2, top + 4, "no devices", `text-anchor="middle" ${muted}`) : "",
  ];
  const said = listed(
    sort(devices, ({ load }) => -load),
    ({ device, load }) => `device ${device} ${plain(load)}`,
    8,
    ", ",
  );
  return new Figure({
    name: "placement",
    ...{ width, height, markup: picture(width, height, head, body.join("")) },
    description: `${head.title || finding}: ${nDevice > 0 ? `mean ${plain(average)}; ${said}` : "no devices"}${replicated > 0 ? `; experts on several devices: ${replicated}` : ""}.`,
    facts: { nDevice, overload, mean: average, busiest: busiest?.device ?? null, replicated },
  });
}

/** Rows of one expert are added up; of more than `most`, the smallest are left to one piece. */
function deviceLoad(device: number, rows: readonly PlacementRow[], most: number): DeviceLoad {
  const all = [...group(rows, ({ expert }) => expert)].map(([expert, own]) => ({
    ...{ device, expert },
    load: sum(own, ({ load }) => load),
  }));
  const kept = all.length > most ? sort(all, ({ load }) => -load).slice(0, most) : all;
  const pieces = sort(kept, ({ expert }) => expert);
  return { device, load: sum(all, ({ load }) => load), pieces, rest: all.length - pieces.length };
}

interface Place {
  readonly homes: ReadonlyMap<number, readonly number[]>;
  readonly x: (load: number) => number;
  readonly y: number;
  readonly left: number;
  readonly average: number;
}

function deviceMarkup(
  { device, load, pieces, rest }: DeviceLoad,
  { homes, x, y, left, average }: Place,
): { boxes: string; text: string } {
  let from = 0;
  const boxes = pieces.map(({ expert, load: own }) => {
    const [start, end] = [x(from), x((from += own))];
    const others = homes.get(expert)!.filter((home) => home !== device);
    const also = others.length > 0 ? `, also on ${listed(others, String, 6, ", ")}` : "";
    const hint = `expert ${expert} on device ${device}: ${plain(own)}${also}`;
    const number = String(expert);
    const inside =
      end - start > 7 * number.length + 6
        ? words(
            (start + end) / 2,
            y + 15,
            number,
            `font-size="11" text-anchor="middle" pointer-events="none" ${fill("background")}`,
          )
        : "";
    const look = `${fill(others.length > 0 ? "moe" : "dense")} ${stroke("background")}`;
    return rect(start, y + 2, end - start, ROW - 4, look, hint) + inside;
  });
  const remaining = Math.max(0, load - from);
  const pale = `${fill("dense")} fill-opacity="0.35" ${stroke("background")}`;
  const gathered =
    rest > 0 ? rect(x(from), y + 2, x(load) - x(from), ROW - 4, pale, `and ${rest} others: ${plain(remaining)}`) : "";
  const times = average > 0 ? `${plain(load / average)}×` : "";
  const look = average > 0 && load > average * 1.005 ? `font-weight="600" ${fill("ink")}` : muted;
  // A ring of the ground's color keeps the number legible over the line of the mean.
  const ring = `${stroke("background")} stroke-width="4" stroke-linejoin="round" paint-order="stroke"`;
  return {
    boxes: boxes.join("") + gathered,
    text:
      words(left - 8, y + 15, `device ${device}`, `font-size="11" text-anchor="end" ${muted}`) +
      words(x(load) + 6, y + 15, times, `font-size="11" ${look} ${ring}`),
  };
}

function restWords(others: readonly DeviceLoad[], average: number): string {
  const times = (load: number): string => `${plain(average > 0 ? load / average : 0)}×`;
  return `and ${others.length} others, ${times(others[others.length - 1].load)} to ${times(others[0].load)}`;
}

function findingOf(devices: readonly DeviceLoad[], overload: number, busiest: DeviceLoad | undefined): string {
  if (!busiest) return "Experts on devices";
  if (busiest.load === 0) return `No load on any of ${devices.length} devices`;
  if (devices.length === 1) return `One device has all of the load`;
  if (overload < 1.0005) return `All ${devices.length} devices have the same load`;
  return `Device ${busiest.device} has ${plain(overload)} times the mean load: ${percent(1 - 1 / overload)} of all time is waiting`;
}
