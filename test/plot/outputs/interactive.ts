import { inSight } from "../../../lib/notebook/live/inSight.js";
import { account } from "../../../lib/account/index.js";
import { capacityKnobs, costKnobs, routerKnobs } from "../../../lib/interactive/index.js";
import * as plot from "../../../lib/plot/index.js";
import { figure, type Output, type Shown, shown } from "./output.js";

interface Given {
  readonly label: string;
  readonly words: readonly string[];
  readonly width: number;
}

/** Escapes what it writes, as whoever draws must. */
const draw = (values: object, words: readonly string[], width: number) => ({
  width,
  height: 50,
  markup: `<svg width="${width}" height="50" viewBox="0 0 ${width} 50"></svg>`,
  description: JSON.stringify(values),
  facts: words,
});

/** Figures with knobs. */
export const interactiveOutputs: Readonly<Record<string, Output>> = {
  knobs: {
    args: [
      {
        factor: { label: "a factor", min: 0, max: 2, step: 0.5, start: 1, unit: "times", typed: true },
        batch: { label: "a batch", stops: [1, 2, 4], start: 2, unit: "texts" },
        word: { label: "a word", choices: ["one"], start: "one" },
      },
      { label: "two knobs", words: ["data"], width: 300 },
    ],
    show: (controls: plot.Controls<Record<string, number | string>>, given: Given) =>
      shown(plot.knobs(draw, { ...given, controls, data: given?.words ?? [] })),
  },
  capacityKnobs: figure(capacityKnobs, [
    [
      { layer: 0, scores: [1, 2, 3] },
      { layer: 1, scores: [3, 2, 1] },
    ],
    { topK: 2, factor: 1.5, width: 400 },
  ]),
  routerKnobs: figure(routerKnobs, [
    [
      { token: "a", logits: [1, 2, 3] },
      { token: "b", logits: [3, 2, 1] },
    ],
    { topK: 1, width: 400 },
  ]),
  costKnobs: {
    args: [{ name: "a model", width: 400 }],
    show: (options: { readonly name: string; readonly width: number }) =>
      shown(costKnobs(account({ model_type: "mixtral" }), options)),
  },
};

/** What these run in a page, whatever words they are given. */
export function ownScripts(): Set<string> {
  const all = Object.values(interactiveOutputs).map(({ args, show }) => show(...(args as never[])) as Shown);
  const moving = inSight({ html: () => "" }).html();
  return new Set([...all.flatMap(({ html }) => html), moving].flatMap(scriptsIn));
}

/** The programs in an output; data are none. */
export const scriptsIn = (html: string): string[] =>
  [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, program]) => program);
