/** The interview as notes: one for each question, with one card. */

import { asText } from "../../lib/notebook/interview/interview.js";
import type { Asked } from "../../lib/notebook/interview/question.js";
import { questions } from "../../lib/notebook/interview/questions/index.js";
import { linkOf } from "../../lib/notebook/interview/words.js";

export const fields = [
  ...["Question", "Answer", "Proof", "Follow-up", "Follow-up answer"],
  ...["Wrong answer", "Refutation", "Run", "Theme"],
] as const;

export const decks = ["1 Every interview", "2 Those who have built one", "3 The hardest"].map(
  (name) => `Twinformer interview::${name}`,
);

export interface Note {
  /** Its own for ever: an import of a newer package renews the note in place of adding one. */
  readonly guid: string;
  /** Of `decks`. */
  readonly deck: number;
  readonly tags: readonly string[];
  /** HTML, one for each of `fields`. */
  readonly values: readonly string[];
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function noteOf(one: Asked): Note {
  const { question, answer, then, thenAnswer, wrong, but } = asText(one);
  const [proof, run] = [one.proof.at, one.wrong.proof.at].map((at) => linkOf(at).words);
  return {
    guid: `twinformer-${one.id}`,
    deck: one.level - 1,
    tags: ["twinformer", `level-${one.level}`, one.theme],
    values: [question, answer, proof, then, thenAnswer, wrong, but, run, one.theme].map(escaped),
  };
}

export const notes = (): Note[] => questions.map(noteOf);
