/** The knobs: one for each setting, each a list of values that teach something. A link may bring others. */

import { html, type Html } from "../../models/html.js";
import { live, names, type Settings, words } from "../run/settings.js";
import { texts } from "../run/texts.js";

interface Knob {
  readonly label: string;
  readonly help: string;
  /** What it offers; null is a number that is typed. */
  readonly values: readonly (string | number | null)[] | null;
}

export const knobs: { readonly [Name in keyof Settings]: Knob } = {
  balance: { label: "Balance", help: "what asks for equal work of the experts", values: words.balance },
  strength: {
    label: "Balance strength",
    help: "how much it counts beside the loss",
    values: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1],
  },
  noise: { label: "Noise", help: "chance on the router's scores, in training only", values: words.noise },
  noiseScale: { label: "Noise size", help: "standard deviation, or half the width", values: [0.01, 0.1, 0.3, 1, 2, 4] },
  capacity: {
    label: "Capacity factor",
    help: "how many tokens an expert has room for, in fair shares",
    values: [null, 0.5, 0.75, 1, 1.25, 1.5, 2],
  },
  overflow: { label: "When full", help: "where a token goes whose expert is full", values: words.overflow },
  lr: {
    label: "Learning rate",
    help: "how large the steps of both twins are",
    values: [0, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1],
  },
  text: { label: "Text", help: "what both twins learn", values: [...Object.keys(texts), "own"] },
  experts: { label: "Experts", help: "in each layer (E)", values: [1, 2, 4, 8, 16, 32, 64] },
  topK: { label: "Experts for a token", help: "how many work on each (K)", values: [1, 2, 3, 4, 8] },
  width: { label: "Expert width", help: "hidden neurons of one expert", values: [12, 24, 48, 96, 192] },
  shared: { label: "Shared experts", help: "which work on every token besides", values: [0, 1, 2] },
  select: { label: "Router", help: "how experts are chosen", values: words.select },
  score: { label: "Scores", help: "how the router's outputs become scores", values: words.score },
  seed: { label: "Seed", help: "of all chance: first weights, batches, noise", values: null },
};

const said: Readonly<Record<string, string>> = {
  ...{
    none: "none",
    switch: "Switch's loss",
    sequence: "loss per sequence (DeepSeek-V3)",
    importance: "loss on importance (Shazeer)",
  },
  ...{ z: "z-loss (ST-MoE)", bias: "bias, no loss (DeepSeek-V3)", quantile: "quantile bias, no loss" },
  ...{ normal: "normal", jitter: "jitter of the input", gumbel: "Gumbel" },
  ...{ drop: "drop the token", nextBest: "next best expert" },
  ...{ topK: "top K", expertChoice: "experts choose", topP: "top p", hash: "hash of the token" },
  ...{ softmax: "softmax", sigmoid: "sigmoid (DeepSeek-V3)", cosine: "cosine (X-MoE)", own: "your own …" },
};

const isBuiltIn = (value: string): value is keyof typeof texts => Object.hasOwn(texts, value);

export function sayOf(name: keyof Settings, value: string | number | null): string {
  if (value === null) return "no limit";
  if (name === "text" && typeof value === "string" && isBuiltIn(value)) return texts[value].label;
  return said[value] ?? String(value);
}

const asText = (value: string | number | null): string => (value === null ? "none" : String(value));

function knobMarkup(name: keyof Settings): Html {
  const { label, help, values } = knobs[name];
  const id = `knob-${name}`;
  const control = values
    ? html`<select id="${id}" data-knob="${name}" aria-describedby="${id}-help">
        ${values.map((value) => html`<option value="${asText(value)}">${sayOf(name, value)}</option>`)}
      </select>`
    : html`<input
        id="${id}"
        data-knob="${name}"
        type="number"
        min="0"
        max="999999"
        step="1"
        aria-describedby="${id}-help"
      />`;
  return html`<div class="play-knob">
    <label for="${id}">${label}</label>${control}<small id="${id}-help">${help}</small>
  </div>`;
}

const isLive = (name: keyof Settings): boolean => (live as readonly string[]).includes(name);

export function knobsMarkup(): Html {
  return html`<fieldset class="play-live">
      <legend>These act on the running model</legend>
      ${live.map(knobMarkup)}
    </fieldset>
    <fieldset class="play-shape">
      <legend>These make new models: the run starts anew</legend>
      ${names.filter((name) => !isLive(name)).map(knobMarkup)}
      <div class="play-own" hidden>
        <label for="play-text">Your text (or drop a file on the page)</label
        ><textarea id="play-text" rows="4" spellcheck="false"></textarea
        ><button type="button" data-do="own">Learn this text</button>
      </div>
    </fieldset>`;
}

/** Sets all knobs to what is in force; a value that a knob does not offer is added to it. */
export function setKnobs(place: HTMLElement, settings: Settings): void {
  for (const name of names) {
    const knob = place.querySelector<HTMLSelectElement | HTMLInputElement>(`[data-knob="${name}"]`)!;
    const value = asText(settings[name]);
    if (knob === document.activeElement && knob instanceof HTMLInputElement) continue; // it is being typed
    if (knob instanceof HTMLSelectElement && !Array.from(knob.options).some((option) => option.value === value))
      knob.add(new Option(sayOf(name, settings[name]), value));
    if (knob.value !== value) knob.value = value;
  }
  const disable = (name: keyof Settings, isIdle: boolean): void => {
    place.querySelector<HTMLSelectElement>(`[data-knob="${name}"]`)!.disabled = isIdle;
  };
  disable("strength", settings.balance === "none");
  disable("noiseScale", settings.noise === "none");
  disable("overflow", settings.capacity === null);
}
