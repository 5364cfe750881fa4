/** The cards of the trained models, made from what was measured: no number is typed. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { collapseCriteria } from "../../lib/train/labs/collapse.js";
import type { Curve } from "./curve.js";
import { gap, layersByLoad, reportFindings, specializedLayers } from "./findings.js";
import type { ByDomain, ModelReport, Report } from "./measure.js";

const folder = fileURLToPath(new URL("../../assets/models/", import.meta.url));

const what: Readonly<Record<string, string>> = {
  dense: "The dense twin: every token through the same feed-forward layer.",
  moe: "The mixture of experts: each token through two of eight experts, kept in use by Switch's balance loss. As many active parameters as the dense twin.",
  unbalanced: "The same mixture without anything that keeps its experts in use.",
};

type Cell = string | number;
const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

const digits = (x: number, n = 3): string => x.toFixed(n).replace("-", "−");
const list = (numbers: readonly number[]): string =>
  numbers.length > 0 ? numbers.map((n) => n + 1).join(", ") : "none";

/** The text of each card, by its path in assets/models. */
export const cards = (report: Report): Record<string, string> => ({
  "README.md": overview(report),
  ...Object.fromEntries(Object.keys(report.models).map((name) => [`${name}/README.md`, card(name, report)])),
});

export const curveIn = (name: string): Curve | null =>
  existsSync(`${folder}${name}/curve.json`)
    ? (JSON.parse(readFileSync(`${folder}${name}/curve.json`, "utf8")) as Curve)
    : null;

/** "moe (8000 steps)". */
const withSteps = (name: string): string => {
  const curve = curveIn(name);
  return curve ? `${name} (${curve.loss.length} steps)` : name;
};

/** All models and the baselines, in bits per byte. */
function bits({ models, baselines, domains, minute }: Report): string {
  const row = (name: string, numbers: ByDomain): Cell[] => [name, ...domains.map((domain) => digits(numbers[domain]))];
  return table(
    ["bits per byte", ...domains],
    [
      ...Object.entries(models).map(([name, own]) => row(withSteps(name), own.bitsPerByte)),
      row(`moe after one minute (${minute.steps} steps)`, minute.bitsPerByte),
      row("5-gram model of characters", baselines.fiveGram),
      row("5-gram model of the same tokens", baselines.fiveGramOfTokens),
      row("xz -9 of the held-out text", baselines.xz),
      row("what it adds to the xz -9 of the training text", baselines.xzAfterTraining),
    ],
  );
}

function overview(report: Report): string {
  const findings = reportFindings(report).map(({ says, holds }) => `- ${holds ? "yes" : "**no**"}: ${says}.`);
  return `# Trained twins

Three small models that have learned, in Hugging Face's form: \`pretrained("moe")\` of \`twinformer/models\` opens one, and so does
transformers (\`AutoModelForCausalLM.from_pretrained\`). What they learned from is in [\`../domains\`](../domains/README.md). Each folder has a
card. Numbers are of the files as they are here (float16), on the tenth of each domain that was held out; \`${report.command}\` makes this
page anew. Measured at commit ${report.commit}, Node ${report.node}, ${report.machine}.${report.remark ? ` ${report.remark}` : ""}

${bits(report)}

The first 5-gram model counts characters, the second the models' own tokens; both learn from the domain's own training text and use
Kneser-Ney smoothing. The last line is no rival that the models were asked to beat: xz may copy from all of the training text.

## What holds

${findings.join("\n")}
`;
}

function card(name: string, report: Report): string {
  const own = report.models[name];
  const curve = curveIn(name);
  const { domains } = report;
  const made = curve
    ? `\`${curve.command}\`, at commit ${curve.commit}, Node ${curve.node}, ${curve.machine}: ${curve.loss.length} steps in ${Math.round(curve.seconds / 60)} minutes of training, on a machine that also did other work. Seeds: ${curve.seed} (first weights), ${(curve.training as { seed: number }).seed} (batches). The recipe is \`scripts/pretrain/plan.ts\`; the loss of every step is in \`curve.json\`.${curve.remark ? ` ${curve.remark}` : ""}`
    : "";
  return `---
license: mit
language: [en, es]
---

# ${name}

${what[name]} A twin of this project, trained on English, Spanish, JavaScript and arithmetic in one alphabet, for lessons: it writes text
that looks right for a line or two, and knows nothing. Good for looking at routing, attention and losses of a model that has learned; not
for anything that depends on what it says.

\`\`\`json
${JSON.stringify(curve?.config ?? {})}
\`\`\`

Made by ${made}

## How well

${table(
  ["", ...domains],
  [
    ["bits per byte, held out", ...domains.map((domain) => digits(own.bitsPerByte[domain]))],
    ["nats per token, held out", ...domains.map((domain) => digits(own.validationLoss[domain]))],
    ["nats per token, learned from", ...domains.map((domain) => digits(own.trainLoss[domain]))],
  ],
)}

Losses are of ${report.blocks.sample} blocks of 128 tokens of each domain, spread evenly over what was learned from and over what was held out. Mean difference between held-out and learned text: ${digits(gap(own))} nats per token. Beside other models and baselines:
[\`../README.md\`](../README.md).
${own.experts ? expertsSection(own, own.experts, report) : ""}`;
}

function expertsSection(
  own: ModelReport,
  experts: NonNullable<ModelReport["experts"]>,
  { domains, blocks }: Report,
): string {
  const layers = experts.specialization;
  const said = specializedLayers(own);
  const { collapsed, even } = layersByLoad(own);
  const { collapsedAt, evenAt } = collapseCriteria;
  const E = experts.load[0].length;
  const shares = experts.shares.flatMap((layer, l) =>
    layer.map((expert, e) => [
      `${l + 1}.${e + 1}`,
      digits(100 * experts.load[l][e], 1),
      ...expert.map((share) => digits(100 * share, 0)),
      experts.tokens[l][e].map(shown).join(" ") || "none",
    ]),
  );
  const costs = experts.shares.flatMap((layer, l) =>
    layer.map((_, e) => [
      `${l + 1}.${e + 1}`,
      ...domains.map((domain) => {
        const row = experts.costs.find((row) => row.layer === l && row.expert === e && row.domain === domain);
        return digits(row?.cost ?? NaN);
      }),
    ]),
  );
  return `
## Its experts

On ${blocks.sample} held-out blocks of 128 tokens of each domain: normalized mutual information of a token's first expert and its domain, against domains dealt out to the sequences anew (mean, and what
95 % of 40 shuffles stay below), and against domains dealt out among equal tokens: what lies above the last is more than knowing the
token. Experts and domain share more than by chance in the layers ${list(said)}${said.length < 2 ? ": fewer than two, so this model does **not** divide its domains among its experts" : ""}.

${table(
  [
    "layer",
    "with the domain",
    "shuffled",
    "among equal tokens",
    "with the token",
    "experts without a token",
    "effective experts",
  ],
  layers.map((row, l) => [
    row.layer + 1,
    digits(row.domain),
    `${digits(row.domainByChance.mean)} (${digits(row.domainByChance.high)})`,
    `${digits(row.domainByCharacter.mean)} (${digits(row.domainByCharacter.high)})`,
    digits(row.character),
    experts.dead[l],
    digits(experts.effective[l], 2),
  ]),
)}

A layer with ${collapsedAt * E} effective experts of ${E} or fewer counts as collapsed here, one with ${evenAt * E} or more as even. Collapsed layers: ${list(collapsed)}; even layers: ${list(even)}.

Layer and expert, its share of all assignments, what its tokens are (those whose first choice it is, % by domain), and the commonest:

${table(["expert", "load %", ...domains.map((domain) => `${domain} %`), "commonest tokens"], shares)}

## What switching one off costs

Nats per token more on ${blocks.switched} held-out blocks of each domain when no token may choose this expert and the next best does its work; negative where the model does
better without it:

${table(["expert", ...domains], costs)}
`;
}

/** A token in a table of Markdown. */
const shown = (token: string): string =>
  `\`${token.replaceAll("\n", "↵").replaceAll(" ", "␣").replaceAll("|", "∣").replaceAll("`", "ˋ")}\``;
