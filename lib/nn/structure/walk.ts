/** What a module consists of. Parameters, buffers, modes, printing, LoRA and checkpoints all see a model through this one walk. */

import { checkCopy, isTensor } from "../../tensor/check.js";
import type { Tensor } from "../../tensor/tensor.js";

/** Tells the modules, of type M, from all else. */
export type IsModule<M extends object> = (value: unknown) => value is M;

/** A tensor or module among the properties of another module, by the path to it: `blocks.0.attention`. */
export interface Place<M extends object> {
  readonly path: string;
  readonly value: Tensor | M;
  /** False where the walk has met the same tensor or module at another path before. */
  readonly isFirst: boolean;
}

/** The tensors and modules among a module's own properties, in their order. Arrays, plain objects, Maps and Sets are opened, at any
 *  depth; each adds a key or a position to the name: `blocks.0`, `heads.left.1`. Objects of other classes are not. */
export function partsOf<M extends object>(whole: M, isModule: IsModule<M>): [string, Tensor | M][] {
  const found: [string, Tensor | M][] = [];
  const opened = new Set<unknown>();
  const open = (entries: Iterable<readonly [unknown, unknown]>, path: string): void => {
    for (const [key, value] of entries) {
      if (typeof value !== "object" || value === null) continue;
      const name = `${path}${String(key)}`;
      checkCopy(className(whole), name, value);
      if (isTensor(value) || isModule(value)) found.push([name, value]);
      else if (!opened.has(value)) {
        opened.add(value);
        open(entriesOf(value), `${name}.`);
      }
    }
  };
  open(Object.entries(whole), "");
  return found;
}

/** What a container holds, by key or by position; nothing for what is no container. */
function entriesOf(value: object): Iterable<readonly [unknown, unknown]> {
  if (Array.isArray(value)) return value.entries();
  if (value instanceof Set) return [...value].entries();
  if (value instanceof Map)
    return [...value].map(([key, inner], i) => [typeof key === "object" || typeof key === "symbol" ? i : key, inner]);
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain ? Object.entries(value) : [];
}

/** Every tensor and module below `root`, each before what it consists of.
 *  @param everyPath also what lies below a module at its second and later paths; default false
 *  Throws where a module is a part of itself, and where two parts have the same path. */
export function placesIn<M extends object>(root: M, isModule: IsModule<M>, everyPath = false): Place<M>[] {
  const places: Place<M>[] = [];
  const met = new Set<Tensor | M>([root]);
  const paths = new Set<string>();
  const above = new Map<Tensor | M, string>();
  const visit = (whole: M, path: string): void => {
    above.set(whole, path);
    for (const [name, value] of partsOf(whole, isModule)) {
      const at = path ? `${path}.${name}` : name;
      const around = above.get(value);
      if (around !== undefined)
        throw new Error(
          `${className(root)}: ${at} leads back to ${around || "the model itself"}, so it would be a part of itself; keep a reference to a parent in a #private field, where no walk goes`,
        );
      if (paths.has(at)) throw new Error(`${className(root)}: two of its parts are both called ${at}; rename one`);
      paths.add(at);
      const isFirst = !met.has(value);
      met.add(value);
      places.push({ path: at, value, isFirst });
      if (!isTensor(value) && (isFirst || everyPath)) visit(value, at);
    }
    above.delete(whole);
  };
  visit(root, "");
  return places;
}

/** The name of a module's class; a class may have none, or a static field in its place. */
export function className(module: object): string {
  const name: unknown = (Object.getPrototypeOf(module) as object).constructor.name;
  return typeof name === "string" && name !== "" ? name : "Module";
}
