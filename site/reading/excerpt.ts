/** A piece of a part's words. */
export interface Piece {
  readonly said: string;
  readonly isFound: boolean;
}

const LENGTH = 170;
const asPattern = (word: string) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Some words round the first place where one of the terms stands, in pieces: found ones and others. Where no term is in the
 *  text, that of the code. */
export function excerpt(text: string, code: string, terms: readonly string[]): Piece[] {
  const pattern = new RegExp(`(${terms.map(asPattern).join("|") || "(?!)"})`, "i");
  const from = [text, code].find((words) => pattern.test(words)) ?? (text || code);
  const at = Math.max(0, (pattern.exec(from)?.index ?? 0) - LENGTH / 3);
  const start = at === 0 ? 0 : from.indexOf(" ", at) + 1;
  const cut = from.slice(start, start + LENGTH);
  const isWhole = start + LENGTH >= from.length;
  const words = `${start > 0 ? "… " : ""}${isWhole ? cut : `${cut.slice(0, cut.lastIndexOf(" "))} …`}`;
  return words
    .split(new RegExp(pattern, "gi"))
    .map((said, i) => ({ said, isFound: i % 2 === 1 }))
    .filter(({ said }) => said !== "");
}
