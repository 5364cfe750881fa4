const SIGNS: Readonly<Record<string, string>> = { " ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍", "\u00a0": "⍽" };

/** A token as something that can be seen: whitespace as a sign, no text at all as ∅, what has no glyph as ·. */
export function visible(token: string): string {
  if (token === "") return "∅";
  return Array.from(token, (c) => SIGNS[c] ?? (/[\p{C}\p{Z}]/u.test(c) ? "·" : c)).join("");
}
