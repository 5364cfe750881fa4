/** What a byte-level tokenizer begins with: text in pieces, pieces as bytes, and a visible character for each byte.
 *  Source: Radford et al. 2019 (GPT-2), §2.2 and the released encoder. */

/** Where a text is cut, as tokenizer.json has it: a word with the space before it, numbers, signs, spaces. No token crosses a cut. */
export const SPLIT = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** The same for JavaScript, whose own `\s` differs from Unicode's in U+0085 and U+FEFF. */
export const PIECES = new RegExp(SPLIT.replace(/\\s/g, "\\p{White_Space}").replace(/\\S/g, "\\P{White_Space}"), "gu");

/** The visible characters of Latin-1 stand for themselves. */
const isVisible = (byte: number): boolean => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);

const all = Array.from({ length: 256 }, (_, byte) => byte);

/** The byte of each of the first 256 ids, in GPT-2's order: visible ones first, so that "!" is 0 and "A" is 32. */
export const BYTES: readonly number[] = [...all.filter(isVisible), ...all.filter((byte) => !isVisible(byte))];

/** The character that stands for the byte of each of these ids in a tokenizer.json; those that are not visible get U+0100 and on. */
export const CHARACTERS: readonly string[] = BYTES.map((byte, id) =>
  String.fromCharCode(isVisible(byte) ? byte : 256 + id - all.filter(isVisible).length),
);

const idOfByte = new Uint8Array(256);
BYTES.forEach((byte, id) => (idOfByte[byte] = id));

const utf8 = new TextEncoder();

/** The ids of a text's bytes in UTF-8. Half a surrogate pair, which is no character, becomes U+FFFD. */
export const byteIds = (text: string): Uint8Array => utf8.encode(text).map((byte) => idOfByte[byte]);

const byteOf = new Map(CHARACTERS.map((character, id) => [character, BYTES[id]]));

/** The bytes of a token that is written in CHARACTERS. */
export const bytesOf = (token: string): Uint8Array => Uint8Array.from(token, (character) => byteOf.get(character)!);

/** Keeps a U+FEFF at the start, which it would otherwise take for a byte order mark. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of bytes in UTF-8; what is no character becomes U+FFFD. */
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);

/** Bytes as a text that can be read: what is no whole character is spelled out, such as `\xe2\x82` for two thirds of "€". */
export function readable(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at];
    const size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const character = textOf(bytes.subarray(at, at + size));
    const isWhole = utf8.encode(character).every((byte, i) => byte === bytes[at + i]);
    text += isWhole ? character : `\\x${first.toString(16).padStart(2, "0")}`;
    at += isWhole ? size : 1;
  }
  return text;
}
