/** What a reader changed, kept in this browser for each notebook. The author's cell that it was made from is kept with it: when the
 *  author has written another one since, the reader sees both and chooses. */

export interface Edit {
  readonly source: string;
  /** The author's cell then. */
  readonly from: string;
}

export class Edits {
  readonly #key: string;
  #all: Record<string, Edit>;

  constructor(
    notebook: string,
    readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> | null = storageOf(),
  ) {
    // One host may have many sites.
    this.#key = `twinformer:edits:${location.pathname.replace(/[^/]*$/, "")}${notebook}`;
    this.#all = checked(read(storage, this.#key));
  }

  get(cell: string): Edit | null {
    return Object.hasOwn(this.#all, cell) ? this.#all[cell] : null;
  }

  /** A cell that reads as the author's is no edit. */
  set(cell: string, source: string, author: string): void {
    const rest = Object.fromEntries(Object.entries(this.#all).filter(([name]) => name !== cell));
    this.#all = source === author ? rest : { ...rest, [cell]: { source, from: author } };
    try {
      if (Object.keys(this.#all).length === 0) this.storage?.removeItem(this.#key);
      else this.storage?.setItem(this.#key, JSON.stringify(this.#all));
    } catch {
      // A full or forbidden storage: the edit lives as long as the page.
    }
  }

  get count(): number {
    return Object.keys(this.#all).length;
  }
}

/** Null where the browser forbids it. */
export function storageOf(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

function read(storage: Pick<Storage, "getItem"> | null, key: string): unknown {
  try {
    return JSON.parse(storage?.getItem(key) ?? "{}");
  } catch {
    return {};
  }
}

/** Only what is an edit: somebody else's page of the same host may have written there. */
function checked(found: unknown): Record<string, Edit> {
  const isEdit = (one: unknown): one is Edit =>
    typeof one === "object" &&
    one !== null &&
    typeof (one as Edit).source === "string" &&
    typeof (one as Edit).from === "string";
  if (typeof found !== "object" || found === null) return {};
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, Edit] => isEdit(entry[1])));
}
