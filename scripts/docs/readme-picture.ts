/** The picture at the top of the README: how far the MoE's loss lies from its dense twin's, by step and by second, from the rows that
 *  `npm run labs -- twins` recorded. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { type Figure, lines, type Theme } from "../../lib/plot/index.js";
import { COLORS } from "../../lib/plot/palette.js";
import { type LossDifference, lossDifferences, lossDifferencesBySecond } from "../../lib/train/index.js";
import { root } from "./collect.js";

const MARGIN = 12; // px around each panel

/** assets/twins.svg and assets/twins-dark.svg. */
export function readmePicture(): Promise<Readonly<Record<string, string>>> {
  const { rows } = JSON.parse(readFileSync(path.join(root, "assets/labs/twins.json"), "utf8")) as {
    rows: Parameters<typeof lossDifferences>[0];
  };
  const panels = [
    panel(lossDifferences(rows, "MoE", "dense"), "steps", "training step"),
    panel(lossDifferencesBySecond(rows, "MoE", "dense", 20), "seconds", "seconds of training"),
  ];
  return Promise.resolve({
    "assets/twins.svg": stacked(panels, "light"),
    "assets/twins-dark.svg": stacked(panels, "dark"),
  });
}

function panel(differences: readonly LossDifference[], unit: string, xLabel: string): Figure {
  const { at: end } = differences[differences.length - 1];
  const last = differences.filter(({ at }) => at === end).map(({ difference }) => difference);
  const mean = last.reduce((sum, value) => sum + value, 0) / last.length;
  const side = mean < 0 ? "ahead of" : "behind";
  return lines(
    differences.map(({ seed, at, difference }) => ({ by: "MoE minus dense", run: seed, step: at, value: difference })),
    {
      title: `After equally many ${unit} the MoE is ${side} its dense twin`,
      subtitle: `difference of the validation losses; below 0 the MoE is better · mean and spread of ${last.length} seeds`,
      yLabel: "MoE minus dense, nats",
      xLabel,
      references: [{ value: 0, label: "equal" }],
      ...(unit === "steps" && { steps: end }), // the other line needs room for the word below it
      height: 200, // both with the words above them fit the first screen of the README
    },
  );
}

/** The figures under one another, as one file. */
function stacked(figures: readonly Figure[], theme: Theme): string {
  let y = MARGIN;
  const parts = figures.map((figure) => {
    const part = figure.svg(theme).replace("<svg ", `<svg x="${MARGIN}" y="${y}" `);
    y += figure.height + MARGIN;
    return part;
  });
  const width = Math.max(...figures.map((figure) => figure.width)) + 2 * MARGIN;
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}">`;
  return `${open}<rect width="100%" height="100%" fill="${COLORS.background[theme]}"/>${parts.join("")}</svg>\n`;
}
