/** Below each figure of a notebook's page: the line that shows it on another page, to copy. The address is that at which this page was opened. */

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** Without the figure's own height an iframe has 150 pixels. */
const SOURCE_LINE = 70;
const LEAST = 200;

export function iframeLine(address: string, title: string, height: number): string {
  const [src, name] = [address, title].map(escaped);
  return `<iframe src="${src}" title="${name}" width="100%" height="${height}" style="border:0" loading="lazy"></iframe>`;
}

function heightOf(line: HTMLElement): number {
  const figures = line.previousElementSibling!.querySelectorAll<HTMLElement>(
    ".output [data-figure], .twinformer-parts, .twinformer-formula",
  );
  const all = [...figures].filter((figure) => !figure.parentElement!.closest("[data-figure]"));
  return Math.max(
    LEAST,
    Math.ceil(all.reduce((sum, figure) => sum + figure.getBoundingClientRect().height + 8, SOURCE_LINE)),
  );
}

function control(line: HTMLElement): void {
  const { embed, title = "" } = line.dataset;
  if (embed === undefined) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Embed";
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-label", `Embed: ${title}`);
  let panel: HTMLElement | undefined;
  button.addEventListener("click", () => {
    panel ??= panelOf(line, iframeLine(new URL(embed, location.href).href, title, heightOf(line)));
    const isOpen = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!isOpen));
    panel.hidden = isOpen;
    if (!isOpen) panel.querySelector("textarea")!.select();
  });
  line.append(button);
}

function panelOf(line: HTMLElement, text: string): HTMLElement {
  const panel = document.createElement("div");
  panel.className = "share-panel";
  const area = document.createElement("textarea");
  area.readOnly = true;
  area.rows = 3;
  area.value = text;
  area.setAttribute("aria-label", "The line to put into another page");
  const copy = document.createElement("button");
  copy.type = "button";
  copy.textContent = "Copy";
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  copy.addEventListener("click", () => {
    area.select();
    // Where a page may not write to the clipboard (from a disk, without https), the line is selected.
    const written = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
    written
      .then(
        () => "Copied",
        () => "Selected: copy it with the keyboard",
      )
      .then(
        (words) => (status.textContent = words),
        () => {},
      );
  });
  panel.append(area, copy, status);
  line.after(panel);
  return panel;
}

export function share(page: ParentNode): void {
  for (const line of page.querySelectorAll<HTMLElement>(".cell-share[data-embed]")) control(line);
}
