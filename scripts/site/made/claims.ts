/** claims.html, a page for each claim of the ledger, and one for each myth. */

import { type ClaimId, claimed, claimIds } from "../../../lib/notebook/claims/ledger.js";
import { questions } from "../../../lib/notebook/interview/questions/index.js";
import { html, type Html } from "../../../site/models/html.js";
import type { WithCard } from "./models.js";
import type { trainedClaims } from "./playground.js";
import { numbersText, type Verdict, verdictOf } from "./runs.js";
import { chip, inline, runOf, saidOf, shortened, toneOf, valuesOf, withoutMarks } from "./words.js";

export type Claims = ReadonlyMap<string, readonly Verdict[]>;

export const claimHref = (id: string): string => `claims/${id}.html`;
export const mythHref = (id: string): string => `myths/${id}.html`;
export const questionHref = (id: string): string => `questions/${id}.html`;

const NOT_RUN = "not run";
const verdictIn = (runs: readonly Verdict[]): string => (runs.length === 0 ? NOT_RUN : verdictOf(runs));
const sources = (id: ClaimId): string => claimed(id).sources.join("; ");

/** Pages say first what the sentence is, and then what came of it. @param trained the playground's runs by claim */
export function claimPages(claims: Claims, trained: Awaited<ReturnType<typeof trainedClaims>>): WithCard[] {
  return claimIds.map((id): WithCard => {
    const runs = claims.get(id) ?? [];
    const { words } = claimed(id);
    const verdict = verdictIn(runs);
    const up = "../";
    const seen = (trained.get(id) ?? []).map(({ name, href }) => html` <a href="${up}${href}">${name}</a>.`);
    const main = html`<article class="small-page">
      <p class="small-kind"><a href="${up}claims.html#${id}">Claim ${id}</a></p>
      <h1>${words}</h1>
      <p class="small-verdict">${chip(verdict)}</p>
      ${runs.map((run) => html`${runOf(run, up)}${valuesOf(run.values)}`)}
      ${seen.length > 0 ? html`<p>See it train, in the playground:${seen}</p>` : ""}
      <p class="small-source">Said in: ${sources(id)}</p>
    </article>`;
    return {
      href: claimHref(id),
      title: words,
      description:
        `Claim ${id}: ${saidOf(verdict)}. ${shortened(runs.length > 0 ? numbersText(runs[0].numbers) || runs[0].parts : "", 150)}`.trim(),
      main,
      menu: "claims.html",
      image: `cards/claims/${id}.png`,
      card: {
        kind: `Claim ${id}, run`,
        words,
        verdict: { words: saidOf(verdict), tone: toneOf(verdict) },
        note: numbersText(runs[0]?.numbers ?? []),
      },
    };
  });
}

export interface Myth {
  readonly run: Verdict;
  readonly title: string;
  /** Of the text cell above: what is said, and where. */
  readonly words: string;
}

/** A myth is a heading and a paragraph in the cell ID-text, and a verdict in the cell ID. */
export function mythsOf(runs: readonly Verdict[], texts: ReadonlyMap<string, string>): Myth[] {
  return runs.map((run) => {
    const text = texts.get(`${run.cell.id}-text`) ?? "";
    const [, title = run.cell.id, words = ""] = /^#+ +(.+)\n+([\s\S]*)$/.exec(text.trim()) ?? [];
    return { run, title: withoutMarks(title.trim()), words: words.trim() };
  });
}

export function mythPages(myths: readonly Myth[]): WithCard[] {
  return myths.map(({ run, title, words }): WithCard => {
    const { id } = run.cell;
    const quote = withoutMarks(words);
    const main = html`<article class="small-page">
      <p class="small-kind"><a href="../14-myths.html">Myth</a></p>
      <h1>${title}</h1>
      <p class="small-words">${inline(words)}</p>
      <p class="small-verdict">${chip(run.verdict)}</p>
      ${runOf(run, "../")}${valuesOf(run.values)}
    </article>`;
    return {
      href: mythHref(id),
      title: `${title}: ${saidOf(run.verdict)}`,
      description: shortened(quote, 180),
      main,
      menu: "claims.html",
      image: `cards/myths/${id}.png`,
      card: {
        kind: "Myth, run",
        words: `${title}. ${shortened(quote, 110)}`,
        verdict: { words: saidOf(run.verdict), tone: toneOf(run.verdict) },
        note: numbersText(run.numbers),
      },
    };
  });
}

const GROUPS: Readonly<Record<string, string>> = {
  A: "How they are built",
  B: "Who chooses what",
  C: "Sizes, speed and memory",
  D: "Training and balance",
  E: "Which of the two",
};

function entry(id: ClaimId, runs: readonly Verdict[]): Html {
  return html`<section class="cell text-cell claim" data-kind="markdown" id="cell-id=${id}">
    <h3 id="${id}">
      ${id}. ${claimed(id).words}<a class="anchor-link" href="#${id}" aria-label="Address of claim ${id}">¶</a>
    </h3>
    <p>
      ${chip(verdictIn(runs))}
      <a class="claim-own" href="${claimHref(id)}">Page of claim ${id}</a>
    </p>
    ${runs.map((run) => runOf(run, ""))}
    <p class="small-source">Said in: ${sources(id)}</p>
  </section>`;
}

export function claimsIndex(claims: Claims, myths: readonly Myth[]): WithCard {
  const all = claimIds.map((id) => verdictIn(claims.get(id) ?? []));
  const count = (verdict: string): number => all.filter((one) => one === verdict).length;
  const others = count(NOT_RUN) > 0 ? `, ${count(NOT_RUN)} were not run` : "";
  const lead = `${all.length} sentences that are widely said of transformers and mixtures of experts, each run as code: ${count("holds")} hold, ${count("half true")} are half true, ${count("fails")} ${count("fails") === 1 ? "fails" : "fail"}${others}.`;
  const groups = [...new Set(claimIds.map((id) => id[0]))].map((letter) => {
    const own = claimIds.filter((id) => id.startsWith(letter));
    return html`<h2 id="group-${letter}">${GROUPS[letter] ?? letter}</h2>
      ${own.map((id) => entry(id, claims.get(id) ?? []))}`;
  });
  const main = html`<section class="cell text-cell" data-kind="markdown" id="cell-id=claims">
      <h1 id="claims">Claims, and what came of them</h1>
      <p class="model-lead">${lead}</p>
    </section>
    ${groups}
    <h2 id="myths">Myths</h2>
    <p>Sentences that go around, from <a href="14-myths.html">notebook 14</a>.</p>
    <ul class="small-list">
      ${myths.map(({ run, title }) => html`<li>${chip(run.verdict)} <a href="${mythHref(run.cell.id)}">${title}</a></li>`)}
    </ul>
    <h2 id="questions">Questions</h2>
    <p>Of the interview, with answers and the cells that prove them: <a href="12-interview.html">notebook 12</a>.</p>
    <ul class="small-list">
      ${questions.map(({ id, question }) => html`<li><a href="${questionHref(id)}">${question}</a></li>`)}
    </ul>`;
  return {
    href: "claims.html",
    title: "Claims about mixtures of experts, run",
    description: lead,
    main,
    menu: "claims.html",
    image: "cards/claims.png",
    isFound: true,
    card: { kind: "Claims", words: lead },
  };
}
