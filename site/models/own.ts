/** models.html in a browser: the page of a model whose config.json was dropped, chosen or pasted. Nothing leaves this page. */

import { checkSize, NoConfig, subjectOf } from "./read.js";
import { markupOf, modelPage } from "./page.js";

const place = document.querySelector<HTMLElement>('[data-script="models"]');
if (place) start(place);

function start(form: HTMLElement): void {
  const find = <E extends HTMLElement>(selector: string): E => form.querySelector<E>(selector)!;
  const [input, area, button] = [
    find<HTMLInputElement>("input"),
    find<HTMLTextAreaElement>("textarea"),
    find<HTMLButtonElement>("button"),
  ];
  const [status, result] = [find<HTMLElement>("[role=status]"), document.getElementById("own-result")!];

  const say = (words: string, isProblem: boolean): void => {
    status.textContent = words;
    status.classList.toggle("own-problem", isProblem);
  };

  function show(text: string, file: string): void {
    result.replaceChildren();
    try {
      const subject = subjectOf(text, file);
      const page = modelPage(subject, "");
      result.innerHTML = markupOf(subject, page, 2).text;
      for (const box of result.querySelectorAll<HTMLElement>(
        ".output-html, .twinformer-drawing, .twinformer-parts, pre",
      ))
        if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      say(`${subject.name} was counted. Its page is below; nothing was sent anywhere.`, false);
      result.querySelector("h2")?.scrollIntoView({ block: "start" });
    } catch (error) {
      result.replaceChildren();
      say(
        error instanceof NoConfig
          ? error.message
          : "It was read, but its page cannot be drawn: some of its numbers are too large or too small.",
        true,
      );
    }
  }

  async function read(file: File): Promise<void> {
    try {
      checkSize(file.size);
      show(await file.text(), file.name);
    } catch (error) {
      result.replaceChildren();
      say(error instanceof NoConfig ? error.message : "The file cannot be read.", true);
    }
  }

  form.hidden = false;
  document.getElementById("own-off")!.hidden = true;
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file) void read(file);
    input.value = ""; // the same file may be chosen again
  });
  button.addEventListener("click", () => show(area.value, ""));
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("own-over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("own-over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("own-over");
    const file = event.dataTransfer?.files[0];
    const text = event.dataTransfer?.getData("text/plain");
    if (file) void read(file);
    else if (text) show(text, "");
    else say("What was dropped holds no file and no text.", true);
  });
}
