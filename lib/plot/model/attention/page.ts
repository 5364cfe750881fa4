/** The page of attention: radio buttons and style rules, no script. */

import { group } from "d3";
import { grouped } from "../../../text/numbers.js";
import { base64, escapeHtml } from "../../escape.js";
import type { Figure } from "../../figure.js";
import { color, paletteRules } from "../../palette.js";
import { stroke } from "../../marks/svg.js";
import type { Start } from "./attention.js";
import { isBroken, LINES, lineGroups, looks, looksAt, opacityOf, ROW, rounded, strengthOf } from "./lines.js";
import { inTurn, nameOf, type Place, type SeenHead } from "./heads.js";

const WORDS = 520; // bytes of a head's name and rules
const THUMB = 40; // px

type Groups = readonly (readonly [Place, readonly SeenHead[]])[];

/** As many heads as a page has room for, the one that shows first among them; the clearest of each kind before others.
 *  @param room bytes */
export function chosenHeads(
  groups: Groups,
  first: SeenHead | undefined,
  tokens: readonly string[],
  room: number,
): SeenHead[] {
  if (!first) return [];
  const others = inTurn(groups).filter((head) => head !== first);
  let bytes = 0;
  const end = others.findIndex((head) => (bytes += bytesOf(head, tokens)) > room);
  return [first, ...(end < 0 ? others : others.slice(0, end))];
}

const bytesOf = (head: SeenHead, tokens: readonly string[]): number =>
  panel(head, tokens.length).length + thumb(head, tokens.length).length + said(head, tokens).length + WORDS;

interface Page {
  readonly title: string;
  readonly subtitle: string;
  readonly still: Figure;
  readonly chosen: readonly SeenHead[];
  /** True where all heads there are were chosen. */
  readonly isWhole: boolean;
  readonly groups: Groups;
  readonly start: Start;
  readonly tokens: readonly string[];
}

export function page({ title, subtitle, still, chosen, isWhole, groups, start, tokens }: Page): string {
  const image = `<img alt="${escapeHtml(still.description)}" width="${still.width}" style="max-width:100%" src="data:image/svg+xml;base64,${base64(still.svg().replace(/<title>[^<]*<\/title>/g, ""))}">`;
  if (chosen.length === 0)
    return `<figure class="twinformer twinformer-attention" style="margin:0 0 10px">${image}</figure>`;
  const shelves = isWhole
    ? [...group([...chosen].sort(inOrder), ({ layer }) => `layer ${layer + 1}`)]
    : groups.map(([place, own]): [string, SeenHead[]] => [
        `${place}: ${grouped(own.length)}\u00a0${own.length === 1 ? "head" : "heads"}`,
        own.filter((head) => chosen.includes(head)),
      ]);
  const heads = shelves.flatMap(([, own]) => own);
  const shelf = ([name, own]: readonly [string, readonly SeenHead[]]): string =>
    `<div class="tw-shelf"><b${isWhole ? "" : ` style="width:116px"`}>${escapeHtml(name)}</b><div>${own
      .map((head) => button(head, heads.indexOf(head), head === start.head, tokens.length, isWhole))
      .join("")}</div></div>`;
  const asking = tokens.map(
    (token, i) =>
      `<label class="t${i}"><input type="radio" name="token" value="t${i}"${i === start.token ? " checked" : ""}>${escapeHtml(token)}</label>`,
  );
  const asked = tokens.map((token) => `<span>${escapeHtml(token)}</span>`);
  return (
    `<figure class="twinformer twinformer-attention" data-figure="attention" style="margin:0 0 10px">` +
    `<style>${paletteRules()}${rules(heads.length, tokens.length)}</style>` +
    `<div class="tw-box" hidden="hidden" style="display:none"><form data-lm-suppress-shortcuts="true">` +
    (title ? `<p class="tw-title">${escapeHtml(title)}</p>` : "") +
    (subtitle ? `<p class="tw-how">${escapeHtml(subtitle)}</p>` : "") +
    `<div class="tw-heads" role="radiogroup" aria-label="head">${shelves.map(shelf).join("")}</div>` +
    `<div class="tw-names">${heads.map((head) => `<p>${nameOf(head)} ${looks(head)}</p>`).join("")}</div>` +
    `<div class="tw-view"><div class="tw-from" role="radiogroup" aria-label="token that looks">${asking.join("")}</div>` +
    `<div class="tw-lines" aria-hidden="true">${heads.map((head) => panel(head, tokens.length)).join("")}</div>` +
    `<div class="tw-to"><div class="tw-asked" aria-hidden="true">${asked.join("")}</div>` +
    `<div class="tw-said" aria-live="polite">${heads.map((head) => said(head, tokens)).join("")}</div></div></div></form></div>${image}</figure>`
  );
}

const inOrder = (a: SeenHead, b: SeenHead): number => a.layer - b.layer || a.head - b.head;

function button(head: SeenHead, i: number, isFirst: boolean, length: number, isWhole: boolean): string {
  const name = isWhole ? `head ${head.head + 1}` : `L${head.layer + 1} H${head.head + 1}`;
  const words = `${nameOf(head)}, ${looks(head)}`;
  return (
    `<label class="h${i}" title="${words}"><input type="radio" name="head" value="h${i}" aria-label="${words}"${isFirst ? " checked" : ""}>` +
    `${thumb(head, length)}<span aria-hidden="true">${name}</span></label>`
  );
}

/** The matrix of a head, as small as a stamp: a row for each token that looks. Neighbors of one strength are one stroke. */
function thumb({ weights }: SeenHead, length: number): string {
  const paths = new Map<number, string>();
  for (let row = 0; row < length; row++)
    for (let column = 0, from = 0; column < length; column++) {
      const strength = strengthOf(weights[row][column]);
      if (column + 1 < length && strength === strengthOf(weights[row][column + 1])) continue;
      if (strength > 0) paths.set(strength, `${paths.get(strength) ?? ""}M${from},${row}h${column + 1 - from}`);
      from = column + 1;
    }
  const marks = [...paths].map(([strength, d]) => `<path opacity="${opacityOf(strength)}" d="${d}"/>`).join("");
  return `<svg aria-hidden="true" width="${THUMB}" height="${THUMB}" viewBox="0 -.5 ${length} ${length}" ${stroke("third")}>${marks}</svg>`;
}

/** All lines of one head. */
function panel(head: SeenHead, length: number): string {
  const height = length * ROW;
  const groups = lineGroups(head, length).map((own) => `<g>${own}</g>`);
  return `<svg width="${LINES}" height="${height}" viewBox="0 0 ${LINES} ${height}" preserveAspectRatio="none" fill="none" ${stroke("third")}>${groups.join("")}</svg>`;
}

/** For each token that looks, what it looks at: each at the height of its line's end. */
function said(head: SeenHead, tokens: readonly string[]): string {
  const lines = tokens.map((_, query) => {
    if (isBroken(head, query)) return `<p><b class="r${query} tw-not">not a number</b></p>`;
    const at = looksAt(head, query, tokens.length);
    if (at.length === 0) return `<p><b class="r${query}">nothing much</b></p>`;
    return `<p>${at.map((key) => `<b class=r${key}>${rounded(head.weights[query][key])} ${escapeHtml(tokens[key])}</b>`).join(" ")}</p>`;
  });
  return `<div>${lines.join("")}</div>`;
}

/** What is chosen is shown: the pressed button; or what the pointer is at, for as long as it is there and no key has been used since. */
function rules(heads: number, tokens: number): string {
  const choose = (count: number, where: string, letter: string, shown: (i: number) => string): string => {
    const all = Array.from({ length: count }, (_, i) => i);
    const pressed = all.map((i) => `&:has([value=${letter}${i}]:checked){${shown(i)}}`).join("");
    const pointed = all.map((i) => `&:has(.${letter}${i}:hover){${shown(i)}}`).join("");
    const byKey = `:has(${where} :focus-visible)`;
    return `&:is(${byKey},:not(:has(${where} label:hover))){${pressed}}&:not(${byKey}){${pointed}}`;
  };
  const nth = (i: number): string => `:nth-child(${i + 1})`;
  const chooseHead = choose(
    heads,
    ".tw-heads",
    "h",
    (i) => `.tw-names>${nth(i)},.tw-lines>${nth(i)},.tw-said>${nth(i)}{display:block}`,
  );
  const chooseToken = choose(
    tokens,
    ".tw-from",
    "t",
    (i) => `.tw-lines g${nth(i)}{opacity:1;stroke-width:2.5px}.tw-said p${nth(i)}{display:grid}`,
  );
  const places = Array.from({ length: tokens }, (_, i) => `.r${i}{grid-row:${i + 1}}`).join("");
  return `.twinformer-attention{${LAYOUT}${chooseHead}${chooseToken}${places}}`;
}

const GREEN = color("third");
const LAYOUT =
  `.tw-box:has(input){display:block!important;direction:ltr;font:12px/1.25 system-ui,sans-serif;max-width:680px;padding:2px}` +
  `.tw-box:has(input)+img{display:none}p{margin:0}form{margin:0}` +
  `.tw-title{font-size:14px;font-weight:600;margin:0 0 4px}.tw-how{color:${color("muted")};margin:0 0 8px}` +
  `.tw-shelf{display:flex;align-items:center;gap:8px;margin:2px 0}.tw-shelf>b{min-width:48px;max-width:116px;flex:none;font-weight:400;color:${color("muted")}}` +
  `.tw-shelf>div{display:flex;flex-wrap:wrap;gap:4px}` +
  `label{position:relative;cursor:pointer}input{position:absolute;opacity:0;margin:0;inset:0;width:100%;height:100%;cursor:pointer}` +
  `.tw-shelf label{padding:3px 3px 1px;border-radius:4px;text-align:center}` +
  `.tw-shelf svg{display:block;margin:auto;outline:1px solid ${color("grid")}}.tw-shelf span{font-size:11px;color:${color("muted")}}` +
  `label:hover{box-shadow:0 0 0 1px ${GREEN}}label:has(:checked){box-shadow:0 0 0 2px ${GREEN}}label:has(:focus-visible){outline:2px solid;outline-offset:3px}` +
  `.tw-names{margin:10px 0 6px;font-weight:600;min-height:15px}.tw-names p,.tw-lines svg,.tw-said>div,.tw-said p{display:none}` +
  // Where there is little room, the lines give way, and no word.
  `.tw-view{display:flex}.tw-from{flex:1 0 72px;min-width:0}.tw-to{flex:1 0 112px;min-width:0}.tw-lines{flex:0 1 ${LINES}px;min-width:24px}.tw-lines svg{width:100%}` +
  `.tw-from label,.tw-asked span{display:block;height:${ROW}px;line-height:${ROW}px;padding:0 6px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis}` +
  `.tw-from label{text-align:right;border-radius:4px}.tw-asked{color:${color("muted")}}` +
  `.tw-lines g{opacity:.3;stroke-width:1px}.tw-to{position:relative}.tw-said{position:absolute;inset:0}` +
  `.tw-said p{grid-auto-rows:${ROW}px;line-height:${ROW}px}.tw-said b{padding:0 6px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis;background:var(--twin-background);font-weight:600}` +
  `.tw-not{color:${color("alarm")}}`;
