/** The colors of every figure. Color-blind safe after Okabe and Ito (https://jfly.uni-koeln.de/color/), darkened for a white
 *  ground and lightened for a dark one until each keeps a contrast of 4.5 : 1 or more as text.
 *  In a notebook a color is a CSS variable with the light value as fallback, so that one drawing follows both themes. */
export type Theme = "light" | "dark";

interface Shade {
  readonly light: string;
  readonly dark: string;
}

export const COLORS = {
  background: { light: "#ffffff", dark: "#111111" },
  ink: { light: "#1f2328", dark: "#e6e6e6" },
  muted: { light: "#5c6470", dark: "#a3abb5" },
  grid: { light: "#e3e6ea", dark: "#30353b" },
  dense: { light: "#0068a8", dark: "#56b4e9" },
  moe: { light: "#c04a00", dark: "#ff9e4a" },
  third: { light: "#00795b", dark: "#2fc79a" },
  fourth: { light: "#a2478a", dark: "#e79ac8" },
  fifth: { light: "#7a6a00", dark: "#e3cf4f" },
  sixth: { light: "#4b5563", dark: "#c3cad3" },
  alarm: { light: "#b3001b", dark: "#ff7b7b" },
} as const satisfies Record<string, Shade>;

export type ColorName = keyof typeof COLORS;

/** The color as a CSS value for SVG attributes: `var(--twin-dense, #0068a8)`. */
export function color(name: ColorName): string {
  return `var(--twin-${name}, ${COLORS[name].light})`;
}

/** Markup with each color variable replaced by its value: for a file, where no stylesheet defines it. Only the colors of tags are
 *  replaced: words that look like a variable stay words. */
export function bakeColors(markup: string, theme: Theme): string {
  return markup.replace(/<[^>]*>/g, (tag) =>
    tag.replace(
      / (fill|stroke)="var\(--twin-(\w+), #\w+\)"/g,
      (_, attribute: string, name: string) => ` ${attribute}="${COLORS[name as ColorName][theme]}"`,
    ),
  );
}

/** The color in one theme. */
export const valueOf = (name: ColorName, theme: Theme): string => COLORS[name][theme];

const names = Object.keys(COLORS) as ColorName[];
const PAGE: readonly ColorName[] = ["background", "ink"]; // the page's own

/** Style rules that give the variables their values. A page says by its `color-scheme` whether it is dark; JupyterLab and VS Code,
 *  which say it in a way of their own, are heard too. A browser that does not know `light-dark()` keeps the light colors. */
export function paletteRules(): string {
  const shades = names.filter((name) => !PAGE.includes(name)).map(lightDark);
  const ground =
    "--twin-background:var(--jp-layout-color0,var(--vscode-editor-background,Canvas));--twin-ink:currentColor";
  return (
    `.twinformer{${ground}}@supports (color:light-dark(red,red)){.twinformer{${shades.join(";")}}}` +
    `[data-jp-theme-light="false"] .twinformer,.vscode-dark .twinformer,` +
    `.vscode-high-contrast:not(.vscode-high-contrast-light) .twinformer{color-scheme:dark}` +
    `[data-jp-theme-light="true"] .twinformer,.vscode-light .twinformer,.vscode-high-contrast-light .twinformer{color-scheme:light}`
  );
}

/** For an SVG file that is light or dark as the reader's system is. */
export const fileRules = (): string => `<style>svg{color-scheme:light dark;${names.map(lightDark).join(";")}}</style>`;

const lightDark = (name: ColorName): string => `--twin-${name}:light-dark(${COLORS[name].light},${COLORS[name].dark})`;

/** What fixes the theme of one figure, to stand at the end of its own style; "auto" leaves it to the page. */
export const themeStyle = (theme: Theme | "auto"): string =>
  theme === "auto"
    ? ""
    : `;color-scheme:${theme};color:${COLORS.ink[theme]};--twin-background:${COLORS.background[theme]}`;

const SPARE: readonly ColorName[] = ["third", "fourth", "fifth", "sixth", "dense", "moe"]; // the twins' own last

/** One color a model, the same in every figure: dense models blue, mixtures of experts orange, others in order of appearance. */
export function modelColors(models: readonly string[]): Map<string, ColorName> {
  const taken = new Set<ColorName>();
  const colors = new Map<string, ColorName>();
  const give = (model: string, name: ColorName | undefined) => {
    if (name === undefined || taken.has(name)) return;
    taken.add(name);
    colors.set(model, name);
  };
  for (const model of models) give(model, familyColor(model));
  for (const model of models) {
    if (colors.has(model)) continue;
    const spare = SPARE.find((name) => !taken.has(name));
    if (spare) give(model, spare);
    else colors.set(model, "sixth");
  }
  return colors;
}

function familyColor(model: string): ColorName | undefined {
  if (/moe|mixture|expert/i.test(model)) return "moe";
  if (/dense/i.test(model)) return "dense";
  return undefined;
}
