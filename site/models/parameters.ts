import { componentRows, grouped, partRows, percent, rounded } from "twinformer/account";
import { parameterBars, partTable } from "twinformer/plot";
import { explainedIn } from "./cells.js";
import { figureOf, folded, html, type Html, type Section, tableOf } from "./html.js";
import { isMixture, type Subject } from "./subject.js";
import { routingOf, shareOf } from "./summary.js";

/** What the model has, what works on a token, and what both are made of. */
export function parametersOf({ name, counted, model }: Subject, up: string): Section {
  const id = "parameters";
  const title = "Parameters, total and active";
  if (!counted)
    return {
      id,
      title,
      body: html`<p>Nobody outside can count them: what its parameters follow from is not published.</p>`,
    };
  const { total, active } = counted;
  const rows = componentRows(counted, name);
  const largest = rows.reduce((most, row) => (row.total > most.total ? row : most));
  const facts: [string, string | Html][] = [
    ["Total", grouped(total)],
    [
      "Active for one token",
      isMixture(counted) ? `${grouped(active)}, ${percent(shareOf(counted))} of the total` : "all of them",
    ],
    ["Active, without the input embedding", grouped(counted.activeWithoutInputEmbedding)],
    ["Total, without embeddings and head", grouped(counted.totalWithoutEmbeddings)],
    [
      "Layers",
      isMixture(counted)
        ? counted.moeLayers === counted.layers
          ? `${counted.layers}, all with experts`
          : `${counted.layers}, of which ${counted.moeLayers} have experts`
        : String(counted.layers),
    ],
    ["Width", `${grouped(counted.width)} numbers for each token`],
  ];
  if (isMixture(counted)) {
    const { experts, oneExpert } = counted;
    facts.push(["Experts in a layer", `${grouped(experts.total)}, of which ${experts.topK} work on a token`]);
    if (experts.shared > 0) facts.push(["Shared experts in a layer", `${experts.shared}, for every token`]);
    facts.push(["One expert in one layer", `${grouped(oneExpert)} parameters`]);
  }
  if (model) facts.push(["Its makers say", saidBy(model.published)]);
  const parts = rows.map((row) => [
    row.component,
    grouped(row.total),
    percent(row.total / Number(total)),
    grouped(row.active),
    percent(row.active / row.total),
  ]);
  const idle = isMixture(counted) ? ` ${rounded(total - active)} are idle while one token is computed.` : "";
  const body = html`<p>
      ${`${routingOf(counted)} The largest part is "${largest.component}": ${percent(largest.total / Number(total))} of all.${idle}`.trim()}
    </p>
    ${figureOf(parameterBars(rows, { title: `${name}: what it has and what works on a token` }))}
    ${tableOf("What was counted", ["what", "count"], facts)}
    ${tableOf("By part of the model", ["part", "#total", "#of the total", "#active", "#of the part"], parts)}
    ${folded("Every part, with its shape", figureOf(partTable(partRows(counted))))}
    ${explainedIn(up, ["total", "bars", "tree"])}`;
  return { id, title, body };
}

function saidBy({ total, active }: { readonly total: string; readonly active?: string }): string {
  return active === undefined ? total : `${total}, of which ${active} are active`;
}
