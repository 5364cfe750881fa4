/** Texts that can be played, and tokens as words. */

import type { Tokenizer } from "twinformer/data";

/** How many tokens are routed in a game. */
export const COUNT = 20;

/** A text that cannot be played; the message is for the reader. */
export class NoText extends Error {
  override readonly name = "NoText";
}

/** The ids of a text. Throws a `NoText` where the twin cannot play it.
 *  @param blockSize the most tokens that the model reads */
export function idsOf(text: string, tokenizer: Tokenizer, blockSize: number): Int32Array {
  // The tokenizer can spell any character in bytes, but the twin met none beyond printable ASCII.
  const strange = /[^\n\x20-\x7e]/u.exec(text)?.[0];
  if (strange !== undefined)
    throw new NoText(
      `The twin has learned plain letters, digits and signs only (ASCII), and ${nameOf(strange)} is none of them: write it without.`,
    );
  const ids = tokenizer.encode(text);
  if (ids.length <= COUNT)
    throw new NoText(
      `This is ${ids.length === 1 ? "1 token" : `${ids.length} tokens`}: a game needs ${COUNT + 1} or more, ${COUNT} to route and one to guess. Write a little more.`,
    );
  if (ids.length > blockSize + 1)
    throw new NoText(`This is ${ids.length} tokens: the twin reads at most ${blockSize}, and guesses one. Shorten it.`);
  return ids;
}

const nameOf = (character: string): string =>
  /[\p{C}\p{Z}]/u.test(character)
    ? `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`
    : `“${character}”`;

/** White space made visible, as in the figures. */
export const visible = (token: string): string => token.replaceAll(" ", "␣").replaceAll("\n", "⏎");

const SPOKEN: Readonly<Record<string, string>> = {
  ...{ " ": "space", "\n": "new line", ".": "full stop", ",": "comma", ";": "semicolon", ":": "colon" },
  ...{ "(": "left parenthesis", ")": "right parenthesis", "[": "left bracket", "]": "right bracket" },
  ...{ "{": "left brace", "}": "right brace", "=": "equals", "+": "plus", "-": "minus", "*": "asterisk", "/": "slash" },
  ...{ "?": "question mark", "!": "exclamation mark", "'": "apostrophe", '"': "quotation mark", "`": "backquote" },
  ...{ "<": "less than", ">": "greater than", _: "underscore", "&": "ampersand", "|": "bar", "%": "percent sign" },
  ...{ $: "dollar sign", "#": "number sign", "@": "at sign", "\\": "backslash", "^": "caret", "~": "tilde" },
};

/** For a voice, which would leave spaces and signs out: " the" is “space the”. */
export function spoken(token: string): string {
  const parts = token.match(/ +|\n+|[a-z0-9]+|./gi) ?? [];
  const said = parts.map((part) => {
    const name = SPOKEN[part[0]];
    if (name === undefined) return part;
    return part.length > 1 ? `${part.length} ${name}s` : name;
  });
  return `“${said.join(" ")}”`;
}
