/** The page of a model: Node makes it for each model of the table when the site is made, a browser for a config that somebody drops. Every
 *  number in it is computed here, and nothing of a config gets in but as words. */

import { batchOf } from "./batch.js";
import { cacheOf, trainingOf, weightsOf } from "./bytes.js";
import { fitsOf } from "./fits.js";
import { html, Html, type Section } from "./html.js";
import { sourcesOf, unknownOf } from "./known.js";
import { parametersOf } from "./parameters.js";
import type { Subject } from "./subject.js";
import { leadOf } from "./summary.js";

export interface ModelPage {
  readonly lead: string;
  readonly sections: readonly Section[];
}

/** @param up the way from the page to the notebooks: "" or "../" */
export function modelPage(subject: Subject, up: string): ModelPage {
  const made = [parametersOf, weightsOf, cacheOf, trainingOf, batchOf, fitsOf].map((section) => section(subject, up));
  const sections = [...made, sourcesOf(subject), unknownOf(subject)].filter((section) => section !== null);
  return { lead: leadOf(subject), sections };
}

/** As markup. The first part has the form in which the site's search finds it.
 *  @param level of the first heading: 2 where the page has one above it */
export function markupOf({ name }: Subject, { lead, sections }: ModelPage, level: 1 | 2 = 1): Html {
  const [first, second] = [new Html(`h${level}`), new Html(`h${level + 1}`)];
  const contents = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  const parts = sections.map(
    ({ id, title, body }) => html`<section class="model-part" aria-labelledby="${id}">
<${second} id="${id}">${title}<a class="anchor-link" href="#${id}" aria-label="Address of this part">¶</a></${second}>
${body}
</section>`,
  );
  return html`<section class="cell text-cell" data-kind="markdown" id="cell-id=top">
<${first} id="top">${name}</${first}>
<p class="model-lead">${lead}</p>
</section>
<nav class="model-contents" aria-label="Parts of this page"><ul>${contents}</ul></nav>
${parts}`;
}
