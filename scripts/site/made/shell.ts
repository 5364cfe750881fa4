/** What stands round a page that is made here: the page that scripts/site/pages.py made of nothing, opened in three places. */

import { Html, html } from "../../../site/models/html.js";
import { policy, scriptHashes } from "../policy.mjs";

/** A page before anything stands round it. */
export interface Made {
  /** From the top of the site: "models/GPT-2.html". */
  readonly href: string;
  readonly title: string;
  readonly description: string;
  readonly main: Html;
  /** Of the bar at the top, which one it belongs to. */
  readonly menu?: string;
  /** From the top of the site. */
  readonly image?: string;
  readonly previous?: Way | undefined;
  readonly next?: Way | undefined;
  /** Whether the search leads to it. */
  readonly isFound?: boolean;
}

export interface Way {
  readonly href: string;
  readonly title: string;
}

export const upFrom = (href: string): string => "../".repeat(href.split("/").length - 1);

/** Tags for search engines and for where a link is shared. Addresses are absolute only where somebody said at which one the site will be:
 *  nothing else can know it. */
export function tagsOf(
  { href, title, description, image }: Pick<Made, "href" | "title" | "description" | "image">,
  address: string | null,
): Html {
  const at = (file: string): string => (address === null ? upFrom(href) + file : new URL(file, address).href);
  const property = (name: string, content: string): Html => html`<meta property="og:${name}" content="${content}" /> `;
  const named = (name: string, content: string): Html => html`<meta name="${name}" content="${content}" /> `;
  const picture =
    image === undefined
      ? []
      : [
          property("image", at(image)),
          property("image:width", "1200"),
          property("image:height", "630"),
          property("image:alt", `${title}. ${description}`),
        ];
  const own = address === null ? [] : [property("url", at(href)), html`<link rel="canonical" href="${at(href)}" /> `];
  const twitter = [
    named("twitter:card", image === undefined ? "summary" : "summary_large_image"),
    named("twitter:title", title),
    named("twitter:description", description),
    ...(image === undefined ? [] : [named("twitter:image", at(image))]),
  ];
  return html`${[named("description", description), property("type", "article"), property("site_name", "Twinformer"), property("title", title), property("description", description), ...own, ...picture, ...twitter]}`;
}

/** The rules of the shell as a file of their own: pages by the hundred need not hold them. */
export function rulesOf(shell: string): string {
  return [...shell.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, rules]) => rules.trim()).join("\n");
}

/** @param shell a page whose text is empty  @param address where the site will be, or null */
export function inShell(shell: string, made: Made, address: string | null): string {
  const up = upFrom(made.href);
  let page = shell.replace(/<style>[\s\S]*?<\/style>\s*/g, "");
  page = page.replace(
    /(<(?:a|script|link)\b[^>]* (?:href|src)=")(?![a-z]+:|#)/g,
    (_, start: string) => `${start}${up}`,
  );
  const sheet = `<link rel="stylesheet" href="${up}pages.css">\n`;
  const replaced: [RegExp, string][] = [
    [
      /<title>[\s\S]*?<\/title>/,
      `<title>${html`${made.title} · Twinformer`.text}</title>\n${tagsOf(made, address).text}`,
    ],
    [/<\/head>/, `${sheet}</head>`],
    [/<body data-notebook="[^"]*">/, `<body data-page="${html`${made.href}`.text}">`],
    [/<main id="main">[\s\S]*?<\/main>/, `<main id="main">\n${made.main.text}\n</main>`],
    [/<footer class="site-foot">[\s\S]*?<\/footer>/, footer(made, up)],
  ];
  // In one go, from the last place to the first, so that nothing is replaced in what a page says.
  const places = replaced.map(([pattern, text]) => {
    const found = pattern.exec(page);
    if (!found) throw new Error(`the shell of the pages has no ${pattern.source}`);
    return { from: found.index, to: found.index + found[0].length, text };
  });
  if (made.menu !== undefined) {
    const at = page.indexOf(`href="${up}${made.menu}"`);
    if (at >= 0) places.push({ from: at, to: at, text: 'aria-current="page" ' });
  }
  places.sort((a, b) => b.from - a.from);
  for (const { from, to, text } of places) page = page.slice(0, from) + text + page.slice(to);
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy(scriptHashes(page))}">`;
  return page.replace("<!-- policy -->", () => meta);
}

function footer({ previous, next }: Made, up: string): string {
  const way = (rel: string, words: string, to: Way | undefined): Html =>
    to ? html`<a rel="${rel}" href="${up}${to.href}"><span>${words}</span> ${to.title}</a>` : html``;
  const ways =
    previous || next
      ? html`<nav aria-label="Previous and next">${way("prev", "Previous", previous)}${way("next", "Next", next)}</nav>`
      : html``;
  return html`<footer class="site-foot">${ways}</footer>`.text;
}
