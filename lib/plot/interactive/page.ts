/** What a page runs: makes the knobs, and draws when they are turned. Packed as text into page.generated.ts; nothing imports it. */

import { digits } from "../../text/numbers.js";
import type { AnyControl, Values } from "./controls.js";
import type { Draw, Drawn } from "./knobs.js";

interface Setup {
  readonly label: string;
  readonly width: number;
  readonly controls: readonly (readonly [string, AnyControl])[];
  readonly data: unknown;
}

interface Knob {
  /** What stands in the bar. */
  readonly element: HTMLElement;
  /** Null while what was typed is no value. */
  value(): number | string | null;
  reset(): void;
}

const LEAST = 240; // px
const SAID_AFTER = 400; // ms: a hand that drags is not talked at

/** Makes the figure live whose script runs just now. Whatever goes wrong before the first picture leaves the still one. */
export function start(draw: Draw<Values, unknown>): void {
  const root = ownRoot();
  if (!root) return;
  const setup = JSON.parse(root.querySelector('script[type="application/json"]')!.textContent) as Setup;
  const knobs = setup.controls.map(([, control]) => knobOf(control));
  const names = setup.controls.map(([name]) => name);
  const bar = element("div", "twinformer-bar", { role: "group", "aria-label": setup.label });
  const live = element("div", "twinformer-live");
  const status = element("div", "twinformer-said", { role: "status", "aria-live": "polite" });
  const reset = element("button", "", { type: "button" });
  reset.textContent = "reset";
  bar.style.maxWidth = `${setup.width}px`;
  bar.append(...knobs.map((knob) => knob.element), reset);

  let [last, room, timer, frame] = ["", 0, 0, 0];
  const redraw = (): void => {
    frame = 0;
    const all = knobs.map((knob) => knob.value());
    const state = JSON.stringify([all, room]);
    if (all.includes(null) || state === last) return;
    last = state;
    let drawn: Drawn;
    try {
      drawn = draw(Object.fromEntries(names.map((name, i) => [name, all[i]!])), setup.data, room);
    } catch (error) {
      if (!("live" in root.dataset)) throw error;
      live.textContent = status.textContent = error instanceof Error ? error.message : String(error);
      return;
    }
    put(live, drawn);
    root.dataset.facts = JSON.stringify(drawn.facts);
    clearTimeout(timer);
    timer = setTimeout(() => (status.textContent = drawn.description), SAID_AFTER) as unknown as number;
  };
  const turned = (): void => {
    frame ||= requestAnimationFrame(redraw);
  };
  const fit = (): void => {
    // A figure in a page that is not laid out yet has no width.
    room = Math.round(Math.max(LEAST, Math.min(root.clientWidth || setup.width, setup.width)));
  };

  fit();
  redraw();
  clearTimeout(timer); // what was there from the start is no news
  bar.addEventListener("input", turned);
  reset.addEventListener("click", () => {
    for (const knob of knobs) knob.reset();
    turned();
  });
  if (typeof ResizeObserver === "function")
    new ResizeObserver(() => {
      fit();
      turned();
    }).observe(root);
  root.dataset.live = "";
  root.querySelector<HTMLElement>(".twinformer-still")!.style.display = "none";
  root.prepend(bar, live, status);
}

/** The figure of the script that runs. Most places run it where it stands; VS Code runs a copy beside the output. */
function ownRoot(): HTMLElement | null {
  const script = document.currentScript;
  const own = script?.closest<HTMLElement>(".twinformer-knobs");
  if (own) return "live" in own.dataset ? null : own;
  return (script?.parentElement ?? document).querySelector(".twinformer-knobs:not([data-live])");
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  attributes: Readonly<Record<string, string>> = {},
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className) made.className = className;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function put(place: HTMLElement, { markup, description }: Drawn): void {
  place.innerHTML = markup;
  const svg = place.firstElementChild as SVGSVGElement;
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", description);
  svg.setAttribute("style", "direction:ltr;display:block;max-width:100%;height:auto;overflow:visible");
}

// JupyterLab takes arrow keys for its own, but leaves them to what has this attribute.
const own = (name: string) => ({ "data-lm-suppress-shortcuts": "true", "aria-label": name });

function knobOf(control: AnyControl): Knob {
  const label = element("label", "");
  const name = element("span", "");
  name.textContent = control.label;
  label.append(name);
  if ("choices" in control) {
    const select = element("select", "", own(control.label));
    for (const choice of control.choices) select.append(new Option(choice, choice, false, choice === control.start));
    label.append(select);
    return {
      element: label,
      value: () => select.value,
      reset: () => (select.value = control.start),
    };
  }
  const typed = !("stops" in control) && control.typed === true;
  const { min, max, step } = "stops" in control ? { min: 0, max: control.stops.length - 1, step: 1 } : control;
  const first = "stops" in control ? control.stops.indexOf(control.start) : control.start;
  const input = element("input", "", {
    type: typed ? "number" : "range",
    ...{ min: String(min), max: String(max), step: String(step) },
    ...own(typed && control.unit ? `${control.label}, ${control.unit}` : control.label),
  });
  input.value = String(first);
  const read = (): number | null => {
    const at = input.valueAsNumber;
    if (!(at >= min && at <= max)) return null;
    return "stops" in control ? control.stops[at] : at;
  };
  if (typed) {
    if (control.unit) name.textContent = `${control.label}, ${control.unit}`;
    label.append(input);
    return { element: label, value: read, reset: () => (input.value = String(first)) };
  }
  const output = element("b", "", { "aria-hidden": "true" }); // a slider says its value itself
  const tell = (): void => {
    output.textContent = `${digits(read()!)}${control.unit ? ` ${control.unit}` : ""}`;
    input.setAttribute("aria-valuetext", output.textContent);
  };
  tell();
  input.addEventListener("input", tell);
  label.append(output, input);
  return {
    element: label,
    value: read,
    reset() {
      input.value = String(first);
      tell();
    },
  };
}
