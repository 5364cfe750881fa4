import type { Picture } from "../picture.js";

/** A picture that comes into sight where it is shown: JupyterLab's *Run All* jumps to the last cell, and what moves would move unseen.
 *  It stays where it is if it is in the upper half of the window, as it is for somebody who runs cell by cell. */
export const inSight = (picture: Picture): Picture => ({
  ...(picture.name === undefined ? {} : { name: picture.name }),
  ...(picture.description === undefined ? {} : { description: picture.description }),
  html: (options) => `<div class="twinformer-in-sight">${picture.html(options)}${SCRIPT}</div>`,
});

const SCRIPT = `<script>(() => {
  const output = document.currentScript?.parentElement;
  const top = output?.getBoundingClientRect().top;
  if (top < 0 || top > innerHeight / 2) output.scrollIntoView({ block: "start" });
})()</script>`;
