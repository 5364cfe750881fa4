import type { Module } from "../nn/module.js";
import type { Tensor } from "../tensor/tensor.js";
import { pictureOf } from "./pictureOf.js";
import { denoJupyter, environment, host, tslab } from "./host.js";

/** Anything that can be shown: a Figure of twinformer/plot, or an object of your own. */
export interface Picture {
  /** A self-contained piece of HTML. `still: false` asks for a cheap one that will soon be replaced. */
  html(options?: { readonly still?: boolean }): string;
  /** A standalone SVG file. */
  svg?(): string;
  readonly name?: string;
  readonly description?: string;
}

/** One output that is shown once and then replaced, as often as wanted. */
export interface LiveDisplay {
  /** Shows the picture in place of the last one. `last` says that no other follows: it is what a saved notebook keeps. */
  update(picture: Picture, options?: { readonly last?: boolean }): void;
}

/** What can be shown: a picture; a tensor, as a heat map; a model or a layer, as the tree of its parts. */
export type Displayable = Picture | Tensor | Module;

/** Shows something below the cell, on the page, or, in plain Node, writes it as a file into the folder named by the environment
 *  variable TWINFORMER_FIGURES (nothing happens where that is not set). */
export function display(value: Displayable): void {
  const picture = pictureOf(value);
  liveDisplay().update(picture, { last: true });
}

/** @param place in a web page: the element to show in; default: a new one at the end of the body. */
export function liveDisplay(place?: { innerHTML: string }): LiveDisplay {
  switch (host()) {
    case "tslab":
      return tslabDisplay();
    case "deno":
      return denoDisplay();
    case "browser":
      return pageDisplay(place);
    case "node":
      return fileDisplay();
  }
}

function tslabDisplay(): LiveDisplay {
  const output = tslab()!.newDisplay(); // bound to the cell that runs now; sends one message an update
  return { update: (picture, options) => output.html(checked(picture).html({ still: options?.last === true })) };
}

function denoDisplay(): LiveDisplay {
  const jupyter = denoJupyter()!;
  const id = `twinformer-${++displays}`;
  let shown = false;
  return {
    update(picture, options) {
      const data = {
        "text/html": checked(picture).html({ still: options?.last === true }),
        "text/plain": picture.description ?? "",
      };
      void jupyter.display(data, { raw: true, display_id: id, update: shown });
      shown = true;
    },
  };
}

function pageDisplay(place: { innerHTML: string } | undefined): LiveDisplay {
  const element = place ?? document.body.appendChild(document.createElement("div"));
  return { update: (picture) => void (element.innerHTML = checked(picture).html({ still: false })) };
}

function fileDisplay(): LiveDisplay {
  const folder = environment("TWINFORMER_FIGURES");
  const number = ++displays;
  return {
    update(picture, options) {
      checked(picture);
      if (!folder || !options?.last) return;
      const fs = process.getBuiltinModule("node:fs");
      fs.mkdirSync(folder, { recursive: true });
      const name = `${folder}/${number}-${(picture.name ?? "output").replace(/[^\w-]+/g, "_")}`;
      if (picture.svg) fs.writeFileSync(`${name}.svg`, picture.svg());
      else fs.writeFileSync(`${name}.html`, picture.html());
    },
  };
}

let displays = 0;

function checked(picture: Picture): Picture {
  if (typeof (picture as Picture | undefined)?.html === "function") return picture;
  const given = picture === null ? "null" : typeof picture;
  throw new TypeError(`display needs a picture, such as lossChart(rows), a tensor or a model, got ${given}`);
}
