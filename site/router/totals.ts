/** From losses and choices to a score and the words for it. Every word that states an order is chosen by the numbers. */

import type { Measured } from "./score.js";

/** Nats of one token, or per token on average. */
export interface Nats {
  /** The reader's choice; chance where there is none. */
  readonly you: number;
  readonly learned: number;
  /** The mean over all choices, each as likely as the others. Nothing is drawn. */
  readonly chance: number;
  readonly best: number;
}

export interface TokenScore extends Nats {
  /** The reader's choice, or null. */
  readonly choice: number | null;
  readonly learnedChoice: number;
  /** The first of equally good ones. */
  readonly bestChoice: number;
}

export interface Score {
  readonly tokens: readonly TokenScore[];
  readonly mean: Nats;
  /** Tokens that the reader routed. */
  readonly routed: number;
}

export const meanOf = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** @param choices [N] of each token, null where chance stands in */
export function scoreOf({ losses, learned }: Measured, choices: readonly (number | null)[]): Score {
  const tokens = losses.map((nats, n): TokenScore => {
    const choice = choices[n] ?? null;
    const chance = meanOf(nats);
    const best = Math.min(...nats);
    return {
      you: choice === null ? chance : nats[choice],
      learned: nats[learned[n]],
      ...{ chance, best, choice },
      learnedChoice: learned[n],
      bestChoice: nats.indexOf(best),
    };
  });
  const mean = (of: keyof Nats): number => meanOf(tokens.map((token) => token[of]));
  return {
    tokens,
    mean: { you: mean("you"), learned: mean("learned"), chance: mean("chance"), best: mean("best") },
    routed: tokens.filter(({ choice }) => choice !== null).length,
  };
}

/** As it is shown: two numbers that look alike count as equal. */
export const shown = (nats: number): string => nats.toFixed(3);
const compared = (a: number, b: number): number => Number(shown(a)) - Number(shown(b));

/** "+0.212", "−0.031", "0.000". */
export function signed(nats: number): string {
  const size = shown(Math.abs(nats));
  if (Number(size) === 0) return size;
  return `${nats < 0 ? "−" : "+"}${size}`;
}

/** The difference of two numbers as they are shown, so that a reader who subtracts finds the same. */
const apart = (a: number, b: number): string => shown(Math.abs(compared(a, b)));

/** The score in one sentence. */
export function verdict({ mean, routed }: Score): string {
  if (routed === 0) return `You have routed no token: all of them count as chance.`;
  const { you, learned } = mean;
  const order = compared(you, learned);
  const beside = `yours cost ${shown(you)}, its own ${shown(learned)}`;
  if (order === 0) return `You are level with the learned router: ${shown(you)} nats per token.`;
  return order > 0
    ? `You lost ${apart(you, learned)} nats per token against the learned router: ${beside}.`
    : `You beat the learned router by ${apart(you, learned)} nats per token: ${beside}.`;
}

/** What the other two say, and where the reader stands beside them. */
export function besides({ mean, tokens, routed }: Score, nChoices: number): string[] {
  const { you, learned, chance, best } = mean;
  const said: string[] = [];
  if (routed < tokens.length && routed > 0)
    said.push(
      `${routed} of ${tokens.length} tokens are routed by you; the other ${tokens.length - routed} count as chance, at its exact mean.`,
    );
  if (routed > 0) {
    const order = compared(you, chance);
    const word = order === 0 ? "as good as" : order < 0 ? "better than" : "worse than";
    const by = order === 0 ? "" : ` by ${apart(you, chance)}`;
    said.push(`That is ${word} chance${by}: the mean over all ${nChoices} choices of each token is ${shown(chance)}.`);
  }
  const left = compared(learned, best);
  said.push(
    left === 0
      ? `No choice would have been better than the learned router's.`
      : `The best choice of every token costs ${shown(best)}, ${apart(learned, best)} less than the learned router's.`,
  );
  const hits = (of: (token: TokenScore) => number | null): number =>
    tokens.filter((token) => of(token) === token.bestChoice).length;
  const [own, its] = [hits(({ choice }) => choice), hits(({ learnedChoice }) => learnedChoice)];
  said.push(`Best choices found: ${own} of ${routed} by you, ${its} of ${tokens.length} by the learned router.`);
  return said;
}

/** Why the learned router can be beaten: only where there is something to explain. */
export function explanation({ mean }: Score): string {
  const { you, learned, best } = mean;
  if (compared(best, learned) >= 0) return "";
  const lead = compared(you, learned) < 0 ? "How can that be?" : "Why is the learned router not the best?";
  return `${lead} It was trained on all of the text and not on these tokens, it chooses before it knows what comes next, and a balance loss keeps it from choosing freely: every expert must stay in use. The best of all choices is known only to somebody who sees the next token.`;
}
