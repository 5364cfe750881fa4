import {
  type Color,
  differenceCiede2000,
  filterDeficiencyDeuter,
  filterDeficiencyProt,
  filterDeficiencyTrit,
  parse,
  wcagContrast,
} from "culori";
import { describe, expect, test } from "vitest";
import { COLORS, modelColors, SERIES, type ColorName, type Theme } from "../../../lib/plot/palette.js";

const difference = differenceCiede2000();
const eyes: Readonly<Record<string, (color: Color) => Color>> = {
  "with all cones": (color) => color,
  protan: filterDeficiencyProt(1),
  deutan: filterDeficiencyDeuter(1),
  tritan: filterDeficiencyTrit(1),
};
const marks: readonly ColorName[] = [...SERIES, "alarm"];
const pairs = marks.flatMap((a, i) => marks.slice(i + 1).map((b) => [a, b] as const));
/** A white page; JupyterLab, VS Code and GitHub in the dark. */
const grounds: Record<Theme, readonly string[]> = { light: ["#ffffff"], dark: ["#111111", "#1e1e1e", "#0d1117"] };

describe.each(["light", "dark"] as const)("the colors of the %s theme", (theme) => {
  test.each(Object.entries(eyes))("differ from each other to eyes: %s", (_, seen) => {
    for (const [a, b] of pairs)
      expect(
        difference(seen(parse(COLORS[a][theme])!), seen(parse(COLORS[b][theme])!)),
        `${a} and ${b}`,
      ).toBeGreaterThan(10);
  });

  test("can be read as text", () => {
    for (const name of [...marks, "ink", "muted"] as const)
      for (const ground of grounds[theme])
        expect(wcagContrast(COLORS[name][theme], ground), `${name} on ${ground}`).toBeGreaterThan(4.5);
  });
});

describe("names and colors", () => {
  test("do not depend on the order of rows", () => {
    const names = ["layer 10", "layer 2", "MoE", "layer 1"];
    const colors = modelColors(names);
    expect(modelColors([...names].reverse())).toEqual(new Map([...colors].reverse()));
    expect([...colors.keys()].sort()).toEqual([...names].sort());
    expect(["layer 1", "layer 2", "layer 10"].map((name) => colors.get(name))).toEqual(["third", "fourth", "fifth"]);
    expect(colors.get("MoE")).toBe("moe");
  });

  test("from the ninth on are gray, and no color is given twice before", () => {
    const names = Array.from({ length: 12 }, (_, i) => `seed ${i}`);
    const given = [...modelColors(names).values()];
    expect(new Set(given.slice(0, 8)).size).toBe(8);
    expect(given.slice(8)).toEqual(Array(4).fill("muted"));
  });
});
