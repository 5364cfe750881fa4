import type { Module } from "../nn/module.js";
import type { Tensor } from "../tensor/tensor.js";
import { moduleTree } from "./moduleTree.js";
import type { Displayable, Picture } from "./picture.js";
import { tensorFigure } from "./tensorFigure.js";

/** The picture of a tensor or a module; a picture is its own. They are told apart by what they can do, not by their class: so
 *  that a page that shows only charts need not load the engine, and a second copy of the package is understood as well. */
export function pictureOf(value: Displayable): Picture {
  if (has<Tensor>(value, "toTypedArray", "shape")) return tensorFigure(value);
  if (has<Module>(value, "namedParameters", "namedChildren")) return moduleTree(value);
  return value; // checked where it is shown
}

const has = <T>(value: unknown, ...names: (keyof T)[]): value is T =>
  typeof value === "object" && value !== null && names.every((name) => name in value);
