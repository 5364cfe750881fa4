/** Lists of modules in a config: which tensors do they name? */

/** How many of a module's layers a list names. `module` is called as in its first layer: "layers.0.self_attn.q_proj". */
export type Naming = (module: string, layers: bigint) => bigint;

interface Pattern {
  readonly matches: (name: string) => boolean;
  /** The only layer that is meant; null where all are. */
  readonly layer: number | null;
}

/** Entries are names ("lm_head", "model.layers.0.mlp"), names with stars ("model.layers.*.self_attn"), or after "re:" regular
 *  expressions of which dots, `.*`, digits and alternatives are read. Others name nothing, and are given to `unread`. */
export function namedBy(entries: readonly string[], unread: (entry: string) => void = () => undefined): Naming {
  const patterns = entries.flatMap((entry) => {
    const pattern = read(entry);
    if (!pattern) unread(entry);
    return pattern ? [pattern] : [];
  });
  return (module, layers) => {
    const names = PREFIXES.map((prefix) => prefix + module);
    const found = patterns.filter(({ matches }) => names.some(matches));
    if (found.some(({ layer }) => layer === null)) return layers;
    const listed = new Set(found.map(({ layer }) => layer ?? 0).filter((layer) => layer < layers));
    return BigInt(listed.size);
  };
}

const PREFIXES = ["", "model.", "model.language_model.", "language_model.model."];
const LAYER = /((?:^|[.\\*])(?:layers?|h|blocks?)\\?\.)(\d{1,6})(?=$|[.\\$])/;

function read(entry: string): Pattern | null {
  const [, before, digits] = LAYER.exec(entry) ?? [];
  const first = digits === undefined ? entry : entry.replace(`${before}${digits}`, () => `${before}0`);
  const layer = digits === undefined ? null : Number(digits);
  const regex = first.startsWith("re:");
  if (!regex && !first.includes("*")) {
    const middle = `.${first.replace(/\.$/, "")}.`;
    return { layer, matches: (name) => `.${name}.`.includes(middle) };
  }
  const pieces = split(regex ? first.slice(3) : first);
  return pieces && { layer, matches: (name) => inOrder(pieces, name) };
}

/** One token of the expressions that are read. No token repeats a group, so that no text takes long to compare. */
const TOKEN = /\\\.|\\d\+|\[0-9\]\+|\.\*|\.\+|\*|\((?:\?:)?(?:[\w.|-]|\\\.)*\)|[\w.^$-]/y;

/** What lies between the stars. */
function split(text: string): RegExp[] | null {
  const pieces = [""];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length;) {
    const [token] = TOKEN.exec(text) ?? [];
    if (token === undefined) return null;
    // "layers.*.self_attn" is read as a star between two dots, which it is in both ways of writing.
    if (token === "*" || token === ".*" || token === ".+") pieces.push("");
    else if (token === "\\d+" || token === "[0-9]+") pieces[pieces.length - 1] += "\\d{1,6}";
    else if (token === "^" || token === "$")
      continue; // a name is compared from its begin to its end
    else if (token.startsWith("("))
      pieces[pieces.length - 1] += `(?:${token.replace(/^\((\?:)?|\)$/g, "").replace(/\\?\./g, "\\.")})`;
    else pieces[pieces.length - 1] += token === "." ? "\\." : token;
  }
  return pieces.map((piece) => new RegExp(piece, "g"));
}

/** The pieces one after the other: the first from the begin of the name, the last up to its end or the end of a module in it. */
function inOrder(pieces: readonly RegExp[], name: string): boolean {
  let at = 0;
  for (const [i, piece] of pieces.entries()) {
    piece.lastIndex = at;
    let found = piece.exec(name);
    if (i === pieces.length - 1 && piece.source !== EMPTY)
      while (found && !endsModule(name, found.index + found[0].length)) found = piece.exec(name);
    if (!found || (i === 0 && found.index !== 0)) return false;
    at = found.index + found[0].length;
  }
  return true;
}

const EMPTY = new RegExp("").source;
const endsModule = (name: string, at: number): boolean =>
  at === name.length || name[at] === "." || name[at - 1] === ".";
