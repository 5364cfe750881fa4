/** What a notebook shows of the bug hunt: figures beside those of a healthy twin, the list of diagnoses, and the answers. */

import { checkIntegers } from "../../../config/options.js";
import type { Corpus } from "../../../data/corpus.js";
import { mobyDick } from "../../../data/sources.js";
import type { HtmlFigure } from "../../../plot/figure.js";
import { table } from "../../../plot/table/table.js";
import { digits } from "../../../text/numbers.js";
import { shortForm } from "../../short.js";
import { cases } from "./cases.js";
import { diagnoses } from "./diagnoses.js";
import { examine, type Figures } from "./examine.js";
import type { Setting } from "./setting.js";
import { settings } from "./settings.js";

const labels: Readonly<Record<keyof Figures, string>> = {
  firstLoss: "loss at first (nats)",
  lastLoss: "loss at last (nats)",
  effective: "effective experts",
  balance: "balance term, layer 1",
  added: "added per unit of it",
  taskGradient: "gradient from the task",
  balanceGradient: "gradient from the balance",
  moved: "router moved by",
  twice: "two tests differ by",
  droppedEarly: "no place, first quarter",
  droppedLate: "no place, last quarter",
  outputOfDropped: "output without a place",
  byBias: "weights, biases raised",
};

let healthy: Promise<Figures[]> | undefined;
const steps = (): number => (shortForm() ? 6 : 24);
const figuresOf = async (setting: Setting, seed: number): Promise<Figures> => {
  const corpus: Corpus = await mobyDick();
  return examine(setting, corpus, steps(), seed);
};

/** The figures of a patient beside those of two healthy twins, which differ by their seeds alone: so one sees what chance does. All
 *  are trained for a few steps, in seconds. What is wrong is not said:
 *  `check("patient 1", letter)` of the list `diagnosisTable()`. */
export async function patient(number: number): Promise<HtmlFigure> {
  checkIntegers("patient", { number }, { from: 1, below: Object.keys(settings).length + 1 });
  healthy ??= Promise.all([figuresOf({}, 1), figuresOf({}, 8)]);
  const [own, [one, other]] = [await figuresOf(settings[number], 2), await healthy];
  const rows = (Object.keys(labels) as (keyof Figures)[]).map((name) => ({
    figure: labels[name],
    [`patient ${number}`]: short(own[name]),
    healthy: short(one[name]),
    "healthy, too": short(other[name]),
  }));
  return table(rows, { title: `Patient ${number}, and two healthy twins` });
}

/** Rounding alone leaves a gradient of 1e-11: that is 0. */
const short = (value: number): string => (Math.abs(value) < 1e-8 ? "0" : digits(value, 3));

/** All diagnoses by their letters. */
export const diagnosisTable = (): HtmlFigure =>
  table(
    diagnoses.map(({ letter, says }) => ({ letter, diagnosis: says })),
    { title: "What can be wrong" },
  );

/** Which diagnosis is whose, where it shows, and who had it. */
export function museum(): HtmlFigure {
  const rows = Object.entries(cases).map(([number, { is, seenIn }]) => {
    const found = diagnoses.find(({ letter }) => letter === is)!;
    return { patient: number, letter: is, diagnosis: found.says, "seen in": seenIn };
  });
  const notes = diagnoses.flatMap((one) => ("source" in one ? [`${one.letter}: ${one.source}`] : []));
  return table(rows, { title: "The museum", notes });
}
