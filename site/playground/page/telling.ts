/** What a run that the page came with is about, told while it trains. Its numbers are those of the step that is shown. */

import type { View } from "../messages.js";
import { type Preset, story } from "../run/presets.js";

export interface Telling {
  readonly words: string;
  /** Whether the run has come to its end, and this is what was seen in it. */
  readonly isFound: boolean;
}

/** @param preset undefined for a run of the reader's: nobody knows what it will show, and nothing is told */
export function tellingOf(view: View, preset: Preset | undefined): Telling {
  const { finding, shown } = view;
  if (finding && preset && shown >= preset.steps)
    return {
      words: `${finding.words}${finding.holds ? "" : " This seed does not show it: chance has a hand in it."}`,
      isFound: true,
    };
  if (!preset || shown > preset.steps) return { words: "", isFound: false };
  const why = preset.id === story.id ? chapterOf(view) : preset.why;
  return { words: `${why} ${workOf(view)}`.trim(), isFound: false };
}

/** The story has two chapters: before what is changed in it, and after. */
function chapterOf({ shown, state }: View): string {
  const [{ after }] = story.run.changes;
  if (shown === 0 && state !== "playing")
    return "Press Play: both models learn the same text. In the MoE, nothing keeps the experts in use; see what becomes of them.";
  return shown <= after
    ? "Nothing keeps the experts of the MoE in use. An expert that is a little better gets more tokens, learns more from them, and is chosen still more often: most of the others get nothing."
    : `The rescue: since step ${after} noise sends some tokens to experts that are not the favorites, and a balance loss asks for equal work.`;
}

/** "" before the first step. */
function workOf({ frame, run }: View): string {
  const layers = frame?.moe.routing ?? [];
  if (layers.length === 0) return "";
  const effective = layers.map((layer) => layer.effectiveExperts.toFixed(1)).join(" and ");
  return `In step ${frame!.moe.step} tokens asked for the work of ${effective} of ${run.settings.experts} experts, by layer.`;
}
