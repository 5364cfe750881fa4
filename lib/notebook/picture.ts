import type { Module } from "../nn/module.js";
import type { Tensor } from "../tensor/tensor.js";

/** Anything that can be shown: a Figure of twinformer/plot, or an object of your own. */
export interface Picture {
  /** A self-contained piece of HTML. `still: false` asks for a cheap one that will soon be replaced. */
  html(options?: { readonly still?: boolean }): string;
  /** A standalone SVG file. */
  svg?(): string;
  readonly name?: string;
  readonly description?: string;
}

/** What can be shown: a picture; a tensor, as a heat map; a model or a layer, as the tree of its parts. */
export type Displayable = Picture | Tensor | Module;
