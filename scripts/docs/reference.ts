/** The API reference as one Markdown page. */

import { format } from "prettier";
import { type Doc, entries, type Entry, fileDoc, type Item } from "./collect.js";

/** The whole page. */
export async function reference(): Promise<string> {
  const all = entries();
  const anchors = anchorsOf(all);
  const groupTexts = (entry: Entry): Promise<string[]> => Promise.all(groups(entry).map(groupText));
  const body = await Promise.all(all.map(async (entry) => [`## ${entry.name}`, ...(await groupTexts(entry))]));
  const parts = [
    "# API reference",
    "Every public name with its signature and its docstring; `// =>` in an example is what a test found. Made from the sources by `npm run docs`.",
    "Letters: B batch, T time, D model, H heads, G heads of keys and values, K head size, F hidden, V vocabulary, E experts, N = B·T tokens.",
    ...all.map((entry) => contents(entry, anchors)),
    ...body.flat(),
  ];
  return `${parts.join("\n\n")}\n`;
}

interface Group {
  file: string;
  items: Item[];
}

/** The items of an entry by source file, in the order in which they are exported. */
function groups({ items }: Entry): Group[] {
  const files = [...new Set(items.map(({ file }) => file))];
  return files.map((file) => ({ file, items: items.filter((item) => item.file === file) }));
}

const titleOf = ({ file }: Group): string => file.replace(/^lib\/|\.ts$/g, "");

/** GitHub's anchors of all headings, in order: lower case, and numbered where a name returns. */
function anchorsOf(all: readonly Entry[]): Map<Item, string> {
  const times = new Map<string, number>();
  const anchor = (heading: string): string => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-");
    const before = times.get(slug) ?? 0;
    times.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  };
  const anchors = new Map<Item, string>();
  anchor("API reference");
  for (const entry of all) {
    anchor(entry.name);
    for (const group of groups(entry)) {
      anchor(titleOf(group));
      for (const item of group.items) anchors.set(item, anchor(item.name));
    }
  }
  return anchors;
}

function contents(entry: Entry, anchors: ReadonlyMap<Item, string>): string {
  const lines = groups(entry).map((group) => {
    const links = group.items.map((item) => `[${item.name}](#${anchors.get(item)})`);
    return `- ${titleOf(group)}: ${links.join(", ")}`;
  });
  return `**${entry.name}**\n\n${lines.join("\n")}`;
}

async function groupText(group: Group): Promise<string> {
  const { file, items } = group;
  const texts = await Promise.all(items.map(itemText));
  return [`### ${titleOf(group)}`, prose(fileDoc(file)), `[${file}](../${file})`, ...texts]
    .filter(Boolean)
    .join("\n\n");
}

async function itemText({ name, signatures, doc }: Item): Promise<string> {
  const signature = await format(signatures.join("\n"), { parser: "typescript", printWidth: 100 });
  return [
    `#### ${name}`,
    code(signature.trim()),
    prose(doc.text),
    ...details(doc),
    ...doc.examples.map((example) => code(example.replace(/^ /gm, "").trim())),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function details({ params, returns }: Doc): string[] {
  const lines = params.map(({ name, text }) => `- \`${name}\`: ${plain(text)}`);
  if (returns) lines.push(`- returns ${plain(returns)}`);
  return lines.length ? [lines.join("\n")] : [];
}

const code = (text: string): string => `\`\`\`ts\n${text}\n\`\`\``;

/** A docstring's paragraphs; the source stands in one of its own. */
function prose(text: string): string {
  const paragraphs = text.split(/\n\s*\n|\n(?=Source: )|(?<=[.)]) (?=Source: )/);
  return paragraphs.map(plain).filter(Boolean).join("\n\n");
}

/** On one line, with what Markdown would take for markup escaped outside of code. */
function plain(text: string): string {
  const parts = text
    .replace(/\s+/g, " ")
    .trim()
    .split(/(`[^`]*`|https?:\/\/\S+)/);
  return parts.map((part, i) => (i % 2 ? part : part.replace(/[*_<]/g, "\\$&"))).join("");
}
