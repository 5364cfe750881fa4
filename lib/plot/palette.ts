/** The colors of every figure. Any two that mark data differ by 10 or more (CIEDE2000), also as eyes without one kind of cones see them
 *  (protan, deutan, tritan; simulated after Machado et al. 2009), and each keeps a contrast of 4.5 : 1 or more as text on its ground:
 *  test/plot/palette.test.ts. They were found by a search for what comes nearest to the colors of Okabe and Ito
 *  (https://jfly.uni-koeln.de/color/) under these conditions.
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
  dense: { light: "#0f61b3", dark: "#5eb6ea" },
  moe: { light: "#c3540d", dark: "#fe9530" },
  third: { light: "#028062", dark: "#c5fdb0" },
  fourth: { light: "#96638d", dark: "#c28bb5" },
  fifth: { light: "#574104", dark: "#c5c07e" },
  sixth: { light: "#424141", dark: "#cccccc" },
  seventh: { light: "#3e1d91", dark: "#936ff8" },
  eighth: { light: "#573b5e", dark: "#99effe" },
  alarm: { light: "#af011b", dark: "#e89997" },
} as const satisfies Record<string, Shade>;

export type ColorName = keyof typeof COLORS;

/** The color as a CSS value for SVG attributes: `var(--twin-dense, #0f61b3)`. */
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

/** The colors of marks that are told apart: no more, since beyond eight the eye needs a label. */
export const SERIES: readonly ColorName[] = ["dense", "moe", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];
const SPARE: readonly ColorName[] = [...SERIES.slice(2), ...SERIES.slice(0, 2)]; // the twins' own last

/** One color a name, the same in every figure: dense models blue, mixtures of experts orange, the others by the order of their names, not of
 *  the rows. From the ninth on they are gray. */
export function modelColors(names: readonly string[]): Map<string, ColorName> {
  const taken = new Set<ColorName>();
  const colors = new Map<string, ColorName>();
  const give = (name: string, tint: ColorName | undefined) => {
    if (tint === undefined || taken.has(tint)) return;
    taken.add(tint);
    colors.set(name, tint);
  };
  for (const name of names) give(name, familyColor(name));
  const spare = colors.size > 0 ? SPARE : SERIES; // where no twin is meant, all eight are free
  for (const name of [...names].sort(naturally)) {
    if (colors.has(name)) continue;
    const tint = spare.find((free) => !taken.has(free));
    if (tint) give(name, tint);
    else colors.set(name, "muted");
  }
  return colors;
}

/** "layer 2" before "layer 10". */
const { compare: naturally } = new Intl.Collator("en", { numeric: true });

function familyColor(model: string): ColorName | undefined {
  if (/moe|mixture|expert/i.test(model)) return "moe";
  if (/dense/i.test(model)) return "dense";
  return undefined;
}
