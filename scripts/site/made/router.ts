/** playground/router.html: the game in which a reader is the router. Which texts are played is decided here, what they cost in the page. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { grouped } from "twinformer/account";
import { heldOut, type Tokenizer, tokenizerFromJson } from "twinformer/data";
import { html, Html } from "../../../site/models/html.js";
import { choicesOf } from "../../../site/router/choices.js";
import type { RouterData } from "../../../site/router/data.js";
import { COUNT } from "../../../site/router/text.js";
import { root } from "../../setup/run.mjs";
import type { WithCard } from "./models.js";

export const HREF = "playground/router.html";

const DOMAINS = [
  { name: "english", title: "English" },
  { name: "spanish", title: "Spanish" },
  { name: "code", title: "Program text" },
  { name: "arithmetic", title: "Arithmetic" },
] as const;
const EACH = 3; // texts of a domain
const LEAD = 40; // tokens before those that are played
const COUNTED = 1600; // characters of each domain in which it is counted what experts get

const asset = (file: string): string => readFileSync(path.join(root, "assets", file), "utf8");

/** Texts at equal distances in what the twin never learned from, each from the start of a line; nobody has picked them. */
export function dataOf(): RouterData {
  const config = JSON.parse(asset("models/moe/config.json")) as {
    twinformer: { nExpert: number; topK: number; nLayer: number };
  };
  const { nExpert, topK, nLayer } = config.twinformer;
  const tokenizer = tokenizerFromJson(asset("models/moe/tokenizer.json"));
  const domains = DOMAINS.map(({ name, title }) => {
    const held = heldOut(asset(`domains/${name}.txt`)).validation;
    const lineAt = (share: number): number => held.indexOf("\n", Math.floor(share * held.length)) + 1;
    const texts = Array.from({ length: EACH }, (_, i) => ({
      name: `${name}-${i + 1}`,
      title: `${title} ${i + 1}`,
      text: played(held.slice(lineAt((i + 0.5) / EACH)), tokenizer),
    }));
    const from = lineAt(1 / EACH); // halfway between two of them
    return { texts, counted: held.slice(from, from + COUNTED) };
  });
  return {
    ...{ nExpert, topK, nLayer, count: COUNT },
    texts: domains.flatMap(({ texts }) => texts),
    counted: domains.map(({ counted }) => counted),
  };
}

/** The start of a text, as long as a game needs it, that has the same tokens when it stands alone. */
function played(text: string, tokenizer: Tokenizer): string {
  const ids = tokenizer.encode(text.slice(0, 1000));
  for (let n = LEAD + COUNT + 1; n < ids.length; n++) {
    const start = tokenizer.decode(ids.subarray(0, n));
    if (tokenizer.encode(start).every((id, i) => id === ids[i]) && tokenizer.encode(start).length === n) return start;
  }
  throw new Error("no text of the game is long enough");
}

const optionOf = ({ name, title, text }: RouterData["texts"][number]): Html =>
  html`<option value="${name}">${title}: “${text.replace(/\s+/g, " ").trim().slice(0, 24)}…”</option>`;

/** JSON inside of a page: nothing in it ends the element. */
const asJson = (data: unknown): Html => new Html(JSON.stringify(data).replaceAll("<", "\\u003c"));

export function routerPage(): WithCard {
  const data = dataOf();
  const { nExpert, topK, nLayer } = data;
  const choices = choicesOf(nExpert, topK).length;
  const title = "Be the router";
  const lead = `Route ${COUNT} real tokens of a frozen twin by hand: which ${topK} of its ${nExpert} experts should work on each? The score is what your choices cost against those of the router that learned it, in nats per token, beside chance and the best of all choices.`;
  const heads = Array.from(
    { length: nExpert },
    (_, e) =>
      html`<th scope="col" role="columnheader" aria-label="Expert ${e}">
        <span class="router-expert">${e}</span><span class="router-usual" aria-hidden="true"></span>
      </th>`,
  );
  const main = html`<section class="cell text-cell" data-kind="markdown" id="cell-id=router">
      <h1 id="be-the-router">${title}</h1>
      <p class="model-lead">${lead}</p>
    </section>
    <p id="router-off">
      The game computes in this page: it needs one that comes from a server, and scripts. In a clone of the project:
      <code>npm run site -- --serve</code>.
    </p>
    <div id="router" data-script="router" hidden>
      <section aria-labelledby="router-text-head">
        <h2 id="router-text-head">The text</h2>
        <p class="router-pick">
          <label for="router-pick">Held-out text</label>
          <select id="router-pick">
            ${data.texts.map(optionOf)}
          </select>
        </p>
        <details class="model-folded router-own" id="router-own">
          <summary>Or a sentence of yours</summary>
          <p>
            <label for="router-write"
              >At least ${COUNT + 1} tokens, one or two lines; its last ${COUNT} before the end are played. It stays in
              this browser.</label
            >
            <textarea id="router-write" rows="3" spellcheck="false" aria-describedby="router-refused"></textarea>
          </p>
          <p><button type="button" id="router-take">Play this</button></p>
          <p role="status" id="router-refused"></p>
        </details>
        <p class="router-read" id="router-read"></p>
      </section>
      <section aria-labelledby="router-board-head">
        <h2 id="router-board-head">Your routes</h2>
        <p id="router-help">
          Give every token ${topK} experts. The next token is shown when one is routed, for a router does not see what
          comes next, either.
          <span class="router-keys">By keyboard: arrows move, digits 0 to ${nExpert - 1} choose.</span>
        </p>
        <p class="router-key" id="router-key" hidden>
          ● the learned router's choice · ★ the best of all ${choices} choices · at the right: your nats beyond the
          learned router's
        </p>
        <table class="router-board" role="grid" aria-labelledby="router-board-head" aria-describedby="router-help">
          <thead role="rowgroup">
            <tr role="row" aria-rowindex="1">
              <th scope="col" role="columnheader" aria-label="Token">
                <span class="router-corner">Experts, and tokens that each usually gets</span>
              </th>
              ${heads}
              <th
                scope="col"
                role="columnheader"
                class="router-lost"
                aria-label="Nats beyond the learned router's"
              ></th>
            </tr>
          </thead>
          <tbody role="rowgroup"></tbody>
        </table>
        <p class="router-state" role="status" id="router-state"></p>
        <p class="router-ways">
          <button type="button" id="router-score">Score</button>
          <button type="button" id="router-clear">Clear the board</button>
        </p>
        <details class="model-folded" id="router-usual" hidden>
          <summary>What each expert usually gets, in numbers</summary>
          <div></div>
        </details>
      </section>
      <section aria-labelledby="router-result-head" id="router-result" hidden>
        <h2 id="router-result-head" tabindex="-1">Your score</h2>
        <div id="router-numbers"></div>
        <p class="router-share">
          <label for="router-link">A link to this score</label>
          <input id="router-link" readonly />
          <button type="button" id="router-copy">Copy</button>
          <span role="status" id="router-copied"></span>
        </p>
      </section>
    </div>
    <section class="model-part" aria-labelledby="router-how">
      <h2 id="router-how">How the score is made</h2>
      <p>
        The <b>twin</b> is the trained mixture of this project, frozen: ${nLayer} layers, and in each ${nExpert} experts
        of which ${topK} work on a token. You play its <b>last layer</b>. What experts give to a token there changes the
        guess at the next token and nothing else, since no layer comes after it that could carry it to other tokens. So
        the loss of a token depends on its own choice alone, and the best choice of all ${COUNT} tokens together is
        found exactly: by trying all ${choices} choices of each.
      </p>
      <p>
        <b>Chance</b> is the exact mean over these ${choices} choices; nothing is drawn. A token that you leave open
        counts as chance. The <b>weights</b> of the experts that you choose are the router's own: the softmax of its
        logits over the chosen ones, as in the model, so that the learned choice costs exactly the model's loss. A
        <b>nat</b> is the unit of that loss: −ln of the probability that the model gave to the token that came.
      </p>
      <p>
        The texts are ${data.texts.length} pieces at equal distances in text that the twin did not learn from. All
        numbers are computed in this page by the library, from the weights of the model.
      </p>
    </section>
    <script type="application/json" id="router-data">
      ${asJson(data)}
    </script>`;
  return {
    href: HREF,
    title,
    description: lead,
    main,
    menu: "playground/index.html",
    image: "cards/playground/router.png",
    isFound: true,
    card: {
      kind: "Play",
      words: `${title}: route ${COUNT} tokens of a trained mixture by hand`,
      note: `${topK} of ${nExpert} experts for each, ${grouped(choices)} choices; scored in nats against the learned router`,
    },
  };
}
