/** The modules that cells can import, fetched by the first cell that asks for them: of this library only what a name needs that a cell
 *  imports, as twinformer/notebook has nearly all of it below. */

import { pieces } from "twinformer:pieces";
import type { Load as LoadByName } from "../cells/session.js";

type Load = () => Promise<unknown>;

const own: Readonly<Record<string, Load>> = {
  twinformer: () => import("twinformer"),
  "twinformer/account": () => import("twinformer/account"),
  "twinformer/cost": () => import("twinformer/cost"),
  "twinformer/data": () => import("twinformer/data"),
  "twinformer/interactive": () => import("twinformer/interactive"),
  "twinformer/models": () => import("twinformer/models"),
  "twinformer/moe": () => import("twinformer/moe"),
  "twinformer/notebook": () => import("twinformer/notebook"),
  "twinformer/parallel": () => import("twinformer/parallel"),
  "twinformer/plot": () => import("twinformer/plot"),
  "twinformer/tokenizers": () => import("twinformer/tokenizers"),
  "twinformer/train": () => import("twinformer/train"),
  // A file of its own with all of Plot: our figures need two thirds of it.
  "@observablehq/plot": () => import(new URL("observable.js", location.href).href) as Promise<unknown>,
};

export const moduleNames = Object.keys(own);

/** @param builtIn modules of Node that the page stands in for */
export function moduleLoader(builtIn: (name: string) => unknown): LoadByName {
  return async (name, what = "") => {
    const names = Object.hasOwn(pieces, name) ? pieces[name] : {};
    if (Object.hasOwn(names, what)) return names[what]();
    if (Object.hasOwn(own, name)) return own[name]();
    const node = builtIn(name);
    if (node !== undefined) return { ...(node as object), default: node };
    throw new Error(
      `there is no module "${name}" in this page; it has ${moduleNames.join(", ")} and Node's fs, os and path`,
    );
  };
}
