import { sentence } from "../text/show.js";
import { tslab } from "../plot/kernel.js";
import { denoJupyter, environment, host } from "./host.js";
import type { Displayable, Picture } from "./picture.js";
import { pictureOf } from "./pictureOf.js";

/** One output that is shown once and then replaced, as often as wanted. */
export interface LiveDisplay {
  /** Shows the picture in place of the last one. `last` says that no other follows: it is what a saved notebook keeps. */
  update(picture: Picture, options?: { readonly last?: boolean }): void;
}

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
      const name = `${number}-${(picture.name ?? "output").replace(/[^\w-]+/g, "_").slice(0, 80)}`;
      if (picture.svg) save(folder, `${name}.svg`, picture.svg());
      else save(folder, `${name}.html`, picture.html());
    },
  };
}

/** Writes a file beside its place and moves it there when it is whole: a full disk leaves no torn picture. */
function save(folder: string, name: string, content: string): void {
  const fs = process.getBuiltinModule("node:fs");
  const [file, beside] = [`${folder}/${name}`, `${folder}/.${name}.${process.pid}.part`];
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(beside, content);
    fs.renameSync(beside, file);
  } catch (error) {
    try {
      fs.rmSync(beside, { force: true });
    } catch {
      // The folder itself is not there: nothing was left behind.
    }
    throw new Error(
      sentence(`${file} could not be written: ${error instanceof Error ? error.message : String(error)}`),
    );
  }
}

let displays = 0;

/** The picture, if it is one. */
export function checked(picture: Picture): Picture {
  if (typeof (picture as Picture | undefined)?.html === "function") return picture;
  const given = picture === null ? "null" : typeof picture;
  throw new TypeError(`display needs a picture, such as lossChart(rows), a tensor or a model, got ${given}`);
}
