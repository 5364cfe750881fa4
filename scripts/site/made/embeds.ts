/** A page for each cell with figures that holds these alone, for an iframe elsewhere; and where the pages of notebooks say so. */

import { html, Html } from "../../../site/models/html.js";
import { policy, scriptHashes } from "../policy.mjs";
import { claimHref, mythHref, questionHref } from "./claims.js";
import { type Cell, figuresIn, hrefOf, plain, unescaped } from "./runs.js";
import { shortened } from "./words.js";

export const embedHref = ({ notebook, id }: Cell): string => `embed/${notebook}/${id}.html`;

/** Of the first figure: what it says to those who do not see it, up to the numbers. */
export function titleOf(cell: Cell): string {
  const [figure = ""] = figuresIn(cell);
  const label = /aria-label="([^"]*)"/.exec(figure)?.[1];
  const words =
    label === undefined ? plain(/<(caption|p)[^>]*>([\s\S]*?)<\/\1>/.exec(figure)?.[2] ?? "") : unescaped(label);
  return shortened(words.split(/: /)[0], 140) || cell.title;
}

const RULES =
  ":root{color-scheme:light dark}html{background:Canvas;color:light-dark(#1f2328,#e6e6e6);font:15px/1.5 system-ui,sans-serif}body{margin:0;padding:12px 16px}" +
  "main{max-width:760px;margin:0 auto;font-size:14px}.embed-figure{overflow-x:auto;margin:0 0 8px}" +
  "footer{max-width:760px;margin:8px auto 0;font-size:13px;color:light-dark(#5c6470,#a3abb5)}a{color:light-dark(#0f61b3,#5eb6ea)}:focus-visible{outline:2px solid;outline-offset:2px}";

/** Boxes that scroll can be reached by keys, as in index.html.j2. */
const BOXES =
  'const boxes=[...document.querySelectorAll(".embed-figure,.twinformer-drawing,.twinformer-parts,.twinformer-mathml,.twinformer-scroll,pre")];new ResizeObserver(()=>boxes.forEach((box)=>box.scrollWidth>box.clientWidth?(box.tabIndex=0):box.removeAttribute("tabindex"))).observe(document.querySelector("main"));';

export function embedPage(cell: Cell): string {
  const figures = figuresIn(cell).map((figure) =>
    figure.replace(/href="(\d\d-[\w-]+)\.ipynb(?=[#"])/g, 'target="_top" href="../../$1.html'),
  );
  const title = titleOf(cell);
  const body = html`<main aria-label="${title}">
      ${figures.map((figure) => new Html(`<div class="embed-figure">${figure}</div>`))}
    </main>
    <footer>From <a href="../../${hrefOf(cell)}" target="_top">${cell.title}</a>, Twinformer</footer>
    <script>
      ${new Html(BOXES)};
    </script>`.text;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy(scriptHashes(body))}">
<title>${html`${title}`.text}</title><link rel="icon" href="data:,"><style>${RULES}</style></head>
<body>
${body}
</body></html>
`;
}

const CLAIM = /data-claim="(\w+)"/;

/** A line below a cell that shows a figure, a claim or a myth: its address, and that of its own page. Without script it is all there; with it
 *  site/reading/share.ts adds the control that shows what to copy. */
function lineOf(cell: Cell): Html | null {
  const shown = cell.outputs.join("");
  const claim = CLAIM.exec(shown)?.[1];
  const own =
    claim === undefined
      ? shown.includes("data-myth=")
        ? { href: mythHref(cell.id), words: "Page of this myth" }
        : null
      : { href: claimHref(claim), words: `Page of claim ${claim}` };
  const embed =
    figuresIn(cell).length > 0 ? html` data-embed="${embedHref(cell)}" data-title="${titleOf(cell)}"` : null;
  if (!own && !embed) return null;
  const page = own ? html`<a href="${own.href}">${own.words}</a>` : html``;
  return html`<div class="cell-share" ${embed ?? html``}>
    <a class="cell-address" href="#cell-id=${cell.id}" aria-label="Address of what this cell shows">¶</a>${page}
  </div>`;
}

const SECTION = /<section\b[^>]* id="cell-id=([^"]*)"[^>]*>/g;

const END = "</section>";

/** The page of a notebook with these lines, and with links from questions to their pages. */
export function withAddresses(page: string, cells: readonly Cell[]): string {
  const byId = new Map(cells.map((cell) => [cell.id, cell]));
  const places: { at: number; text: string }[] = [];
  for (const found of page.matchAll(SECTION)) {
    const cell = byId.get(unescaped(found[1]));
    const line = cell && lineOf(cell);
    if (line) places.push({ at: page.indexOf(END, found.index) + END.length, text: `\n${line.text}` });
  }
  let made = page;
  for (const { at, text } of places.reverse()) made = made.slice(0, at) + text + made.slice(at);
  return made.replace(
    /(<details data-question="([\w-]+)"[^>]*><summary[^>]*>[\s\S]*?<\/summary><div[^>]*>)/g,
    (_, start: string, id: string) =>
      `${start}<p style="margin:4px 0"><a href="${questionHref(id)}">Page of this question</a></p>`,
  );
}
