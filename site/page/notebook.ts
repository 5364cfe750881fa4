/** A .ipynb as the page needs it. */

export interface NotebookCell {
  readonly id: string;
  readonly cell_type: string;
  readonly source: string | readonly string[];
  readonly metadata?: { readonly tags?: readonly string[] };
  readonly [other: string]: unknown;
}

export interface Notebook {
  readonly file: { readonly cells: readonly NotebookCell[]; readonly [other: string]: unknown };
  readonly code: readonly { readonly id: string; readonly source: string }[];
}

export const joined = (source: string | readonly string[]): string =>
  typeof source === "string" ? source : source.join("");

export async function openNotebook(address: string): Promise<Notebook> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} was answered by ${answer.status}`);
  const file = (await answer.json()) as Notebook["file"];
  const code = file.cells.filter(({ cell_type }) => cell_type === "code");
  return { file, code: code.map(({ id, source }) => ({ id, source: joined(source) })) };
}
