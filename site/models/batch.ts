/** "Only a few experts work" is true of a token. What a batch of tokens touches, and reads. */

import { bytes, grouped, percent } from "twinformer/account";
import { expertsTouched, mostTouched, stepBytes } from "twinformer/cost";
import { bytesByBatch, coverageChart } from "twinformer/plot";
import { explainedIn } from "./cells.js";
import { figureOf, html, type Section, tableOf } from "./html.js";
import { isMixture, lengthOf, type Subject } from "./subject.js";
import { storable } from "./fits.js";

const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const NEARLY_ALL = 0.9;

/** Null for a dense model, all of which works on every token. */
export function batchOf(subject: Subject, up: string): Section | null {
  const { name, counted } = subject;
  if (!counted || !isMixture(counted) || counted.experts.topK === 0) return null;
  const { total, topK } = counted.experts;
  const context = lengthOf(subject, 1024);
  const { dtype, said } = storable(counted);
  const rows = BATCHES.map((batch) => ({
    batch,
    touched: expertsTouched(total, topK, batch),
    step: stepBytes(counted, { phase: "decode", context, batch, dtype }),
  }));
  const full = leastBatch(total, topK);
  const [one, last] = [rows[0], rows[rows.length - 1]];
  const table = rows.map(({ batch, touched, step }) => [
    String(batch),
    Number(touched.toFixed(1)).toString(),
    percent(touched / total),
    String(mostTouched(total, topK, batch)),
    bytes(step.experts),
    bytes(step.total),
    bytes(step.total / batch),
  ]);
  const body = html`<p>
      A token uses ${topK} of ${total} experts in a layer, and other tokens use others. If they choose by chance,
      ${full} tokens at the same time touch ${percent(NEARLY_ALL)} of the experts or more. So a step that writes one
      token for one text reads ${bytes(one.step.total)}, for ${last.batch} texts ${bytes(last.step.total)}:
      ${Number((last.step.total / one.step.total).toPrecision(3))} times as much for ${last.batch} times the tokens.
    </p>
    ${figureOf(
      coverageChart(
        rows.map(({ batch, touched }) => ({ by: "by chance", batch, experts: touched })),
        {
          title: `Experts of a layer of ${name} that a batch touches`,
          subtitle: "reckoned, as if all tokens chose by chance",
        },
      ),
    )}
    ${figureOf(
      bytesByBatch(
        rows.map(({ batch, step }) => ({
          by: name,
          batch,
          dense: step.dense,
          experts: step.experts,
          cache: step.cache,
        })),
        { title: `Bytes that a step of ${name} reads` },
      ),
    )}
    ${tableOf(`One step for so many texts of ${grouped(context)} tokens, weights ${said}`, ["texts", "#experts touched", "#of all", "#at most", "#bytes of experts", "#bytes read", "#for each text"], table)}
    <p>Trained routers prefer some experts, so real batches touch somewhat fewer.</p>
    ${explainedIn(up, ["coverage", "reading"])}`;
  return { id: "batch", title: "What a batch touches", body };
}

/** The smallest batch that touches nearly all, by halving: there may be a million experts in a config that somebody made up. */
function leastBatch(experts: number, topK: number): number {
  const isEnough = (batch: number): boolean => expertsTouched(experts, topK, batch) >= NEARLY_ALL * experts;
  let [few, many] = [0, 1];
  while (!isEnough(many)) [few, many] = [many, 2 * many];
  while (many - few > 1) {
    const middle = Math.floor((few + many) / 2);
    if (isEnough(middle)) many = middle;
    else few = middle;
  }
  return many;
}
