/** playground/index.html, where both twins train: the words around the stage, and the presets as links. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { mobyDickText } from "twinformer/data";
import { html } from "../../../site/models/html.js";
import { defaults, shape } from "../../../site/playground/run/settings.js";
import { toAddress } from "../../../site/playground/run/address.js";
import { type Preset, presets } from "../../../site/playground/run/presets.js";
import { type BuiltIn, texts } from "../../../site/playground/run/texts.js";
import { root } from "../../setup/run.mjs";
import type { PresetRow } from "../../labs/playground.js";
import type { WithCard } from "./models.js";

/** With how many seeds the recorded runs of a preset show what its name says: of chance, each reader can see as much. */
function seedsOf(id: string): string {
  const own = (
    JSON.parse(readFileSync(path.join(root, "assets/labs/playground.json"), "utf8")) as { rows: PresetRow[] }
  ).rows.filter(({ preset }) => preset === id);
  const shown = own.filter(({ holds }) => holds).length;
  return `Recorded with ${own.length} seeds: ${shown === own.length ? "each shows it" : `${shown} show it, chance breaks the others`}.`;
}

/** What lies beside the page: its rules, and the texts that it comes with. */
export async function playgroundFiles(): Promise<Record<string, string>> {
  const moby = await mobyDickText();
  const entries = Object.entries<BuiltIn>(texts).map(([name, { file, characters }]): [string, string] => {
    const whole = file === null ? moby : readFileSync(path.join(root, "assets", file), "utf8");
    return [`playground/${name}.txt`, whole.slice(0, characters)];
  });
  const rules = readFileSync(path.join(root, "site/playground/playground.css"), "utf8");
  return Object.fromEntries([["playground.css", rules], ...entries]);
}

const words = [
  ["token", "what a model reads at a time: here a single character."],
  [
    "loss",
    "how far a model is from knowing the next character, in nats; 0 would be to know it always. A guess that is right half of the time costs 0.69.",
  ],
  [
    "expert",
    "one of several small networks that stand in the place of a layer's large one. Each token passes through few of them.",
  ],
  ["router", "the part of a layer that gives each expert a score for a token; those with the highest scores get it."],
  ["fair share", "what each expert of a layer would get if all got equally many tokens."],
  [
    "the work of 2.1 of 8 experts",
    "how many equally busy experts the work of a layer amounts to: 8 of 8 is perfect balance, 1 of 8 is one expert that does all.",
  ],
  ["collapse", "a few experts get nearly all tokens, and the others, which get none, learn nothing."],
  ["balance loss", "a term beside the loss that is lowest where all experts get equally much."],
  ["capacity", "how many tokens an expert takes in a step. What asks for more is refused, or sent on to another one."],
  ["fork", "the same run up to a step, with another knob from there on. The MoE's old curve stays, to compare."],
  ["seed", "a number from which all chance of a run is made: the same seed and the same knobs are the same run."],
] as const;

export const PLAYGROUND = "playground/index.html";

const addressOf = ({ run, steps }: Preset): Promise<string> =>
  toAddress({ run, at: steps, sentence: null, ownText: null });

/** Runs in which a claim can be seen, by its id. */
export async function trainedClaims(): Promise<ReadonlyMap<string, readonly { name: string; href: string }[]>> {
  const all = await Promise.all(
    presets.map(async (preset) => ({ ...preset, href: `${PLAYGROUND}#${await addressOf(preset)}` })),
  );
  const ids = [...new Set(presets.flatMap(({ claims }) => claims))];
  return new Map(ids.map((id) => [id, all.filter(({ claims }) => claims.includes(id))]));
}

/** @param options.isAlone whether the course's pages are not there to be linked */
export async function playgroundPage({ isAlone = false } = {}): Promise<WithCard> {
  const title = "The playground: collapse a mixture of experts, and rescue it";
  const { dModel, nLayer, batchSize, blockSize } = shape;
  const { label } = texts.moby;
  const lead = `Two small transformers learn in this page to guess the next character of ${label}. One is dense; its twin is a mixture of experts (MoE), where a router sends each character to ${defaults.topK} of ${defaults.experts} experts. The lines below are no recording: they are measured while you watch.`;
  const links = await Promise.all(
    presets.map(async (preset) => {
      const { id, name, claims, why, steps } = preset;
      const address = await addressOf(preset);
      const about = claims.map((claim) =>
        isAlone ? html`${claim} ` : html`<a href="../claims/${claim}.html">${claim}</a> `,
      );
      return html`<li>
        <a href="#${address}" data-preset="${id}" data-steps="${steps}">${name}</a>
        <span>${why} ${seedsOf(id)} ${claims.length === 1 ? "Claim" : "Claims"} ${about}</span>
      </li>`;
    }),
  );
  const main = html`<link rel="stylesheet" href="../playground.css" />
    <section class="cell text-cell" data-kind="markdown" id="cell-id=playground">
      <h1 id="top">Collapse an MoE, and rescue it</h1>
      <p class="model-lead">${lead}</p>
    </section>
    <div id="playground" data-script="playground" hidden></div>
    <p id="play-off">The twins train where this page comes from a server and scripts run: not from a disk.</p>
    <section class="model-part play-presets" aria-labelledby="presets">
      <h2 id="presets">Runs that show a claim</h2>
      <p>Each trains here, and says below the film what was seen in it.</p>
      <ul>
        ${links}
      </ul>
      <p><a href="router.html">Be the router</a>: route twenty tokens by hand, against the router that was trained.</p>
    </section>
    <section class="model-part" aria-labelledby="what">
      <h2 id="what">What trains here</h2>
      <p>
        Both twins have ${nLayer} layers of width ${dModel} and read the same ${batchSize * blockSize} characters in
        each step. On one character equally many numbers work in both, but for those of the router; the MoE has more of
        them in all. The library of this course does the work, in a worker of this page, on one thread.
      </p>
      <h3 id="words">Words of this page</h3>
      <dl class="play-words">
        ${words.map(
          ([word, meaning]) =>
            html`<dt>${word}</dt>
              <dd>${meaning}</dd>`,
        )}
      </dl>
    </section>`;
  return {
    ...{
      href: PLAYGROUND,
      title,
      description: lead,
      main,
      menu: PLAYGROUND,
      image: "cards/playground.png",
      isFound: true,
    },
    card: { kind: "Playground", words: title, note: "Both twins train in the page, under your hand" },
  };
}
