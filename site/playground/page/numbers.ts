/** The table of both twins at the step that is shown. */

import { html, type Html } from "../../models/html.js";
import type { View } from "../messages.js";
import { overflowOf } from "../run/numbers.js";

const separated = new Intl.NumberFormat("en");
const format = (count: number): string => separated.format(count);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export function numbersMarkup({ parameters, frame, run }: View): Html {
  const { dense, moe } = parameters;
  const layers = frame?.moe.routing ?? [];
  const { dropped, rerouted, padding } = frame ? overflowOf(frame) : { dropped: 0, rerouted: 0, padding: 0 };
  const none = "–";
  const loss = (of: "dense" | "moe"): string => (frame ? frame[of].loss.toFixed(3) : none);
  const rows: [string, string, string][] = [
    ["parameters in all", format(dense.total), format(moe.total)],
    ["that work on one token", format(dense.active), format(moe.active)],
    ["loss of this step's batch, nats", loss("dense"), loss("moe")],
    ["learning rate", frame ? frame.dense.lr.toPrecision(2) : none, frame ? frame.moe.lr.toPrecision(2) : none],
    [
      "experts' worth of requests, by layer",
      none,
      layers.length > 0 ? layers.map((layer) => layer.effectiveExperts.toFixed(1)).join(", ") : none,
    ],
    [
      "experts that no token asks for, by layer",
      none,
      layers.length > 0 ? layers.map((layer) => String(layer.deadExperts)).join(", ") : none,
    ],
    ["requests refused", none, frame ? percent(dropped) : none],
    ["requests sent on", none, frame ? percent(rerouted) : none],
    [
      "places that stay empty (padding)",
      none,
      !frame ? none : run.settings.capacity === null && padding === 0 ? "no limit" : percent(padding),
    ],
  ];
  return html`<table class="model-table" aria-label="Both twins in numbers">
    <thead>
      <tr>
        <th scope="col"></th>
        <th scope="col" class="model-number">dense</th>
        <th scope="col" class="model-number">MoE</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([name, a, b]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td class="model-number">${a}</td>
            <td class="model-number">${b}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
