import type { TypesClient } from "./types.js";

export interface Editor {
  readonly source: string;
  set(source: string): void;
  focus(): void;
  mark(line: number | null): void;
  close(): void;
}

export interface EditorOptions {
  readonly parent: HTMLElement;
  readonly source: string;
  readonly label: string;
  readonly types: TypesClient;
  before(): readonly string[];
  onChange(source: string): void;
  onRun(then: "stay" | "next"): void;
}

export function openEditor({ parent, source, label, onChange, onRun }: EditorOptions): Editor {
  const area = document.createElement("textarea");
  area.value = source;
  area.setAttribute("aria-label", label);
  area.rows = source.split("\n").length + 1;
  area.addEventListener("input", () => onChange(area.value));
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.shiftKey || event.ctrlKey)) return;
    event.preventDefault();
    onRun(event.shiftKey ? "next" : "stay");
  });
  parent.append(area);
  return {
    get source() {
      return area.value;
    },
    set: (text) => void (area.value = text),
    focus: () => area.focus(),
    mark: () => {},
    close: () => area.remove(),
  };
}
