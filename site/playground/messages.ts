/** What the playground's page and its worker say to each other. */

import type { Frame } from "./run/film.js";
import type { Linked } from "./run/address.js";
import type { Parameters } from "./run/numbers.js";
import type { Finding } from "./run/presets.js";
import type { Routed } from "./run/sentence.js";
import type { Live, Run } from "./run/settings.js";

/** From the page. */
export type Order =
  /** A new run, to be trained at once up to `linked.at`. `id` is a number that views of it have, `preset` the id of the one that it is, `width` that
   *  of the figures, in CSS pixels */
  | {
      readonly type: "open";
      readonly id: number;
      readonly linked: Linked;
      readonly preset: string | null;
      readonly width: number;
    }
  /** @param until the step at which it stops by itself; null for none */
  | { readonly type: "play"; readonly until: number | null }
  | { readonly type: "pause" }
  | { readonly type: "step" }
  /** After the step that is shown: what came after it is trained anew. */
  | { readonly type: "change"; readonly to: Partial<Live> }
  | { readonly type: "say"; readonly sentence: string }
  /** A step of the film; null for the last one, whichever that is. */
  | { readonly type: "show"; readonly step: number | null }
  /** Steps a second at most; null for as many as there can be. */
  | { readonly type: "speed"; readonly most: number | null }
  | { readonly type: "size"; readonly width: number }
  /** The last view is on the screen: the next may come. */
  | { readonly type: "drawn" };

export type State = "playing" | "paused" | "catching up" | "ended";

/** All that the page shows of one moment. */
export interface View {
  /** The `id` of the order that opened it. */
  readonly opened: number;
  /** The id of the preset that it is; null once it is another run, and for all others. */
  readonly preset: string | null;
  readonly run: Run;
  readonly state: State;
  /** Where it stops by itself; null for nowhere. */
  readonly until: number | null;
  /** The step that is shown, and the last one of the film. */
  readonly shown: number;
  readonly last: number;
  /** Of both twins, over the last second; null where nothing is trained. */
  readonly perSecond: number | null;
  readonly figures: { readonly loss: string; readonly load: string };
  readonly frame: Frame | null;
  readonly sentence: Routed;
  readonly parameters: Parameters;
  /** What became of a preset, once all of its steps are taken. */
  readonly finding: Finding | null;
}

export type Report =
  | { readonly type: "view"; readonly view: View }
  /** What was left out of the sentence; "" for nothing. */
  | { readonly type: "note"; readonly words: string }
  /** A sentence about what could not be done; the run goes on as it was, where there is one. */
  | { readonly type: "problem"; readonly words: string };
