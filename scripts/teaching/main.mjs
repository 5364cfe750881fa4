import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { writePart } from "../record/parts.mjs";
import { thisMachine } from "../record/thisMachine.mjs";
import { executedNotebooks, notebookFiles } from "../site/executed.mjs";
import { Problem } from "../setup/run.mjs";
import { setup } from "../setup.mjs";
import { answersOf } from "./answers.mjs";
import { diskTable, notebookTable } from "./sizes.mjs";
import { where } from "./where.mjs";

export const page = "docs/teaching.md";
export const parts = { answers: "npm run teaching, the answers", sizes: "npm run teaching, the sizes" };

const usage = `npm run teaching [-- options]     writes the answers and the sizes into ${page}

Takes what build/notebooks holds of a notebook that was executed in full, and executes the others first.

  --short   what was executed in the short form is good enough (for a look: do not commit its numbers)`;

function parse(args) {
  try {
    const options = {
      short: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    };
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new Problem(`npm run teaching: ${error.message.split(". ")[0]}.\n\n${usage}`);
  }
}

/** The answers of one notebook, as Markdown. */
export function answersText({ name, source, copy }) {
  const title = /^# +(.+)$/m.exec([source.cells[0].source].flat().join(""))?.[1] ?? name;
  const answers = answersOf(copy, where[name]).map(({ cell, asks, lines }) => {
    const said = lines.length > 0 ? lines.join("\n") : "The notebook prints no answer.";
    return `**[${name.slice(0, 2)}, ${cell}](../notebooks/${name}.ipynb#cell-id=${cell})** ${asks}\n\n\`\`\`text\n${said}\n\`\`\``;
  });
  return [`#### ${title}`, ...answers].join("\n\n");
}

export async function teaching(args) {
  const values = parse(args);
  if (values.help) return console.log(usage);
  await setup({ python: true });
  const { commit, cpu, node, date, load } = thisMachine();
  const notebooks = await executedNotebooks(notebookFiles(), { short: values.short });
  const forms = [...new Set(notebooks.map(({ copy }) => copy.metadata.twinformer?.form ?? "unknown form"))].join(", ");
  const isBusy = Number(load) > os.availableParallelism();
  const busy = isBusy ? ` Other programs were running (load ${load}): alone they are shorter.` : "";
  const made = `Executed on ${date} (${forms}), written at commit ${commit}, ${cpu}, Node ${node}. Times belong to this machine.${busy}`;
  await writePart(page, parts.answers, [made, ...notebooks.map(answersText)].join("\n\n"));
  await writePart(page, parts.sizes, [made, await diskTable(), notebookTable(notebooks)].join("\n\n"));
  const count = notebooks.reduce((sum, { copy, name }) => sum + answersOf(copy, where[name]).length, 0);
  console.log(`${path.basename(page)}: ${count} answers of ${notebooks.length} notebooks`);
}
