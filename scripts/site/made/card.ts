/** The picture that stands beside a shared link: 1200 x 630, made from words. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Resvg } from "@resvg/resvg-js";
import { indexedPng } from "./png.js";
import { escaped } from "../../../site/models/html.js";

export const WIDTH = 1200;
export const HEIGHT = 630;
const MARGIN = 80;

export type Tone = "good" | "half" | "bad" | "mixture" | "plain";

export interface Card {
  /** Above: "Claim C1". */
  readonly kind: string;
  readonly words: string;
  /** Below, in words and in a color. */
  readonly verdict?: { readonly words: string; readonly tone: Tone };
  /** One line beside it. */
  readonly note?: string;
}

const COLORS: Readonly<Record<Tone, string>> = {
  good: "#028062",
  half: "#c3540d",
  bad: "#af011b",
  mixture: "#c3540d",
  plain: "#0f61b3",
};
const SIGNS: Readonly<Record<Tone, string>> = { good: "✓", half: "≈", bad: "✗", mixture: "", plain: "" };
const [INK, MUTED] = ["#1f2328", "#5c6470"];

/** Widths of letters of DejaVu Sans Bold, as shares of the size, rounded up: no line may leave the card where another font is taken. */
const NARROW = /[ilI.,:;'|!j()[\]1-9ftr\- ]/;
const widthOf = (text: string, size: number): number =>
  Array.from(text).reduce(
    (sum, c) =>
      sum +
      (/[mwMW%@—]/.test(c)
        ? 1.08
        : /\d/.test(c)
          ? 0.7
          : NARROW.test(c)
            ? 0.46
            : /[A-Z]/.test(c)
              ? 0.8
              : c.charCodeAt(0) > 0x2e80
                ? 1
                : 0.71),
    0,
  ) * size;

/** Lines of at most `width`; a word that is longer than a line is cut. */
export function wrapped(text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (let word of text.split(/\s+/).filter(Boolean)) {
    while (widthOf(word, size) > width) {
      let fits = word.length - 1;
      while (widthOf(word.slice(0, fits), size) > width) fits--;
      if (line) lines.push(line);
      lines.push(word.slice(0, fits));
      [line, word] = ["", word.slice(fits)];
    }
    const longer = line ? `${line} ${word}` : word;
    if (widthOf(longer, size) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return line ? [...lines, line] : lines;
}

const SIZES = [64, 56, 50, 44, 38, 34];
const ROOM = 300;
const LEADING = 1.22;

/** The largest letters with which it fits; the end is cut where none does. */
function laidOut(words: string): { size: number; lines: string[] } {
  for (const size of SIZES) {
    const lines = wrapped(words, size, WIDTH - 2 * MARGIN);
    if (lines.length * size * LEADING <= ROOM) return { size, lines };
  }
  const size = SIZES[SIZES.length - 1];
  const most = Math.floor(ROOM / (size * LEADING));
  const lines = wrapped(words, size, WIDTH - 2 * MARGIN);
  return { size, lines: [...lines.slice(0, most - 1), `${lines[most - 1].replace(/.{2}$/, "")} …`] };
}

/** Letters that are not bold are narrower. */
const LIGHT = 0.93;

/** As many of the values between dots as a line has room for; of one that is too long its begin. */
function fitting(note: string, size: number, width: number): string {
  const values = note.split(/\s+·\s+/);
  while (values.length > 1 && widthOf(values.join(" · "), size) > width) values.pop();
  const [first = "", more] = wrapped(values.join(" · "), size, width);
  return more === undefined ? first : `${wrapped(values[0], size, width - 2 * size)[0]} …`;
}

export function cardSvg({ kind, words, verdict, note = "" }: Card): string {
  const tone = COLORS[verdict?.tone ?? "plain"];
  const { size, lines } = laidOut(words);
  const text = (x: number, y: number, of: string, attributes: string): string =>
    `<text x="${x}" y="${y}" ${attributes}>${escaped(of)}</text>`;
  const top = 178 + (ROOM - lines.length * size * LEADING) / 2;
  const sentence = lines.map((line, i) =>
    text(MARGIN, top + size + i * size * LEADING, line, `font-size="${size}" font-weight="700" fill="${INK}"`),
  );
  const said = verdict ? `${SIGNS[verdict.tone]} ${verdict.words}`.trim() : "";
  const wide = Math.ceil(widthOf(said, 32)) + 44;
  const pill = verdict
    ? `<rect x="${MARGIN}" y="506" width="${wide}" height="60" rx="30" fill="${tone}"/><text x="${MARGIN + wide / 2}" y="547" text-anchor="middle" font-size="32" font-weight="700" fill="#ffffff">${escaped(said)}</text>`
    : "";
  const left = verdict ? MARGIN + wide + 28 : MARGIN;
  const beside = fitting(note, 24 * LIGHT, WIDTH - MARGIN - left);
  const noted = beside ? text(left, 545, beside, `font-size="24" fill="${MUTED}"`) : "";
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="DejaVu Sans, Arial, Helvetica, sans-serif">` +
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/><rect width="${WIDTH}" height="14" fill="${tone}"/>` +
    text(MARGIN, 116, "Twinformer", `font-size="36" font-weight="700" fill="${INK}"`) +
    text(WIDTH - MARGIN, 116, kind, `font-size="30" fill="${MUTED}" text-anchor="end"`) +
    `${sentence.join("")}${pill}${noted}</svg>`
  );
}

export const drawing = (svg: string): Resvg =>
  new Resvg(svg, { font: { loadSystemFonts: true, defaultFontFamily: "DejaVu Sans" } });

/** The PNG of a card. What was drawn before lies in a folder: most cards stay as they are from one site to the next. */
export function cardPng(card: Card, kept: string): Buffer {
  const svg = cardSvg(card);
  const file = path.join(kept, `${createHash("sha256").update(`1 ${svg}`).digest("hex").slice(0, 32)}.png`);
  if (existsSync(file)) return readFileSync(file);
  const png = indexedPng(drawing(svg).render().pixels, WIDTH, HEIGHT);
  mkdirSync(kept, { recursive: true });
  writeFileSync(file, png);
  return png;
}
