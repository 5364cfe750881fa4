/** The cheat sheet: one page of A4, drawn of words, marks and a figure of lib/plot. All its numbers are computed here by the library, or
 *  come from recorded rows. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { account, componentRows, findModel } from "../../lib/account/index.js";
import { expertsTouched } from "../../lib/cost/index.js";
import { capacityOf, chanceDropShare, route, switchBalanceLoss } from "../../lib/moe/index.js";
import { twinBlocks } from "../../lib/plot/index.js";
import { rect, words } from "../../lib/plot/marks/svg.js";
import { COLORS } from "../../lib/plot/palette.js";
import { tensor } from "../../lib/tensor/index.js";
import { lossDifferences, lossDifferencesBySecond } from "../../lib/train/index.js";
import { root } from "./collect.js";

/** A4 at 96 px an inch. */
export const PAGE = { width: 794, height: 1123 };
const [MARGIN, GAP, LINE] = [28, 18, 14.4]; // px
const HALF = (PAGE.width - 2 * MARGIN - GAP) / 2;
const ink = COLORS.ink.light;
const muted = `fill="${COLORS.muted.light}"`;
const MONO = `font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="9.6"`;

const MODELS = [
  ...["Mistral-7B", "Llama-3.1-8B", "Llama-2-70B", "GPT-3", "Switch-C", "Mixtral-8x7B", "Mixtral-8x22B", "OLMoE-1B-7B"],
  ...["Qwen3-30B-A3B", "Qwen3-235B-A22B", "gpt-oss-20b", "gpt-oss-120b", "DeepSeek-V3", "Kimi-K2"],
];

const recorded = <Rows>(name: string): { rows: Rows; command: string; commit: string } =>
  JSON.parse(readFileSync(path.join(root, `assets/labs/${name}.json`), "utf8")) as never;
const mean = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0) / all.length;
const signed = (value: number, digits: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
const billions = (count: bigint): string => {
  const value = Number(count) / 1e9;
  return value >= 1000 ? `${(value / 1000).toPrecision(3)} T` : `${value.toPrecision(3)} B`;
};
/** A share; what is not quite all or nothing is not rounded to it. */
function percent(share: number, digits = 1): string {
  const least = 10 ** -digits;
  if (share < 1 && 100 * share > 100 - least / 2) return `> ${(100 - least).toFixed(digits)} %`;
  if (share > 0 && 100 * share < least / 2) return `< ${least} %`;
  return share === 1 ? "100 %" : `${(100 * share).toFixed(digits)} %`;
}

/** What the numbers of the sheet are, by part: a test computes them in another way. */
export function numbers() {
  const models = MODELS.map((name) => {
    const { config } = findModel(name)!;
    const { total, active } = account(config!);
    const fields = config as Record<string, number | undefined>;
    const experts = fields.num_local_experts ?? fields.n_routed_experts ?? fields.num_experts ?? null;
    const topK = fields.num_experts_per_tok ?? fields.num_selected_experts ?? (experts ? 1 : null);
    return { name, total, active, experts, topK };
  });
  const coverage = [1, 2, 4, 8, 16, 32, 64].map((batch) => ({ batch, share: expertsTouched(8, 2, batch) / 8 }));
  const capacity = [1, 1.25, 1.5, 2].map((factor) => {
    const places = capacityOf(128, 8, factor);
    return { factor, places, dropped: chanceDropShare(128, 1, 8, places) };
  });
  const loss = (rows: number[][]) =>
    switchBalanceLoss(route(tensor(rows.map((row) => row.map(Math.log))), { topK: 1 })).item();
  const no = 1e-9;
  const repeat = (times: number, row: number[]) => Array.from({ length: times }, () => row);
  const balance = {
    even: loss([...repeat(5, [0.9, 0.1]), ...repeat(5, [0.1, 0.9])]),
    sure: loss(repeat(10, [1 - no, no])),
    below: loss([...repeat(6, [0.51, 0.49]), ...repeat(4, [no, 1])]),
  };
  return { models, coverage, capacity, balance };
}

/** Who wins when, of the recorded twins: mean and range of MoE minus dense at the end, in nats. */
export function duels() {
  const twins = recorded<Parameters<typeof lossDifferences>[0]>("twins");
  const atEnd = (all: ReturnType<typeof lossDifferences>) => {
    const { at } = all[all.length - 1];
    const last = all.filter((row) => row.at === at).map(({ difference }) => difference);
    return { at, mean: mean(last), low: Math.min(...last), high: Math.max(...last), seeds: last.length };
  };
  return {
    ...{ command: twins.command, commit: twins.commit },
    rows: [
      { contract: "equal active, equal steps", ...atEnd(lossDifferences(twins.rows, "MoE", "dense")) },
      { contract: "equal active, equal seconds", ...atEnd(lossDifferencesBySecond(twins.rows, "MoE", "dense", 20)) },
      { contract: "equal total, equal steps", ...atEnd(lossDifferences(twins.rows, "MoE", "dense, equal total")) },
      {
        contract: "equal total, equal seconds",
        ...atEnd(lossDifferencesBySecond(twins.rows, "MoE", "dense, equal total", 20)),
      },
    ],
  };
}

/** What each remedy makes of a collapsed start: experts in use at the end, and how many of the runs end collapsed. */
export function remedyRows() {
  const lab = recorded<{ start: string; remedy: string; effective: number; collapsed: boolean }[]>("collapse");
  const names = ["none", "mask", "noise", "switch", "z", "bias", "nextBest", "drop"];
  const rows = names.map((remedy) => {
    const own = lab.rows.filter((row) => row.start === "biased" && row.remedy === remedy);
    const collapsed = own.filter((row) => row.collapsed).length;
    return { remedy, runs: own.length, collapsed, effective: mean(own.map(({ effective }) => effective)) };
  });
  return { rows, command: lab.command, commit: lab.commit };
}

/** Pieces of the sheet, each drawn from its top; `height` is what it takes. */
interface Piece {
  readonly height: number;
  readonly body: string;
}

function heading(text: string, width: number): Piece {
  const line = rect(0, 19, width, 1, `fill="${COLORS.grid.light}"`);
  return { height: 24, body: words(0, 14, text, `font-size="12.5" font-weight="600" fill="${ink}"`) + line };
}

/** A formula and what it says, a line each. */
function formulas(lines: readonly (readonly [formula: string, says: string])[]): Piece {
  const body = lines.map(([formula, says], i) => {
    const y = 11 + i * 31;
    return words(0, y, formula, MONO) + words(0, y + 11.5, says, `${muted} font-size="9.6"`);
  });
  return { height: lines.length * 31, body: body.join("") };
}

/** Rows under a head; columns at these places, numbers at the right of theirs. */
function grid(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  places: readonly (readonly [x: number, anchor: "start" | "end"])[],
): Piece {
  const cells = (row: readonly string[], y: number, look: string) =>
    row.map((text, i) => words(places[i][0], y, text, `text-anchor="${places[i][1]}" ${look}`)).join("");
  const all = rows.map((row, i) => cells(row, 25 + i * LINE, `font-size="10.2"`)).join("");
  return { height: 25 + rows.length * LINE, body: cells(head, 11, `${muted} font-size="9.6"`) + all };
}

const note = (...lines: readonly string[]): Piece => ({
  height: lines.length * 12 + 2,
  body: lines.map((line, i) => words(0, 9 + 12 * i, line, `${muted} font-size="9"`)).join(""),
});
const space = (height: number): Piece => ({ height, body: "" });

function column(x: number, top: number, pieces: readonly Piece[]): { bottom: number; body: string } {
  let y = top;
  const parts = pieces.map(({ height, body }) => {
    const part = `<g transform="translate(${x} ${y})">${body}</g>`;
    y += height;
    return part;
  });
  return { bottom: y, body: parts.join("") };
}

/** docs/cheatsheet.svg. */
export function cheatsheet(): Promise<Readonly<Record<string, string>>> {
  const { models, coverage, capacity, balance } = numbers();
  const shape = { model_type: "twinformer", vocabSize: 512, blockSize: 128, nLayer: 4, nHead: 4, dModel: 128 };
  const rowsOf = (more: object) => componentRows(account({ ...shape, ...more }));
  const twins = twinBlocks(
    { dense: rowsOf({}), moe: rowsOf({ nExpert: 8, topK: 2 }) },
    { nLayer: 4, nExpert: 8, topK: 2, lit: ["feedForward"], width: HALF },
  );
  const wins = duels();
  const remedies = remedyRows();
  const left = [
    heading("Formulas and shapes", HALF),
    formulas([
      ["z = x · W", "scores of a token: x [D], W [D, E], z [E]; with N tokens x [N, D], z [N, E]"],
      ["p = softmax(z),  chosen = the k largest", "all others: −∞ before softmax, so exactly 0"],
      ["g = p / Σ p of the chosen", "weights sum to 1 (Mixtral); as they are in Switch and OLMoE"],
      ["y = Σ g · expert(x) over the chosen", "k of E feed-forward networks work on the token"],
      ["total = rest + E · expert", "must be held in memory"],
      ["active = rest + k · expert", "work on one token; about 2 · active FLOPs a token"],
      ["balance loss = E · Σ f · P", "f: share of the choices, P: mean probability, by expert; gradient through P"],
      ["capacity = ⌈factor · N · k / E⌉", "places of an expert; a token without one is dropped or sent on"],
      ["coverage = 1 − (1 − k/E)^B", "share of the experts that B tokens use, if all are equally likely"],
      ["effective experts = exp(−Σ f · log f)", "E at an even load, 1 when one expert does everything"],
      ["violation = max f · E − 1", "fair shares beyond one of the busiest expert"],
      ["leaving a device = (G − 1) / G", "share of the rows sent in an all-to-all over G devices, by chance"],
    ]),
    space(14),
    heading("The balance loss, two experts", HALF),
    grid(
      ["load", "value"],
      [
        ["even", balance.even.toFixed(3)],
        ["all tokens sure of one expert", balance.sure.toFixed(3)],
        ["uneven, and yet below: busy experts are not the likely ones", balance.below.toFixed(3)],
      ],
      [
        [0, "start"],
        [HALF, "end"],
      ],
    ),
    space(14),
    heading("Dropped by chance: 128 tokens, E 8, k 1", HALF),
    grid(
      ["capacity factor", "places of an expert", "dropped"],
      capacity.map(({ factor, places, dropped }) => [String(factor), String(places), percent(dropped, 2)]),
      [
        [0, "start"],
        [210, "end"],
        [HALF, "end"],
      ],
    ),
    space(14),
    heading("Who wins when: MoE minus dense, nats", HALF),
    grid(
      ["contract", "mean", "from", "to", ""],
      wins.rows.map(({ contract, mean, low, high }) => [
        ...[contract, signed(mean, 3), signed(low, 3), signed(high, 3)],
        high < 0 ? "MoE" : low > 0 ? "dense" : "open",
      ]),
      [
        [0, "start"],
        [195, "end"],
        [245, "end"],
        [295, "end"],
        [HALF, "end"],
      ],
    ),
    note(
      `Small twins, ${wins.rows[0].seeds} seeds, ${wins.rows[0].at.toLocaleString("en")} steps; below 0 the MoE is better.`,
      `${wins.command}, commit ${wins.commit}. Seconds are those of one machine.`,
    ),
    space(14),
    heading("Remedies, from a collapsed start", HALF),
    grid(
      ["remedy", "effective experts of 8", "collapsed"],
      remedies.rows.map(({ remedy, effective, collapsed, runs }) => [
        ...[remedy, effective.toFixed(1), `${collapsed} of ${runs}`],
      ]),
      [
        [0, "start"],
        [245, "end"],
        [HALF, "end"],
      ],
    ),
    note(
      "One expert a token; effective experts: mean of the last quarter of the steps.",
      `${remedies.command}, commit ${remedies.commit}.`,
    ),
  ];
  const right = [
    { height: twins.height + 10, body: twins.svg("light") },
    heading("Numbers of well-known models", HALF),
    grid(
      ["model", "total", "active", "share", "experts", "in 16 bits"],
      models.map(({ name, total, active, experts, topK }) => [
        ...[name, billions(total), billions(active), percent(Number(active) / Number(total))],
        ...[experts ? `${topK} of ${experts}` : "dense", `${((2 * Number(total)) / 1e9).toFixed(0)} GB`],
      ]),
      [
        [0, "start"],
        [150, "end"],
        [202, "end"],
        [250, "end"],
        [306, "end"],
        [HALF, "end"],
      ],
    ),
    note("Counted from each config.json, with the input embedding."),
    space(14),
    heading("Coverage of a batch: E 8, k 2", HALF),
    coverageBars(coverage),
  ];
  const top = MARGIN + 40;
  const [one, two] = [column(MARGIN, top, left), column(MARGIN + HALF + GAP, top, right)];
  const size = `width="${PAGE.width}" height="${PAGE.height}" viewBox="0 0 ${PAGE.width} ${PAGE.height}"`;
  const bottom = Math.max(one.bottom, two.bottom);
  if (bottom > PAGE.height - 12) throw new RangeError(`cheatsheet: it ends at ${bottom} px, below its page`);
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} fill="${ink}" font-family="system-ui, 'DejaVu Sans', sans-serif">`,
    `<title>Transformer and mixture of experts: the cheat sheet</title>`,
    rect(0, 0, PAGE.width, PAGE.height, `fill="#fff"`),
    words(MARGIN, MARGIN + 20, "Transformer and mixture of experts", `font-size="20" font-weight="700"`),
    words(PAGE.width - MARGIN, MARGIN + 20, "Twinformer · cheat sheet", `text-anchor="end" font-size="11" ${muted}`),
    ...[one.body, two.body],
    `</svg>\n`,
  ];
  return Promise.resolve({ "docs/cheatsheet.svg": svg.join("\n") });
}

function coverageBars(rows: readonly { readonly batch: number; readonly share: number }[]): Piece {
  const [step, full] = [15, HALF - 122];
  const body = rows.map(({ batch, share }, i) => {
    const y = 4 + i * step;
    const label = words(0, y + 9, `${batch} token${batch > 1 ? "s" : ""}`, `font-size="10.2"`);
    const bars =
      rect(62, y, full, 11, `fill="${COLORS.grid.light}"`) +
      rect(62, y, full * share, 11, `fill="${COLORS.moe.light}"`);
    return label + bars + words(HALF, y + 9, percent(share), `text-anchor="end" font-size="10.2"`);
  });
  return { height: 4 + rows.length * step, body: body.join("") };
}
