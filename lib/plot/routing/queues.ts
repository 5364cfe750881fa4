import { greatest, max, range, sum } from "d3";
import { grouped } from "../../text/numbers.js";
import { named, show } from "../../text/show.js";
import {
  type Accessors,
  type Columns,
  index,
  label,
  oneOf,
  optional,
  type Read,
  readRows,
  text,
} from "../rows/columns.js";
import { Figure } from "../figure.js";
import { legend } from "../marks/legend.js";
import { LETTER, expertsOf, Options, type FrameOptions, shorten } from "../options.js";
import { largestOf, someOf } from "../rows/few.js";
import { droppedLook, keptLook, reroutedLook, statusEntries } from "./looks.js";
import { below, fill, muted, nothing, picture, px, rect, stroke, words } from "../marks/svg.js";
import { visible } from "./token.js";

/** One token at one expert, or before its full door. */
export interface QueueRow {
  /** Rows of one policy stand in one column; default "". */
  readonly by?: string | number;
  readonly token: string;
  /** Where it went; for a dropped one, where it had wanted to go. */
  readonly expert: number;
  /** "skipped": chosen, but not sent there, so not drawn. */
  readonly status: "kept" | "rerouted" | "dropped" | "skipped";
}

export interface QueuesOptions extends FrameOptions {
  /** E; default one more than the largest expert of the rows. */
  readonly nExpert?: number;
  /** Places of each expert; null for no limit. A policy can have its own. */
  readonly capacity?: number | null | Readonly<Record<string, number | null>>;
}

const COLUMNS: Columns<Read<QueueRow>> = {
  expert: index,
  by: optional(label),
  token: text,
  status: oneOf("kept", "rerouted", "dropped", "skipped"),
};
const MOST = { policies: 4, experts: 32 };
const COLUMN = 160; // px, the narrowest
const SMALLEST = 5; // px, of a box
const LEGIBLE = 11; // px of a box that holds a letter
const ROW = 20;
const GAP = 22;

/** The places of each expert in a row and who has them, in the order of arrival: kept; rerouted from a full expert; dashed behind
 *  the wall, the tokens that were dropped. A column for each policy. */
export function queues<T extends object>(rows: Iterable<T>, options: QueuesOptions & Accessors<QueueRow, T>): Figure;
export function queues(rows: Iterable<QueueRow>, options?: QueuesOptions): Figure;
export function queues(data: Iterable<object>, options: QueuesOptions = {}): Figure {
  const rows = readRows("queues", data, COLUMNS, options);
  const given = new Options("queues", options);
  const all = [...new Set(rows.map((row) => row.by ?? ""))];
  const policies = all.slice(0, MOST.policies);
  const nExpert = expertsOf(given, rows);
  const width = given.size("width", 680);
  const everyone = policies.map((policy) => lineUp(rows, policy, nExpert, capacityOf(options, policy)));
  const busy = (e: number) => max(everyone, (lines) => lines[e].inside.length + lines[e].dropped.length) ?? 0;
  const shown = largestOf(range(nExpert), MOST.experts, busy);
  const hasWall = everyone.some((lines) => lines.some(({ capacity }) => capacity !== null));
  const experts = shown.length;
  const head = given.head(
    finding(policies, everyone),
    `a row is an expert, a box a token in the order of arrival${hasWall ? " · the bar: its capacity" : ""}`,
    [someOf(experts, nExpert, "experts", "the busiest"), someOf(policies.length, all.length, "rules")],
  );
  const top = below(head, width) + 44;
  const lines = everyone.map((own) => shown.map((e) => own[e]));
  const longest = Math.max(
    1,
    ...lines.flat().map((line) => Math.max(line.inside.length + line.dropped.length, line.capacity ?? 0)),
  );
  const LEFT = 16 + LETTER.small * `expert ${max(shown) ?? 0}`.length;
  const abreast = Math.max(1, Math.min(policies.length, Math.floor((width - LEFT + GAP) / (COLUMN + GAP))));
  const space = (width - LEFT + GAP) / abreast - GAP;
  const block = experts * ROW + 54; // with the name above and the sum below
  const stacked = Math.ceil(policies.length / abreast);
  const height = given.size("height", Math.max(120, top + (stacked - 1) * block + experts * ROW + 26));
  const box = Math.max(SMALLEST, Math.min(18, (space - 10) / longest));
  const fits = Math.floor((space - 54) / box); // where not all boxes do: how many, with their number behind
  const names = range(stacked).flatMap((line) =>
    shown.map((e, i) =>
      words(LEFT - 8, top + line * block + i * ROW + 13, `expert ${e}`, `font-size="11" text-anchor="end" ${muted}`),
    ),
  );
  const columns = policies.map((policy, p) => {
    const x = LEFT + (p % abreast) * (space + GAP);
    const y = top + Math.floor(p / abreast) * block;
    const title = words(x, y - 10, shorten(policy, space / LETTER.bold), `font-weight="600" ${fill("ink")}`);
    const gone = everyone[p].reduce((sum, line) => sum + line.dropped.length, 0);
    const moved = everyone[p].reduce(
      (sum, line) => sum + line.inside.filter((row) => row.status === "rerouted").length,
      0,
    );
    const sum = words(
      x,
      y + experts * ROW + 16,
      `${moved} rerouted, ${gone} dropped`,
      `font-size="11" ${gone > 0 ? fill("alarm") : muted}`,
    );
    return `<g class="policy">${title}${lines[p].map((line, e) => lineMarkup(line, { x, y: y + e * ROW, box, most: longest * box > space - 8 ? fits : Infinity })).join("")}${sum}</g>`;
  });
  const key = legend(statusEntries, width).at(below(head, width));
  return new Figure({
    name: "queues",
    width,
    height,
    markup: picture(
      width,
      height,
      head,
      rows.length > 0 ? names.join("") + key + columns.join("") : nothing(head, width, height),
    ),
    description: `${head.title}; ${policies.map((policy, p) => describe(policy, everyone[p])).join("; ") || "no rows yet"}.`,
    facts: policies.map((policy, p) => ({
      by: policy,
      experts: nExpert,
      capacity: capacityOf(options, policy),
      ...countsOf(everyone[p]),
    })),
  });
}

interface Line {
  readonly capacity: number | null;
  readonly inside: readonly Read<QueueRow>[];
  readonly dropped: readonly Read<QueueRow>[];
}

function capacityOf({ capacity = null }: QueuesOptions, policy: string): number | null {
  const byPolicy = typeof capacity === "object" && capacity !== null;
  const places = !byPolicy ? capacity : Object.hasOwn(capacity, policy) ? capacity[policy] : null;
  if (places === null || (Number.isInteger(places) && places >= 0 && places <= 10_000)) return places;
  throw new RangeError(`queues needs a capacity from 0 to 10,000, or null for no limit, got ${show(places)}`);
}

function lineUp(rows: readonly Read<QueueRow>[], policy: string, experts: number, capacity: number | null): Line[] {
  return Array.from({ length: experts }, (_, e) => {
    const own = rows.filter((row) => (row.by ?? "") === policy && row.expert === e && row.status !== "skipped");
    const inside = own.filter((row) => row.status !== "dropped");
    if (capacity !== null && inside.length > capacity)
      throw new RangeError(
        `queues: expert ${e} has ${inside.length} tokens in ${capacity} places${policy ? ` under "${named(policy)}"` : ""}`,
      );
    return { capacity, inside, dropped: own.filter((row) => row.status === "dropped") };
  });
}

interface Room {
  readonly x: number;
  readonly y: number;
  /** Width of a box. */
  readonly box: number;
  /** Boxes that there is room for. */
  readonly most: number;
}

function lineMarkup({ capacity, inside, dropped }: Line, { x, y, box, most }: Room): string {
  const place = (i: number) => x + i * box;
  const seat = (row: Read<QueueRow>, at: number) => {
    const look = { kept: keptLook, rerouted: reroutedLook, dropped: droppedLook, skipped: "" }[row.status];
    const square = rect(
      at + 0.75,
      y + 2,
      box - 1.5,
      ROW - 4,
      `class="${row.status}" ${look}`,
      `${visible(row.token)}: ${row.status}`,
    );
    const letter = fill(row.status === "dropped" ? "alarm" : "background");
    const [text] = visible(row.token); // one sign: the tooltip has the rest
    if (box < LEGIBLE) return square;
    return (
      square +
      words(
        at + box / 2,
        y + 14,
        text,
        `font-size="${px(Math.max(11, Math.min(12, box * 0.85)))}" text-anchor="middle" pointer-events="none" ${letter}`,
      )
    );
  };
  const empty = capacity === null ? 0 : Math.max(0, capacity - inside.length);
  const seats = Array.from({ length: empty }, (_, i) =>
    rect(place(inside.length + i) + 0.75, y + 2, box - 1.5, ROW - 4, `class="empty" fill="none" ${stroke("grid")}`),
  );
  const wall =
    capacity === null
      ? ""
      : `<path class="wall" d="M${px(place(capacity) + 2)},${y}v${ROW}" ${stroke("ink")} stroke-width="2"/>`;
  const outside = place(capacity ?? inside.length) + 5;
  const total = Math.max(capacity ?? 0, inside.length) + dropped.length;
  if (total > most) {
    const shown = [...inside, ...dropped].slice(0, most);
    const more = words(
      place(most) + 4,
      y + 14,
      `+ ${grouped(inside.length + dropped.length - shown.length)}`,
      `font-size="11" ${muted}`,
    );
    return shown.map((row, i) => seat(row, place(i))).join("") + (inside.length + dropped.length > most ? more : "");
  }
  return (
    seats.join("") +
    inside.map((row, i) => seat(row, place(i))).join("") +
    wall +
    dropped.map((row, i) => seat(row, outside + i * box)).join("")
  );
}

/** "With drop 2 of 12 tokens are dropped": of the rule that drops most. */
function finding(policies: readonly string[], everyone: readonly (readonly Line[])[]): string {
  const rules = policies.map((policy, p) => ({
    policy,
    dropped: sum(everyone[p], (line) => line.dropped.length),
    tokens: sum(everyone[p], (line) => line.inside.length + line.dropped.length),
  }));
  const worst = greatest(rules, ({ dropped }) => dropped);
  if (!worst || worst.tokens === 0) return "Who stands where";
  if (worst.dropped === 0) return "Every token has a place";
  const what = `${grouped(worst.dropped)} of ${grouped(worst.tokens)} tokens are dropped`;
  return worst.policy ? `With ${worst.policy} ${what}` : what;
}

function countsOf(lines: readonly Line[]): { kept: number; rerouted: number; dropped: number } {
  const boxes = lines.flatMap((line) => [...line.inside, ...line.dropped]);
  const count = (status: string) => boxes.filter((row) => row.status === status).length;
  return { kept: count("kept"), rerouted: count("rerouted"), dropped: count("dropped") };
}

function describe(policy: string, lines: readonly Line[]): string {
  const { kept, rerouted, dropped } = countsOf(lines);
  return `${policy || "tokens"}: ${kept} kept, ${rerouted} rerouted, ${dropped} dropped`;
}
