/** What stands on the stage before anything is trained. */

import { html, type Html } from "../../models/html.js";
import { remedies } from "../run/presets.js";
import { shape } from "../run/settings.js";

export function stageMarkup(knobs: Html): Html {
  const options = Object.entries(remedies).map(([id, { label }]) => html`<option value="${id}">${label}</option>`);
  const layers = Array.from({ length: shape.nLayer }, () => html`<section></section>`);
  return html`<div class="play-bar" role="group" aria-label="The run">
      <button type="button" data-do="play" class="play-main">Play</button>
      <button type="button" data-do="step">One step</button>
      <button type="button" data-do="reset">Start anew</button>
      <label
        >Speed
        <select id="play-speed">
          <option value="">as fast as it can</option>
          <option value="5">5 steps a second</option>
          <option value="1">1 step a second</option>
        </select></label
      >
      <span class="play-state"></span>
    </div>
    <div class="play-bar" role="group" aria-label="Collapse and rescue">
      <button type="button" data-do="collapse" class="play-bad">Collapse it</button>
      <label class="play-unseen" for="play-remedy">Rescue it with</label>
      <span class="play-pair"
        ><button type="button" data-do="rescue" class="play-good">Rescue it with</button
        ><select id="play-remedy">
          ${options}
        </select></span
      >
    </div>
    <p class="play-problem" role="alert"></p>
    <div class="play-columns">
      <div class="play-stage">
        <div class="play-film">
          <label for="play-scrub">The film: <output id="play-step" for="play-scrub">step 0</output></label
          ><input id="play-scrub" type="range" min="0" max="1" value="0" step="1" disabled />
        </div>
        <p class="play-past"></p>
        <p class="play-finding"></p>
        <p class="play-unseen play-live-region" role="status"></p>
        <div class="play-figures">
          <div class="play-loss"></div>
          <div class="play-load"></div>
        </div>
        <p class="play-history"></p>
        <h2 id="what-they-write">What both write</h2>
        <p class="play-written"></p>
        <dl>
          <dt>dense</dt>
          <dd class="play-dense"></dd>
          <dt>MoE</dt>
          <dd class="play-moe"></dd>
        </dl>
      </div>
      <div class="play-side">
        <h2 id="your-sentence">A sentence of yours</h2>
        <label for="play-sentence"
          >Write one: below it, each character stands over the numbers of its experts in the MoE. A number that is
          crossed out is an expert that was full.</label
        >
        <input id="play-sentence" type="text" maxlength="200" spellcheck="false" autocomplete="off" />
        <p class="play-note"></p>
        <div class="play-layers twinformer">${layers}</div>
        <h2 id="in-numbers">In numbers</h2>
        <div class="play-numbers output-html"></div>
        <details class="play-row">
          <summary>The rows behind the picture</summary>
          <pre tabindex="0"></pre>
        </details>
      </div>
    </div>
    <h2 id="knobs">Knobs</h2>
    <div class="play-knobs">${knobs}</div>
    <div class="play-bar">
      <button type="button" data-do="link">Copy a link to this run</button
      ><span class="play-link-note" role="status"></span>
    </div>
    <details class="play-code">
      <summary>Show me the code</summary>
      <p>The same run in a notebook or in Node: the rows are equal to the last digit where the kernels are the same.</p>
      <button type="button" data-do="copy">Copy</button>
      <pre tabindex="0"></pre>
    </details>`;
}
