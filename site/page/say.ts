/** Notes to the reader. */

import { button } from "./cell.js";

/** A note above the bar. */
export function say(words: string, code = ""): void {
  document.querySelector(".live-note")?.remove();
  const note = document.createElement("div");
  note.className = "live-note";
  note.setAttribute("role", "status");
  const sentence = document.createElement("p");
  sentence.textContent = words;
  note.append(sentence);
  if (code !== "") {
    const pre = document.createElement("pre");
    pre.textContent = code;
    note.append(
      pre,
      button("Copy", "Copy this code", () => void navigator.clipboard?.writeText(code)),
    );
  }
  note.append(button("Close", "Close this note", () => note.remove()));
  document.querySelector("main")!.append(note);
}
