/** Words that come from elsewhere (a file, a label, a key) as something that is seen and does nothing. */

/** Characters that act: control characters, which a terminal obeys; marks that turn the direction of the words after them; halves
 *  of a surrogate pair; and the two that no XML document may hold. */
const ACTING = /[\p{Cc}\p{Cs}\p{Bidi_Control}\ufffe\uffff]/gu;
/** These begin a new line in one place or another. */
const BREAKS = /[\u2028\u2029]/g;

const hex = (character: string, digits: number): string => character.charCodeAt(0).toString(16).padStart(digits, "0");

function spelled(character: string): string {
  const short = ({ "\n": "\\n", "\t": "\\t", "\r": "\\r" } as Record<string, string | undefined>)[character];
  return short ?? (character < "\u0100" ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`);
}

/** Text whose acting characters are spelled out, such as `\x1b` and `\u202e`. Line breaks and tabs stay. */
export const printable = (text: string): string =>
  text.replace(ACTING, (character) => (character === "\n" || character === "\t" ? character : spelled(character)));

/** The same as one line: line breaks and tabs are spelled out as well. */
export const oneLine = (text: string): string => text.replace(ACTING, spelled).replace(BREAKS, spelled);

/** A value as JSON without acting characters; reading it gives the value again. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value).replace(ACTING, (character) => `\\u${hex(character, 4)}`);
