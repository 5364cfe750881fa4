/** What each figure looks like, to the last coordinate: test/golden/plot has the pictures to look at. After a change that is
 *  meant, `npx vitest run --project unit test/plot/pictures -u` draws them anew, and the diff shows what has moved. */

import { describe, expect, test } from "vitest";
import { type Figure, lossChart, type HtmlFigure } from "../../lib/plot/index.js";
import { counts, markups } from "./pictures/account.js";
import { costs } from "./pictures/cost.js";
import { experts } from "./pictures/experts.js";
import { positions } from "./pictures/interactive.js";
import { modelMarkups, models } from "./pictures/model.js";
import { routing } from "./pictures/routing.js";
import { sliders, tensors } from "./pictures/tensor.js";
import { training } from "./pictures/training.js";
import { twinRows } from "./rows.js";

const folder = "../golden/plot";
const fileName = (name: string): string => name.replaceAll(/\W+/g, "-");
/** An element a line, so that a diff can be read. */
const lines = (markup: string): string => `${markup.replaceAll("><", ">\n<")}\n`;

const figures: Record<string, () => Figure> = {
  ...training,
  ...routing,
  ...experts,
  ...models,
  ...counts,
  ...tensors,
  ...costs,
  ...positions,
};
const others: Record<string, () => HtmlFigure> = { ...markups, ...sliders, ...modelMarkups };

describe("a picture stays as it is", () => {
  test.each(Object.keys(figures))("%s", async (name) => {
    const figure = figures[name]();
    await expect(lines(figure.svg())).toMatchFileSnapshot(`${folder}/${fileName(name)}.svg`);
  });

  test.each(Object.keys(others))("%s", async (name) => {
    const markup = others[name]();
    await expect(lines(`<!-- ${markup.description} -->${markup.html()}`)).toMatchFileSnapshot(
      `${folder}/${fileName(name)}.html`,
    );
  });

  test("and so do its name and its facts", async () => {
    const ends = Object.entries(figures).map(([title, draw]) => {
      const { name, facts } = draw();
      return `${title}: ${name} ${JSON.stringify(facts)}\n`;
    });
    await expect(ends.join("")).toMatchFileSnapshot(`${folder}/facts.txt`);
  });

  test("in the dark", async () => {
    await expect(lines(lossChart(twinRows(40)).svg("dark"))).toMatchFileSnapshot(`${folder}/dark.svg`);
  });

  test("in a notebook", async () => {
    const figure = lossChart([{ step: 1, loss: 2 }]);
    await expect(lines(figure.html())).toMatchFileSnapshot(`${folder}/notebook.html`);
    expect(figure.html({ still: false })).not.toContain("<img");
  });
});
