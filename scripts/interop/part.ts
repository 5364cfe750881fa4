/** The part of docs/interop.md that `npm run interop -- framework` writes, and `npm run interop` keeps. */

const [START, END] = ["<!-- made by npm run interop -- framework -->", "<!-- end of framework -->"];

function cut(text: string): [before: string, part: string, after: string] {
  const [from, to] = [text.indexOf(START), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/interop.md has lost its marks ${START} and ${END}`);
  return [text.slice(0, from + START.length), text.slice(from + START.length, to), text.slice(to)];
}

export const partOf = (text: string): string => cut(text)[1].trim();

export function replacePart(text: string, part: string): string {
  const [before, , after] = cut(text);
  return `${before}\n\n${part}\n\n${after}`;
}

/** The part with its marks, for a page that is written anew. */
export const marked = (part: string): string => replacePart(START + END, part);
