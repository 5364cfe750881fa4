/** models.html and a page for each model of the table. */

import { type Account, bytes, grouped, models, percent, rounded, weightBytes } from "twinformer/account";
import { devices, fit } from "twinformer/cost";
import { modelMap } from "twinformer/plot";
import { sourcesOfDevices } from "../../../site/models/fits.js";
import { figureOf, html, type Html, tableOf } from "../../../site/models/html.js";
import { markupOf, modelPage } from "../../../site/models/page.js";
import { isMixture, ofTable, slugOf, type Subject } from "../../../site/models/subject.js";
import { descriptionOf, kindOf, shareOf } from "../../../site/models/summary.js";
import type { Card } from "./card.js";
import { type Made, upFrom } from "./shell.js";

export interface WithCard extends Made {
  readonly card: Card;
}

export const modelHref = (name: string): string => `models/${slugOf(name)}.html`;
const way = (subject: Subject | undefined) => subject && { href: modelHref(subject.name), title: subject.name };
const INDEX = { href: "models.html", title: "All models" };

export function modelPages(): WithCard[] {
  const subjects = models.map(ofTable);
  const pages = subjects.map((subject, i): WithCard => {
    const { name, counted } = subject;
    const href = modelHref(name);
    return {
      href,
      title: counted
        ? `${name}: ${rounded(counted.total)} parameters${isMixture(counted) ? `, ${rounded(counted.active)} active` : ""}`
        : `${name}: size not published`,
      description: descriptionOf(subject),
      main: markupOf(subject, modelPage(subject, upFrom(href))),
      menu: "models.html",
      image: `cards/models/${slugOf(name)}.png`,
      previous: way(subjects[i - 1]) ?? INDEX,
      next: way(subjects[i + 1]),
      isFound: true,
      card: cardOf(name, counted),
    };
  });
  return [index(subjects), ...pages];
}

function cardOf(name: string, counted: Account | null): Card {
  if (!counted)
    return {
      kind: "Model",
      words: `${name}: neither size nor architecture is published`,
      verdict: { words: "not published", tone: "bad" },
    };
  const work = isMixture(counted) ? `, ${rounded(counted.active)} work on a token` : ", and all work on every token";
  const verdict = isMixture(counted)
    ? ({ words: `${percent(shareOf(counted))} active`, tone: "mixture" } as const)
    : ({ words: "dense", tone: "plain" } as const);
  return {
    kind: `Model: ${kindOf(counted)}`,
    words: `${name}: ${rounded(counted.total)} parameters${work}`,
    verdict,
    note: `${bytes(weightBytes(counted, "bfloat16"))} in 16 bits, ${bytes(weightBytes(counted, "int4"))} in 4`,
  };
}

const CARD = "H100-SXM";

function row({ name, counted, model }: Subject): (string | Html)[] {
  const link = html`<a href="${modelHref(name)}">${name}</a>`;
  if (!counted) return [link, "not published", model?.published.total ?? "", "", "", "", "", ""];
  const { experts } = counted;
  const cards = fit(counted, CARD, { context: 1024 }).devices;
  return [
    link,
    kindOf(counted),
    grouped(counted.total),
    grouped(counted.active),
    percent(shareOf(counted)),
    isMixture(counted) ? `${experts.topK} of ${experts.total}` : "–",
    bytes(weightBytes(counted, "bfloat16")),
    cards === null ? "–" : String(cards),
  ];
}

function index(subjects: readonly Subject[]): WithCard {
  const counted = subjects.flatMap((subject) =>
    subject.counted ? [{ name: subject.name, counted: subject.counted }] : [],
  );
  const mixtures = counted.filter((one) => isMixture(one.counted)).length;
  const largest = counted.reduce((most, one) => (one.counted.total > most.counted.total ? one : most));
  const sparsest = counted.reduce((least, one) => (shareOf(one.counted) < shareOf(least.counted) ? one : least));
  const title = "What models have, and what works on a token";
  const lead = `${subjects.length} language models, ${mixtures} of them mixtures of experts, each with all counts and bytes that follow from its published config. The largest is ${largest.name} with ${rounded(largest.counted.total)} parameters; ${sparsest === largest ? "it also" : sparsest.name} uses the smallest share of its own on a token, ${percent(shareOf(sparsest.counted))}.`;
  const heads = [
    "model",
    "kind",
    "#parameters",
    "#active",
    "#share",
    "#experts for a token",
    "#16 bits",
    `#${CARD} cards`,
  ];
  const map = modelMap(
    counted.map((one) => ({ by: one.name, total: Number(one.counted.total), active: Number(one.counted.active) })),
    { height: 560 },
  );
  const main = html`<section class="cell text-cell" data-kind="markdown" id="cell-id=models">
      <h1 id="models">Models</h1>
      <p class="model-lead">${lead}</p>
    </section>
    <section class="own" id="own-model" data-script="models" aria-labelledby="own" hidden>
      <h2 id="own">Your model</h2>
      <p id="own-help">
        Drop a <code>config.json</code> here, choose it, or paste its text: the same page is drawn from it, by the same
        code. It stays in this browser, nothing is sent anywhere.
      </p>
      <div class="own-ways">
        <p>
          <label class="own-file"
            >Choose a file <input type="file" accept=".json,application/json,text/plain" aria-describedby="own-help"
          /></label>
        </p>
        <p>
          <label for="own-text">or its text</label>
          <textarea
            id="own-text"
            rows="4"
            spellcheck="false"
            placeholder='{ "model_type": "llama", "hidden_size": 4096, … }'
          ></textarea>
          <button type="button">Count it</button>
        </p>
      </div>
      <p role="status"></p>
    </section>
    <p id="own-off">
      A config.json of your own can be counted here where this page comes from a server and scripts run.
    </p>
    <div id="own-result"></div>
    <section class="model-part" aria-labelledby="all">
      <h2 id="all">All models</h2>
      ${tableOf(`Counted from published configs; cards hold the weights as shipped and one text of 1,024 tokens`, heads, subjects.map(row))}
      ${figureOf(map)}
    </section>
    <section class="model-part" aria-labelledby="devices">
      <h2 id="devices">The devices, and where their figures are from</h2>
      <p>The pages of the models say which of ${devices.length} devices hold them. The figures of these are others':</p>
      ${sourcesOfDevices()}
    </section>`;
  return {
    href: "models.html",
    title,
    description: lead,
    main,
    menu: "models.html",
    image: "cards/models.png",
    next: way(subjects[0]),
    isFound: true,
    card: {
      kind: "Models",
      words: title,
      note: `${subjects.length} models, ${mixtures} mixtures of experts, counted from their configs`,
    },
  };
}
