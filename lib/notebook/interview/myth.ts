/** The verdict on a sentence that goes around. */

import { escapeHtml } from "../../plot/escape.js";
import { HtmlFigure } from "../../plot/figure.js";
import { color, type ColorName, paletteRules, themeStyle } from "../../plot/palette.js";
import { digits } from "../../text/numbers.js";
import { jsonText } from "../../text/printable.js";
import { show } from "../../text/show.js";
import { display } from "../display.js";
import { host } from "../host.js";

const LOOKS = {
  holds: ["✓", "third"],
  half: ["≈", "moe"],
  breaks: ["✗", "alarm"],
} as const satisfies Record<string, readonly [string, ColorName]>;

/** Says below a cell whether a sentence holds, holds by half, or breaks: by its parts, each of which the cell computed, with up to
 *  three numbers.
 *
 *      myth({ "it stores 56 billion": total > 55e9 }, { "billions stored": total / 1e9 })  */
export function myth(
  parts: Readonly<Record<string, boolean>>,
  numbers: Readonly<Record<string, number | string>> = {},
): void {
  const all = Object.entries(parts);
  const isBoolean = (value: unknown): boolean => typeof value === "boolean";
  if (all.length === 0 || !all.every(([, holds]) => isBoolean(holds)))
    throw new TypeError(`myth needs parts that are true or false, got ${show(parts)}`);
  const held = all.filter(([, holds]) => holds).length;
  const verdict = held === all.length ? "holds" : held > 0 ? "half" : "breaks";
  const inParts = all.map(([part, holds]) => `${holds ? "✓" : "✗"} ${part}`).join(" · ");
  const inNumbers = Object.entries(numbers).map(
    ([name, value]) => [name, typeof value === "number" ? digits(value) : value] as const,
  );
  if (host() === "node") console.log(`${verdict}: ${inParts}; ${inNumbers.map((pair) => pair.join(" ")).join(" · ")}`);
  else display(badge(verdict, inParts, inNumbers, { parts, numbers }));
}

function badge(
  verdict: keyof typeof LOOKS,
  parts: string,
  numbers: readonly (readonly [string, string])[],
  facts: object,
): HtmlFigure {
  const [sign, tint] = LOOKS[verdict];
  const bold = numbers.map(([name, value]) => `${escapeHtml(name)} <b>${escapeHtml(value)}</b>`).join(" · ");
  const data = `data-myth="${verdict}" data-facts="${escapeHtml(jsonText(facts))}"`;
  return new HtmlFigure({
    name: "myth",
    description: `${verdict}: ${parts}`,
    facts,
    html: ({ theme = "auto" }) =>
      `<div class="twinformer" ${data} style="margin:6px 0;padding:4px 10px;border-left:4px solid ${color(tint)};font-size:13px;line-height:1.45;max-width:680px${themeStyle(theme)}">` +
      `<style>${paletteRules()}</style><b style="color:${color(tint)}">${sign} ${verdict}</b> &nbsp; ${escapeHtml(parts)}` +
      (numbers.length > 0 ? `<div style="margin-top:3px">${bold}</div>` : "") +
      `</div>`,
  });
}
