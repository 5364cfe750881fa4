/** Runs in a page of a notebook, or in JupyterLab with one: what somebody who looks at it would wince at, one sentence each. */

interface Where {
  /** What no output may be wider than. */
  readonly column: string;
  /** One output. */
  readonly output: string;
  /** Where nothing may be cut. */
  readonly ours: string;
}

export function look({ column, output, ours }: Where): string[] {
  const problems: string[] = [];
  const said = (element: Element): string => {
    const cell =
      element.closest('[id^="cell-id="]')?.id.slice("cell-id=".length) ??
      element.closest(".jp-Cell")?.querySelector(".jp-InputPrompt")?.textContent;
    const words = (element.textContent || (element.getAttribute("aria-label") ?? "")).trim().replace(/\s+/g, " ");
    const name = `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") ?? ""}">`;
    return `${name} "${words.slice(0, 40)}"${cell ? ` in cell ${cell}` : ""}`;
  };
  const isShown = (element: Element) => element.checkVisibility({ visibilityProperty: true });
  const overflow = (element: Element) => getComputedStyle(element).overflowX;
  const scrolls = (element: Element) =>
    ["auto", "scroll"].includes(overflow(element)) && element.scrollWidth > element.clientWidth + 1;

  if (document.documentElement.scrollWidth > innerWidth)
    problems.push(`the page is ${document.documentElement.scrollWidth} px wide and scrolls sideways`);

  // What an output has that is too wide scrolls in a box of its own, and not the output as a whole.
  for (const one of document.querySelectorAll(output)) {
    const place = one.closest(column)!.getBoundingClientRect();
    const box = one.getBoundingClientRect();
    if (box.left < place.left - 1 || box.right > place.right + 1) problems.push(`outside the column: ${said(one)}`);
    if (one.scrollWidth > one.clientWidth + 1)
      problems.push(`wider than its column by ${one.scrollWidth - one.clientWidth} px: ${said(one)}`);
    if (isShown(one) && box.height < 8) problems.push(`nothing is seen of ${said(one)}`);
  }

  for (const element of document.querySelectorAll(`${ours} *`)) {
    if (element.closest("svg, math, mjx-container") || !["hidden", "clip"].includes(overflow(element))) continue;
    const isTiny = element.clientWidth <= 1 || element.clientHeight <= 1; // for screen readers only, or folded
    if (!isTiny && isShown(element) && element.scrollWidth > element.clientWidth + 1)
      problems.push(`cut at the side: ${said(element)}`);
  }

  // Letters as large as they are shown. A drawing that scrolls has not been shrunk for want of room.
  const small = new Set<string>();
  for (const one of document.querySelectorAll(output)) {
    const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement!;
      if (!node.textContent!.trim() || !isShown(element)) continue;
      if (element.closest("sub, sup, style, script, title, math, mjx-container, .twinformer-said")) continue;
      const svg = element.closest("svg");
      const place = svg && (element as Element as SVGGraphicsElement).getScreenCTM();
      const scale = place ? Math.hypot(place.a, place.b) : 1; // also of words that stand upright
      const size = parseFloat(getComputedStyle(element).fontSize) * scale;
      if (size >= 10.95) continue;
      let box = svg?.parentElement ?? null;
      while (box && !scrolls(box)) box = box.parentElement;
      if (!box) small.add(`letters of ${size.toFixed(1)} px: ${said(svg ?? element)}`);
    }
  }
  return [...problems, ...small];
}

/** How light the ground of the page is, from 0 to 1. */
export function groundOf(element: string): number {
  const [r, g, b] = /\d+, \d+, \d+/
    .exec(getComputedStyle(document.querySelector(element)!).backgroundColor)![0]
    .split(", ")
    .map(Number);
  return (r + g + b) / 3 / 255;
}

/** Waits until figures with knobs have drawn anew for the width that there is: they are told of it, and draw in the next frame. */
export const settle = (): Promise<void> =>
  new Promise((done) => {
    let frames = 6;
    const next = (): void => (frames-- > 0 ? void requestAnimationFrame(next) : done());
    next();
  });
