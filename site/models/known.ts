/** Where the numbers are from, and what nobody said. */

import { grouped } from "twinformer/account";
import { folded, html, type Html, linked, listOf, type Section } from "./html.js";
import { isMixture, type Subject } from "./subject.js";

export function sourcesOf({ model, config, counted }: Subject): Section {
  const said = model
    ? html`<p>
        ${linked(model.source)}. ${model.remark && counted ? `Why counts and figures may differ: ${model.remark}.` : ""}
      </p>`
    : html`<p>The config that was given.</p>`;
  const fields =
    config === null
      ? html``
      : folded("The fields that were counted", html`<pre>${clipped(JSON.stringify(config, null, 2))}</pre>`);
  const how = counted
    ? html`<p>
        All other numbers on this page are computed from these fields, by the functions of
        <code>twinformer/account</code> and <code>twinformer/cost</code>.
      </p>`
    : html``;
  return { id: "sources", title: "Sources", body: html`${said}${how}${fields}` };
}

const MOST = 6000;
const clipped = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST)} …` : text);

export function unknownOf({ name, model, counted, longest }: Subject): Section {
  const items: (Html | string)[] = [];
  if (!counted)
    items.push(
      "How many parameters it has, and how many of them work on a token.",
      ...(model?.remark ? [`${model.remark[0].toUpperCase()}${model.remark.slice(1)}.`] : []),
    );
  else {
    if (counted.countedAs !== counted.modelType)
      items.push(`The type "${counted.modelType}" is not known here: it was counted like "${counted.countedAs}".`);
    items.push(...counted.notes.map((note) => sentence(note)));
    if (counted.buffers.total > 0n)
      items.push(
        `Saved with the weights, but not trained and in no count: ${counted.buffers.names.slice(0, 6).join(", ")} (${grouped(counted.buffers.total)} numbers).`,
      );
    if (model && isMixture(counted) && model.published.active === undefined)
      items.push("How many parameters its makers call active: they print no figure, the one here is counted.");
    if (longest === null)
      items.push("How long a text it was made for: the fields used here do not say it, so lengths are examples.");
    if (isMixture(counted))
      items.push(
        `Which experts ${name} really prefers: what a batch touches is reckoned as if tokens chose by chance.`,
      );
    items.push(
      "How fast it is: the figures are bounds by memory and arithmetic, not measurements.",
      "How well it answers: nothing here says anything about that.",
    );
  }
  return { id: "unknown", title: "What is not known", body: listOf(items) };
}

const sentence = (note: string): string => (/[.!?]$/.test(note) ? note : `${note}.`);
