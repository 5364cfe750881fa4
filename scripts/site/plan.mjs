// Which pages the site has and what each is made of: the notebooks, the documents for those who teach and learn, and a first page.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "../setup/run.mjs";
import { cardsPage } from "./cards.mjs";

const joined = (lines) => (Array.isArray(lines) ? lines.join("") : lines);
const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** Documents that are pages, too, with their names in the bar at the top. */
const documents = [
  { file: "docs/glossary.md", href: "glossary.html", title: "Glossary" },
  { file: "docs/cheatsheet.md", href: "cheatsheet.html", title: "Cheat sheet" },
  { file: "docs/teaching.md", href: "teaching.html", title: "Teaching" },
];

/** Pages that scripts/site/made makes, with their names in the bar. */
const made = [
  { href: "playground/index.html", title: "Playground" },
  { href: "models.html", title: "Models" },
  { href: "claims.html", title: "Claims" },
];

/** A page without text: scripts/site/made puts its own into it. */
export const SHELL = "shell.html";

/** What a notebook says of itself in its first cells: { title, minutes, goals }.
 *  @param {{ cells: { cell_type: string, source: string | string[] }[] }} notebook */
export function aboutNotebook({ cells }) {
  const texts = cells.filter((cell) => cell.cell_type === "markdown").map(({ source }) => joined(source));
  const title = /^# +(.+)$/m.exec(texts.join("\n"))?.[1].trim() ?? "";
  const minutes = /(\d+) minutes/.exec(texts.slice(0, 3).join("\n"))?.[1] ?? null;
  const goals = texts.find((text) => text.includes("will be able to answer")) ?? "";
  return { title, minutes, goals: [...goals.matchAll(/^\d+\. +(.+)$/gm)].map(([, goal]) => goal.trim()) };
}

/** The words of a line of Markdown, as HTML: code and emphasis are kept, links are not. */
const inline = (text) =>
  escaped(text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1"))
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\*\*([^*]+)\*\*/g, "<b>$1</b>")
    .replace(/\*([^*]+)\*/g, "<i>$1</i>");

function entry({ href, title, minutes, goals }) {
  const time = minutes ? `<span>${minutes} minutes</span>` : "";
  const [first, ...rest] = goals.map(inline);
  const more = rest.length > 0 ? `<ul>${rest.map((goal) => `<li>${goal}</li>`).join("")}</ul>` : "";
  const folded = first ? `<details><summary>${first}</summary>${more}</details>` : "";
  return `<li>${time}<a href="${href}">${escaped(title)}</a>${folded}</li>`;
}

/** The first page: the beginning of the README, so that it is said once, and all notebooks. */
function firstPage(notebooks) {
  const readme = readFileSync(path.join(root, "README.md"), "utf8");
  const start = /^# .*\n\n([\s\S]*?)\n<picture>/.exec(readme)?.[1] ?? "";
  const [question, ...rest] = start.split(/\n\n/);
  const whom = rest.find((part) => part.startsWith("**For whom:**")) ?? "";
  const answer = rest.filter((part) => part !== whom).join("\n\n");
  // One line, with no empty one in it: Markdown would end the list there.
  const list = `<ol class="site-notebooks">${notebooks.map(entry).join("")}</ol>`;
  return [
    "# Transformer and mixture of experts: the notebooks",
    question.replace(/:$/, "."),
    whom,
    `## The notebooks\n\n${list}`,
    `## The answer in three lines\n\n${answer}`,
    "## Run them yourself\n\nThe pages run where they are: press *Run* below a cell, or *Edit* to change it. Nothing is installed and nothing is sent. With a notebook or a file of yours: [your own notebook](own.html). In JupyterLab: `npm start` in a clone of the project.",
  ].join("\n\n");
}

/** The page for notebooks of the reader's own; site/own/own.ts puts cells into it. */
const OWN = `# Your own notebook

Write TypeScript here with all of the library, or drop a file on the page: a notebook (\`.ipynb\`), a text, rows (CSV, JSON) or a
\`config.json\`. Cells of a notebook run only when you press *Run*. All stays in this browser; nothing is sent.
`;

/** What scripts/site/pages.py makes, and files to copy beside the pages (from, in the clone: to, in the site).
 *  @param {{ name: string, file: string, source: object, copy: object, executed: string }[]} notebooks  @param {string} out */
export async function planOf(notebooks, out) {
  const present = documents.filter(({ file }) => existsSync(path.join(root, file)));
  const menu = [
    ...present.map(({ href, title }) => ({ href, title })),
    ...made,
    { href: "cards.html", title: "Cards" },
    { href: "own.html", title: "Your own" },
  ];
  const own = notebooks.map((notebook) => {
    const about = aboutNotebook(notebook.source);
    return { ...notebook, ...about, title: about.title || notebook.name, href: `${notebook.name}.html` };
  });
  const files = { "README.md": "index.html" };
  for (const { href } of menu) files[href] = href;
  for (const { file, href } of present) files[file] = href;
  for (const { name, href } of own) files[`notebooks/${name}.ipynb`] = href;
  const way = (page) => page && { href: page.href, title: page.title };

  mkdirSync(path.join(out, "notebooks"), { recursive: true });
  const notebookPages = own.map(({ name, href, title, executed, source, copy }, i) => {
    const download = `notebooks/${name}.ipynb`;
    writeFileSync(path.join(out, download), `${JSON.stringify(source, null, 1)}\n`);
    const { form, commit } = copy.metadata.twinformer ?? {};
    const at = commit ? ` at commit ${commit}` : "";
    const short = "in its short form, so some numbers are of fewer steps than the text says";
    const note = `Executed ${form === "full" ? "in full" : short}${at}.`;
    const ways = { previous: way(own[i - 1] ?? { href: "index.html", title: "All notebooks" }), next: way(own[i + 1]) };
    return { notebook: executed, folder: "notebooks", href, title, note, download, contents: true, ...ways };
  });
  const texts = present.map(({ file, href, title }) => ({
    text: readFileSync(path.join(root, file), "utf8"),
    ...{ folder: path.posix.dirname(file), href, title, contents: true },
  }));
  const index = { text: firstPage(own), folder: ".", href: "index.html", title: "All notebooks", contents: false };
  const cards = { text: await cardsPage(), folder: ".", href: "cards.html", title: "Interview cards", contents: false };
  const blank = { text: OWN, folder: ".", href: "own.html", title: "Your own notebook", contents: false };
  const shell = { text: "", folder: ".", href: SHELL, title: "Twinformer", contents: false };
  const copies = Object.fromEntries(
    ["docs/cheatsheet.svg", "docs/cheatsheet.pdf"]
      .filter((file) => existsSync(path.join(root, file)))
      .map((file) => [file, path.basename(file)]),
  );
  for (const file of Object.keys(copies)) files[file] = copies[file];
  return { plan: { out, menu, files, pages: [index, ...notebookPages, cards, blank, ...texts, shell] }, copies };
}
