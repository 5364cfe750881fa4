import { LETTER } from "../options.js";
import { max, sum } from "d3";
import { digits, percent } from "../../text/numbers.js";
import { escapeHtml } from "../escape.js";
import { color } from "../palette.js";
import { fill, muted, px, rect, stroke, words } from "../marks/svg.js";
import type { TokenPathRow } from "./tokenPath.js";

/** One expert in one layer, as the token found it. */
export type Step = TokenPathRow;

/** One layer: who was chosen, who came next, and all others together. */
export interface Stop {
  readonly layer: number;
  /** From the most probable on. */
  readonly chosen: readonly Step[];
  readonly next: readonly Step[];
  /** The number of the others, and their probability together. */
  readonly others: number;
  readonly rest: number;
  readonly masked: number;
}

export interface Form {
  readonly markup: string;
  readonly height: number;
}

/** A logit as a column of them needs it. */
const hundredths = (value: number): string => digits(Math.round(value * 100) / 100 + 0); // −0 + 0 is 0
/** A probability, or that it is none. */
const chance = (prob: number): string => (Number.isNaN(prob) ? "NaN" : percent(prob));

const small = `font-size="11"`;
const LINE = 18; // px of one expert
const HEADING = 26;
const LAYER = 17; // px of one layer where each is one line

/** Each layer as a table: a line an expert, with its logit and noise, probability, weight, and place in the queue. */
export function tables(stops: readonly Stop[], width: number, top: number): Form {
  const steps = stops.flatMap(({ chosen, next }) => [...chosen, ...next]);
  const has = (of: (step: Step) => unknown) => steps.some((step) => of(step) !== undefined);
  const queue = has(({ status, place }) => status ?? place)
    ? 20 + LETTER.small * (max(steps, (step) => placeOf(step).length) ?? 0)
    : 0;
  const weight = has((step) => step.weight) ? 46 : 0;
  const isNoisy = has(({ noise }) => noise);
  const largest =
    max(stops, ({ chosen, next, rest }) => max([...chosen, ...next].map(({ prob }) => prob).concat(rest))) ?? 0;
  const whole = largest || 1;
  const at = { expert: 34, logit: isNoisy ? 116 : 84, bar: isNoisy ? 128 : 96 }; // right ends of two columns, left of the bars
  const bar = Math.max(10, Math.min(300, width - at.bar - 46 - weight - queue - 4));
  const right = at.bar + bar + 46;
  const end = (x: number, y: number, text: string, look: string) =>
    words(x, y, text, `${small} text-anchor="end" ${look}`);
  const heading = [
    end(at.expert + 4, top + 10, "expert", muted),
    end(at.logit, top + 10, isNoisy ? "logit + noise" : "logit", muted),
    words(at.bar, top + 10, bar > 40 ? "probability" : "prob.", `${small} ${muted}`),
    weight > 0 ? end(right + weight, top + 10, "weight", muted) : "",
    queue > 0 ? words(right + weight + 10, top + 10, "place", `${small} ${muted}`) : "",
  ].join("");

  let y = top + 14;
  const line = (step: Step): string => {
    const ink = step.chosen ? fill("ink") : muted;
    const noise = step.noise === undefined ? "" : ` ${step.noise < 0 ? "−" : "+"} ${hundredths(Math.abs(step.noise))}`;
    const isLost = step.status === "dropped";
    const length = Number.isFinite(step.prob) ? (step.prob / whole) * bar : 0;
    const said = step.masked ? "masked" : chance(step.prob);
    const look = `class="${step.chosen ? "chosen" : "next"}" ${fill(step.chosen ? "moe" : "dense")} fill-opacity="${step.chosen ? 1 : 0.35}"`;
    const place = placeOf(step);
    const base = y + 13;
    y += LINE;
    return (
      end(at.expert, base, String(step.expert), `${ink}${step.chosen ? ` font-weight="600"` : ""}`) +
      end(at.logit, base, hundredths(step.logit) + noise, ink) +
      rect(at.bar, base - 10, length, 12, look) +
      words(at.bar + length + 4, base, said, `${small} ${Number.isNaN(step.prob) ? fill("alarm") : ink}`) +
      (step.weight === undefined ? "" : end(right + weight, base, digits(step.weight, 3), ink)) +
      (place ? words(right + weight + 10, base, place, `${small} ${isLost ? fill("alarm") : ink}`) : "")
    );
  };
  const blocks = stops.map((stop) => {
    const name = words(2, y + 17, `layer ${stop.layer + 1}`, `font-weight="600" ${fill("ink")}`);
    const rule = `<path d="M0,${px(y + 2)}H${width}" ${stroke("grid")}/>`;
    y += HEADING;
    const lines = [...stop.chosen, ...stop.next].map(line);
    let others = "";
    if (stop.others > 0) {
      const length = Number.isFinite(stop.rest) ? (stop.rest / whole) * bar : 0;
      others =
        end(at.logit, y + 13, `${stop.others} ${stop.others === 1 ? "other" : "others"}`, muted) +
        rect(at.bar, y + 3, length, 12, `class="others" ${fill("grid")}`) +
        words(at.bar + length + 4, y + 13, percent(stop.rest), `${small} ${muted}`);
      y += LINE;
    }
    return `<g class="layer">${rule}${name}${lines.join("")}${others}</g>`;
  });
  return { markup: heading + blocks.join(""), height: y + 6 - top };
}

/** "12 rerouted": the place in the queue, and the status unless it was simply kept. */
const placeOf = ({ place, status }: Step): string =>
  [place === undefined ? "" : String(place), status === undefined || status === "kept" ? "" : status]
    .filter(Boolean)
    .join(" ");

/** Each layer as one line: the numbers of the chosen experts, and all probability as one bar: theirs, then the runner-ups', then the rest. */
export function bars(stops: readonly Stop[], width: number, top: number, whole: number): Form {
  const lost = stops.some(({ chosen }) => chosen.some(({ status }) => status === "dropped" || status === "rerouted"));
  const names = Math.min(max(stops, ({ chosen }) => chosen.length) ?? 1, Math.floor((0.34 * width) / 25));
  const left = 36 + names * 25;
  const bar = Math.max(10, width - left - (lost ? 92 : 4));
  const lines = stops.map((stop, i) => {
    const [y, base] = [top + 18 + i * LAYER, top + 18 + i * LAYER + 12];
    const numbers = stop.chosen.slice(0, names).map(({ expert, status }, n) => {
      const isMore = n === names - 1 && stop.chosen.length > names;
      const label = isMore ? `+${stop.chosen.length - names + 1}` : String(expert);
      const ink = isMore ? muted : status === "dropped" ? fill("alarm") : fill("ink");
      return words(34 + (n + 1) * 25 - 3, base, label, `${small} text-anchor="end" ${ink}`);
    });
    let x = left;
    const part = (share: number, look: string): string => {
      const length = Number.isFinite(share) ? (share / whole) * bar : 0;
      const at = x;
      x += length;
      return length > 0 ? `<path d="M${px(at)},${px(y + 8)}h${px(Math.max(length - 0.7, 0.3))}" ${look}/>` : "";
    };
    const parts = [
      ...stop.chosen.map(({ prob, status }) =>
        part(prob, `class="chosen" stroke="${color(status === "dropped" ? "alarm" : "moe")}"`),
      ),
      ...stop.next.map(({ prob }) => part(prob, `class="next" stroke="${color("dense")}" stroke-opacity="0.45"`)),
      part(stop.rest, `class="others" stroke="${color("grid")}"`),
    ];
    const isBroken = stop.chosen.some(({ prob }) => Number.isNaN(prob));
    const trouble = troubleOf(stop);
    return (
      `<g class="layer" stroke-width="12"><title>${escapeHtml(hintOf(stop))}</title>` +
      words(30, base, String(stop.layer + 1), `${small} text-anchor="end" ${muted}`) +
      numbers.join("") +
      parts.join("") +
      (isBroken ? words(left + 4, base, "NaN", `${small} ${fill("alarm")}`) : "") +
      (trouble
        ? words(width - 86, base, trouble, `${small} ${fill(trouble.includes("drop") ? "alarm" : "ink")}`)
        : "") +
      "</g>"
    );
  });
  const heading =
    words(30, top + 10, "layer", `${small} text-anchor="end" ${muted}`) +
    words(38, top + 10, "experts", `${small} ${muted}`) +
    words(Math.max(left, 86), top + 10, "probability", `${small} ${muted}`);
  return { markup: heading + lines.join(""), height: 18 + stops.length * LAYER + 8 };
}

function troubleOf({ chosen }: Stop): string {
  const dropped = chosen.filter(({ status }) => status === "dropped").length;
  const moved = chosen.filter(({ status }) => status === "rerouted").length;
  return dropped > 0 ? `${dropped} dropped` : moved > 0 ? `${moved} rerouted` : "";
}

/** "layer 3: expert 7 41 %, weight 0.6, dropped; next: expert 2 12 %; 61 others 47 %" */
function hintOf({ layer, chosen, next, others, rest, masked }: Stop): string {
  const said = ({ expert, prob, weight, place, status }: Step) =>
    [
      `expert ${expert} ${chance(prob)}`,
      weight === undefined ? "" : `weight ${digits(weight, 3)}`,
      place === undefined ? "" : `place ${place}`,
      status === undefined || status === "kept" ? "" : status,
    ]
      .filter(Boolean)
      .join(", ");
  return [
    `layer ${layer + 1}: ${chosen.map(said).join("; ") || "none chosen"}`,
    next.length > 0 ? `next: ${next.map(said).join("; ")}` : "",
    others > 0 ? `${others} others ${percent(rest)}` : "",
    masked > 0 ? `${masked} masked` : "",
  ]
    .filter(Boolean)
    .join("; ");
}

/** All probability that was given in a layer: 1, unless scores are no softmax. */
export const wholeOf = ({ chosen, next, rest }: Stop): number => {
  const all = sum([...chosen, ...next], ({ prob }) => prob) + (Number.isFinite(rest) ? rest : 0);
  return Number.isFinite(all) ? all : 0;
};
