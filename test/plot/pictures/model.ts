import { attention, type Figure, type HtmlFigure, positions } from "../../../lib/plot/index.js";

const before = [
  [1, 0, 0, 0],
  [0.9, 0.1, 0, 0],
  [0.1, 0.8, 0.1, 0],
  [0.02, 0.03, 0.9, 0.05],
];
const first = before.map((row, q) => row.map((_, k) => (k > q ? 0 : q === 0 ? 1 : k === 0 ? 0.7 : 0.3 / q)));

const waves = (length: number, size: number): number[][] =>
  Array.from({ length }, (_, p) =>
    Array.from({ length: size }, (_d, i) => (i % 2 === 0 ? Math.sin : Math.cos)(p / 10_000 ** ((i - (i % 2)) / size))),
  );

export const models: Readonly<Record<string, () => Figure>> = {
  "positions of waves": () => positions(waves(24, 16)),
  "positions of vectors, narrow": () =>
    positions(
      [
        [1, 0, 2],
        [0.5, 1, -1],
        [NaN, 1, 0],
      ],
      { width: 340 },
    ),
};

export const modelMarkups: Readonly<Record<string, () => HtmlFigure>> = {
  "attention of two heads": () =>
    attention(
      [
        { layer: 0, head: 0, weights: first },
        { layer: 0, head: 1, weights: before },
      ],
      { tokens: ["the", "cat", " sat", "\n"] },
    ),
};
