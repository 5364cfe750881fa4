/** The cell that trains the same run in a notebook, in Node or on a page of the course: it prints the rows that the playground shows. */

import { BLOCKS, configs, EVERY, LAST, routing, type Run, settingsAt, shape, WARMUP } from "./settings.js";
import { texts } from "./texts.js";

/** A value as it stands in a program: keys without quotes where they need none. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${key}: ${literal(inner)}`)
    .join(", ")} }`;
}

function corpusOf(text: Run["settings"]["text"]): { imports: string[]; lines: string[] } {
  const comment = "the same text as there: its vocabulary and its batches depend on every character";
  if (text === "own")
    return {
      imports: ['import { readFile } from "node:fs/promises";'],
      lines: [`const text = await readFile("your-text.txt", "utf8"); // ${comment}`],
    };
  const { file, characters } = texts[text];
  const whole = file === null ? "await mobyDickText()" : `await readFile("assets/${file}", "utf8")`;
  return {
    imports: file === null ? [] : ['import { readFile } from "node:fs/promises";'],
    lines: [`const text = (${whole}).slice(0, ${characters});`],
  };
}

/** @param steps how many of them */
export function codeOf(run: Run, steps: number, which: "moe" | "dense" = "moe"): string {
  const { settings } = run;
  const corpus = corpusOf(settings.text);
  const { vocabSize: _, ...config } = configs(settings, 0)[which];
  const changes = run.changes.filter(({ after }) => after < steps);
  const rates = [settings.lr, ...changes.map(({ after }) => settingsAt(run, after + 1).lr)];
  const isOneRate = rates.every((rate) => rate === rates[0]);
  const lasting = changes.map(({ after }) => [after, settingsAt(run, after + 1)] as const);
  const routings = which === "moe" ? lasting.map(([after, now]) => `  ${after}: ${literal(routing(now))},`) : [];
  const hasChanges = routings.length > 0;
  return [
    `import { Corpus${settings.text === "moby" ? ", mobyDickText" : ""} } from "twinformer/data";`,
    `import { ${hasChanges ? "changeRouting, " : ""}transformer } from "twinformer/models";`,
    'import { train } from "twinformer/train";',
    ...corpus.imports,
    "",
    ...corpus.lines,
    "const corpus = new Corpus(text);",
    "const { vocabSize } = corpus.tokenizer;",
    `const config = ${literal(config)};`,
    `const model = transformer({ vocabSize, ...config }, { seed: ${settings.seed} });`,
    ...(hasChanges
      ? ["// What was changed after a step, while it trained.", "const changes = {", ...routings, "};"]
      : []),
    ...(isOneRate
      ? [`const rate = () => ${settings.lr};`]
      : [
          `const rates = ${literal([[0, settings.lr], ...lasting.map(([after, now]) => [after, now.lr])])};`,
          "const rate = (taken) => rates.findLast(([after]) => after <= taken)[1];",
        ]),
    "const plan = {",
    `  steps: ${LAST}, batchSize: ${shape.batchSize}, seed: ${settings.seed}, evalEvery: ${EVERY}, evalBlocks: ${BLOCKS}, metrics: "batch",`,
    `  lr: (taken) => rate(taken) * Math.min(1, (taken + 1) / ${WARMUP}),`,
    "};",
    "const rows = [];",
    "for await (const row of train(model, corpus, plan)) {",
    "  rows.push(row);",
    `  if (row.step === ${steps}) break;`,
    ...(hasChanges ? ["  if (changes[row.step]) changeRouting(model, changes[row.step]);"] : []),
    "}",
    "rows.at(-1);",
    "",
  ].join("\n");
}
