/** Puts one view of the worker into the page. */

import morphdom from "morphdom/dist/morphdom-esm.js";
import type { View } from "../messages.js";
import { codeOf } from "../run/code.js";
import { type Preset, presets, story } from "../run/presets.js";
import { type Run, type Settings, shape } from "../run/settings.js";
import { knobs, sayOf, setKnobs } from "./knobs.js";
import { numbersMarkup } from "./numbers.js";
import { layerMarkup } from "./sentence.js";
import { tellingOf } from "./telling.js";

/** CSS pixels below which a picture may be wider than its place, and scrolls. */
const NARROW = 400;

export const isRunning = (view: View | null): boolean => view?.state === "playing" || view?.state === "catching up";

export const settingsNow = ({ run, shown }: View): Settings =>
  run.changes.reduce((now, { after, to }) => (after <= shown ? { ...now, ...to } : now), run.settings);

/** Writes only what has changed: a selection of the reader's stays. */
export function write(place: ParentNode, selector: string, text: string): void {
  const element = place.querySelector(selector)!;
  if (element.textContent !== text) element.textContent = text;
}

/** A run that the page came with. */
export const presetOf = (id: string | null): Preset | undefined => [story, ...presets].find((one) => one.id === id);

/** What takes time to draw. Each has a frame of the screen of its own: all together would hold the page up. */
export const pictures: readonly ((place: HTMLElement, view: View) => void)[] = [
  (place, { figures }) => {
    fill(place.querySelector(".play-loss")!, figures.loss);
  },
  (place, { figures }) => {
    fill(place.querySelector(".play-load")!, figures.load);
    if (innerWidth >= NARROW) return; // asking for widths costs a layout
    for (const one of place.querySelectorAll<HTMLElement>(".play-figures .twinformer-drawing"))
      if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
  },
  ...Array.from({ length: shape.nLayer }, (_, layer) => (place: HTMLElement, { sentence, run }: View): void => {
    const sections = place.querySelectorAll(".play-layers section");
    fill(sections[layer], layerMarkup(sentence, layer, run.settings.experts).text);
  }),
  (place, view) => {
    fill(place.querySelector(".play-numbers")!, numbersMarkup(view).text);
  },
];

/** All but the pictures. @param isOther whether it is the first view of another run */
export function showWords(place: HTMLElement, view: View, isOther: boolean): void {
  const find = <E extends HTMLElement>(selector: string): E => place.querySelector<E>(selector)!;
  const scrub = find<HTMLInputElement>("#play-scrub");
  const { shown, last, frame, run } = view;
  const writing = frame?.writing;
  write(
    place,
    ".play-written",
    writing ? `After step ${writing.step}, both go on from “${writing.prompt}”` : "Both write at every 50th step.",
  );
  write(place, ".play-dense", writing?.dense ?? "");
  write(place, ".play-moe", writing?.moe ?? "");
  scrub.max = String(Math.max(last, 1));
  scrub.disabled = last === 0;
  if (document.activeElement !== scrub || isRunning(view) || isOther) scrub.value = String(shown);
  write(place, "#play-step", shown === last ? `step ${last}` : `step ${shown} of ${last}`);
  scrub.setAttribute("aria-valuetext", shown === last ? `step ${last}` : `step ${shown} of ${last}`);
  write(place, ".play-state", stateOf(view));
  write(place, '[data-do="play"]', isRunning(view) ? "Pause" : "Play");
  write(
    place,
    ".play-past",
    shown === last
      ? ""
      : `You look at step ${shown}. A knob that you turn now forks the run here: what came after is trained anew.`,
  );
  write(place, ".play-history", historyOf(run));
  const { words, isFound } = tellingOf(view, presetOf(view.preset));
  write(place, ".play-finding", words);
  find(".play-finding").classList.toggle("play-found", isFound);
  setKnobs(place, settingsNow(view));
  if (find<HTMLDetailsElement>(".play-row").open) showRow(place, view);
  if (find<HTMLDetailsElement>(".play-code").open) showCode(place, view);
}

const filled = new WeakMap<Element, string>();
/** Changes only what is other than before, and makes elements only where there are more: a picture that is made anew would be styled and
 *  laid out as a whole ten times a second. */
function fill(place: Element, markup: string): void {
  if (filled.get(place) === markup) return;
  filled.set(place, markup);
  const next = document.createElement("div");
  next.innerHTML = markup;
  morphdom(place, next, { childrenOnly: true, getNodeKey: () => undefined });
}

function stateOf({ state, until, perSecond }: View): string {
  const states = {
    playing: "training",
    "catching up": `training up to step ${until ?? 0}`,
    paused: "paused",
    ended: "ended",
  };
  const rate = perSecond === null ? "" : perSecond < 10 ? perSecond.toFixed(1) : perSecond.toFixed(0);
  return states[state] + (rate === "" ? "" : `, ${rate} steps a second`);
}

/** What was changed on the way, in the words of the knobs. */
function historyOf({ changes }: Run): string {
  const said = changes.map(({ after, to }) => {
    const all = Object.entries(to) as [keyof Settings, string | number | null][];
    return `after step ${after}: ${all.map(([name, value]) => `${knobs[name].label.toLowerCase()} ${sayOf(name, value)}`).join(", ")}`;
  });
  return said.length === 0 ? "" : `Changes in this run: ${said.join("; ")}.`;
}

export const showRow = (place: HTMLElement, view: View | null): void =>
  write(
    place,
    ".play-row pre",
    view?.frame ? JSON.stringify({ dense: view.frame.dense, moe: view.frame.moe }, null, 1) : "no step yet",
  );

export function showCode(place: HTMLElement, view: View | null): void {
  if (view) write(place, ".play-code pre", codeOf(view.run, Math.max(view.shown, 1)));
}
