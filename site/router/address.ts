/** A game as the address of a page says it: "#score/english-1/0r-3", the text and a character for each token's choice. */

import { COUNT } from "./text.js";

/** A text of the page by its name, or the reader's own. */
export type TextOf = { readonly name: string } | { readonly own: string };

export interface Address {
  /** Whether the score is shown; the text lies open then. */
  readonly isScored: boolean;
  readonly text: TextOf;
  /** [COUNT] which of all choices, null where there is none yet. */
  readonly choices: readonly (number | null)[];
}

/** An address that says no game; the message is for the reader. */
export class BadAddress extends Error {
  override readonly name = "BadAddress";
}

const NONE = "-";
const OWN = "own.";
/** More would need two characters a choice. */
const MOST_CHOICES = 36;

/** With its "#". */
export function addressOf({ isScored, text, choices }: Address): string {
  const name = "own" in text ? OWN + toBase64(text.own) : text.name;
  const letters = choices.map((choice) => (choice === null ? NONE : choice.toString(36)));
  return `#${isScored ? "score" : "play"}/${name}/${letters.join("").replace(/-+$/, "")}`;
}

/** Whether it is meant as a game, and not as a place of the page. */
export const isGame = (hash: string): boolean => hash.includes("/");

/** Reads what `addressOf` wrote. Throws a `BadAddress` for anything else.
 *  @param names of the page's texts  @param nChoices how many choices a token has */
export function gameAt(hash: string, names: readonly string[], nChoices: number): Address {
  if (nChoices > MOST_CHOICES)
    throw new RangeError(`an address has letters for ${MOST_CHOICES} choices, not ${nChoices}`);
  const bad = (what: string): never => {
    throw new BadAddress(`This link holds no game: ${what}. Here is an empty board.`);
  };
  const parts = /^#(play|score)\/([^/]*)\/([^/]*)$/.exec(hash);
  if (!parts) return bad("it is cut or changed");
  const [, kind, name, letters] = parts;
  if (letters.length > COUNT) return bad(`it has choices for more than ${COUNT} tokens`);
  const choices = Array.from({ length: COUNT }, (_, n): number | null => {
    const letter = letters[n] ?? NONE;
    if (letter === NONE) return null;
    const choice = /^[0-9a-z]$/.test(letter) ? parseInt(letter, 36) : NaN;
    return choice < nChoices ? choice : bad(`it has a choice that token ${n + 1} does not have`);
  });
  const isScored = kind === "score";
  if (!name.startsWith(OWN))
    return names.includes(name) ? { isScored, text: { name }, choices } : bad("it names a text that is not here");
  const own = fromBase64(name.slice(OWN.length));
  return own === null ? bad("its text cannot be read") : { isScored, text: { own }, choices };
}

/** UTF-8 in the letters that need no escape in an address. */
function toBase64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

function fromBase64(letters: string): string | null {
  try {
    const binary = atob(letters.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(binary, (c) => c.charCodeAt(0)),
    );
  } catch {
    return null;
  }
}
