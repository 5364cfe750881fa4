/** The reader's sentence, layer by layer: each token over a bar in the color of its first expert, with the numbers of all of them. */

import { html, type Html } from "../../models/html.js";
import type { Routed, Visit } from "../run/sentence.js";
import { colorsOf } from "./colors.js";

const shown = (token: string): string => (token === " " ? "\u00a0" : token === "\n" ? "⏎" : token);
const named = (token: string): string => (token === " " ? "space" : token === "\n" ? "line break" : token);

const words: Record<Visit["statuses"][number], string> = {
  kept: "",
  rerouted: " (sent on from a full one)",
  dropped: " (full: refused)",
  skipped: " (not sent)",
};

function tokenMarkup(token: string, visit: Visit, colors: ReadonlyMap<number, string>): Html {
  const { experts, weights, statuses } = visit;
  const isRefused = experts.length > 0 && statuses.every((status) => status === "dropped");
  const isRerouted = statuses.includes("rerouted");
  const tint = isRefused ? undefined : colors.get(experts[0]);
  const said = (digits: number): string => {
    const parts = experts.map(
      (expert, i) => `${expert}${words[statuses[i]]}${weights[i] > 0 ? `, weight ${weights[i].toFixed(digits)}` : ""}`,
    );
    return `${named(token)}: ${experts.length === 0 ? "no expert" : `expert ${parts.join("; expert ")}`}`;
  };
  const numbers = experts.map((expert, i) => {
    const status = statuses[i];
    return status === "dropped"
      ? html`<s>${expert}</s>`
      : status === "rerouted"
        ? html`<u>${expert}</u>`
        : html`<span>${expert}</span>`;
  });
  const kind = isRefused ? "play-refused" : isRerouted ? "play-rerouted" : "";
  // The words are rounded more: where they stay the same, nothing is laid out anew.
  return html`<li class="${kind}" style="--tint:${tint ?? "var(--muted)"}" title="${said(2)}">
    <b aria-hidden="true">${isRefused ? html`<s>${shown(token)}</s>` : shown(token)}</b
    ><i aria-hidden="true">${numbers}</i><span class="play-unseen">${said(1)}</span>
  </li>`;
}

/** One layer. @param layer counted from 0  @param nExpert E */
export function layerMarkup({ tokens, layers, effective }: Routed, layer: number, nExpert: number): Html {
  if (tokens.length === 0)
    return layer > 0 ? html`` : html`<p class="play-none">There is no sentence: write one above.</p>`;
  const visits = layers[layer];
  const counts = new Array<number>(nExpert).fill(0);
  for (const { experts, statuses } of visits)
    experts.forEach((e, i) => (counts[e] += statuses[i] === "dropped" ? 0 : 1));
  const colors = colorsOf(counts);
  const asked = visits.flatMap(({ statuses }) => statuses);
  const refused = asked.filter((status) => status === "dropped").length;
  const heading = `Layer ${layer + 1}: the work of ${effective[layer].toFixed(1)} of ${nExpert} expert${nExpert === 1 ? "" : "s"}${refused > 0 ? `, ${refused} of ${asked.length} requests refused` : ""}`;
  return html`<h3>${heading}</h3>
    <ol>
      ${visits.map((visit, n) => tokenMarkup(tokens[n], visit, colors))}
    </ol>`;
}
