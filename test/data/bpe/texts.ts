/** Texts for properties of tokenizers. */

import fc from "fast-check";

/** Halves of surrogate pairs are no characters: UTF-8 has none, so that encoding reads U+FFFD. */
export const whole = (text: string): string => text.replace(/\p{Cs}/gu, "\ufffd");

const parts = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("a", "b", " ") }),
  fc.constantFrom(
    " ",
    "  ",
    "\n",
    "\r\n",
    "\t",
    "\u00a0",
    "\u0085",
    "\ufeff",
    "\u2028",
    "\u3000",
    "'s",
    "'ll",
    " 12",
    "٣",
  ),
  fc.constantFrom(
    "é",
    "e\u0301",
    "ß",
    "漢字",
    "かな",
    "한글",
    "שלום",
    "مرحبا",
    "🙂",
    "👩‍👩‍👧",
    "🇩🇪",
    "\u200d",
    "\ufe0f",
    "<|end|>",
    "<|",
    "__proto__",
  ),
);

/** Any text of whole characters, with what is hard for tokenizers in it. */
export const texts = fc.array(parts, { maxLength: 12 }).map((all) => whole(all.join("")));

/** Any JavaScript string: halves of surrogate pairs, too. */
export const strings = fc.oneof(
  texts,
  fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
  fc.array(fc.constantFrom("\ud83d", "\ude42", "a", " ")).map((units) => units.join("")),
);
