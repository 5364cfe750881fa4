/** The playground in a page: knobs, a film with a bar to scrub it, and what the worker draws. */

import type { Order, Report, View } from "../messages.js";
import { BadAddress, fromAddress, type Linked, LONGEST, toAddress } from "../run/address.js";
import { type Preset, presets, remedies, story } from "../run/presets.js";
import { defaults, fields, live, type Run, type Settings } from "../run/settings.js";
import { texts } from "../run/texts.js";
import { knobsMarkup, setKnobs } from "./knobs.js";
import { isRunning, pictures, presetOf, settingsNow, showCode, showRow, showWords, write } from "./show.js";
import { stageMarkup } from "./stage.js";

/** Pictures that are still to be drawn when the worker may begin with the next view. */
const AHEAD = 2;

const place = document.querySelector<HTMLElement>('[data-script="playground"]');
if (place) start(place);

function start(place: HTMLElement): void {
  place.innerHTML = stageMarkup(knobsMarkup()).text;
  place.hidden = false;
  document.getElementById("play-off")!.hidden = true;
  const find = <E extends HTMLElement>(selector: string): E => place.querySelector<E>(selector)!;
  const say = (selector: string, text: string): void => write(place, selector, text);
  const [scrub, sentence, figures] = [
    find<HTMLInputElement>("#play-scrub"),
    find<HTMLInputElement>("#play-sentence"),
    find(".play-figures"),
  ];
  const worker = new Worker(new URL("../playground-worker.js", location.href), { type: "module", name: "playground" });
  const order = (one: Order): void => worker.postMessage(one);
  let view: View | null = null;
  /** Runs that were asked for and not seen yet: what cannot be made leaves the page as it is. */
  const asked = new Map<number, Linked>();
  let count = 0;
  let ownText: string | null = null;
  /** Of what the reader typed; null where it is the text's own. */
  let said: string | null = null;

  worker.onerror = (event) => {
    event.preventDefault();
    problem(`the worker of the playground has failed: ${event.message || "its script could not be loaded"}`);
  };
  worker.onmessage = ({ data }: MessageEvent<Report>) => {
    if (data.type === "note") say(".play-note", data.words);
    else if (data.type === "problem") {
      if (!view && asked.get(count)?.run.settings !== defaults) anew({ settings: defaults, changes: [] });
      problem(data.words);
    } else show(data.view);
  };

  /** The view that each picture shows. */
  const drawn = pictures.map((): View | null => null);
  let turn = 0;
  /** One picture a frame of the screen, each in its turn, until all of them show the last view. */
  function draw(): void {
    while (drawn[turn] === view) turn = (turn + 1) % pictures.length;
    pictures[turn](place, (drawn[turn] = view!));
    const left = drawn.filter((one) => one !== view).length;
    if (left > 0) requestAnimationFrame(draw);
    else place.dataset.drawn = "true";
    if (left === AHEAD) order({ type: "drawn" });
  }

  const widthOf = (): number => Math.round(Math.max(340, Math.min(680, figures.clientWidth || 680)));

  function problem(words: string): void {
    say(".play-problem", `${words.charAt(0).toUpperCase()}${words.slice(1)}.`.replace(/\.\.$/, "."));
    if (view) setKnobs(place, settingsNow(view));
  }

  function open(linked: Linked, preset: Preset | null = null): void {
    say(".play-problem", "");
    asked.set(++count, linked);
    if (!view) setKnobs(place, linked.run.settings);
    order({ type: "open", id: count, linked, preset: preset?.id ?? null, width: widthOf() });
  }

  /** The same run from its first step, or another one. */
  function anew(run: Run): void {
    open({ run, at: 0, sentence: said, ownText: run.settings.text === "own" ? ownText : null });
  }

  function show(next: View): void {
    const [before, isOther] = [view, view?.opened !== next.opened];
    if (drawn.every((one) => one === before)) requestAnimationFrame(draw); // else a frame is on its way
    view = next;
    place.dataset.drawn = "false"; // for whoever drives the page
    if (isOther) take(next);
    showWords(place, next, isOther);
    const isUntouched = next.preset === story.id && next.last === 0;
    const isChanged = isOther || before!.run.changes.length !== next.run.changes.length;
    if (!isUntouched && (isChanged || !isRunning(next))) void address();
    if (next.finding && !before?.finding) say(".play-live-region", next.finding.words);
  }

  /** The run that was asked for is there. */
  function take({ opened, run }: View): void {
    const linked = asked.get(opened)!;
    for (const id of asked.keys()) if (id <= opened) asked.delete(id);
    [ownText, said] = [linked.ownText, linked.sentence];
    const { text } = run.settings;
    sentence.value = said ?? (text === "own" ? (ownText ?? "").slice(0, 40) : texts[text].sentence);
    if (text === "own") find<HTMLTextAreaElement>("#play-text").value = ownText ?? "";
    find(".play-own").hidden = text !== "own";
  }

  let written = 0;
  /** Writes what is shown into the address bar. */
  async function address(): Promise<void> {
    if (!view) return;
    const turn = ++written;
    const text = await toAddress({ run: view.run, at: view.shown, sentence: said, ownText });
    if (turn !== written) return; // a later one was faster
    history.replaceState(null, "", text === "" ? location.pathname + location.search : `#${text}`);
    const isLong = ownText !== null && ownText.length > LONGEST;
    if (isLong)
      say(
        ".play-link-note",
        `Your text is longer than ${LONGEST} characters, so it is not in the link: send it along.`,
      );
  }

  const actions: Record<string, () => void> = {
    play() {
      const preset = view?.last === 0 ? presetOf(view.preset) : undefined;
      order(isRunning(view) ? { type: "pause" } : { type: "play", until: preset?.steps ?? null });
    },
    step: () => order({ type: "step" }),
    reset: () => view && anew(view.run),
    collapse() {
      if (!view) return;
      const { settings } = view.run;
      const lr = settings.lr >= defaults.lr ? settings.lr : defaults.lr;
      anew({ settings: { ...settings, balance: "none", noise: "none", capacity: null, lr }, changes: [] });
      order({ type: "play", until: null });
    },
    rescue() {
      const { to } = remedies[find<HTMLSelectElement>("#play-remedy").value];
      order({ type: "change", to });
      order({ type: "play", until: null });
    },
    own() {
      learn(find<HTMLTextAreaElement>("#play-text").value);
    },
    async link() {
      await address();
      await navigator.clipboard.writeText(location.href).then(
        () => say(".play-link-note", "The link is on the clipboard: it trains this same run."),
        () => say(".play-link-note", "The link is in the address bar: copy it from there."),
      );
    },
    async copy() {
      showCode(place, view);
      await navigator.clipboard.writeText(find(".play-code pre").textContent).catch(() => {});
    },
  };

  function learn(text: string): void {
    if (text.trim() === "") {
      problem("there is no text yet: write or drop one");
      return;
    }
    const settings = view ? settingsNow(view) : defaults;
    open({ run: { settings: { ...settings, text: "own" }, changes: [] }, at: 0, sentence: null, ownText: text });
  }

  place.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-do]");
    if (button) actions[button.dataset.do!]();
  });
  place.addEventListener("change", (event) => {
    const knob = event.target as HTMLSelectElement | HTMLInputElement;
    const name = knob.dataset.knob as keyof Settings | undefined;
    if (knob.id === "play-speed") {
      order({ type: "speed", most: knob.value === "" ? null : Number(knob.value) });
      return;
    }
    if (!name || !view) return;
    if (name === "text" && knob.value === "own") {
      find(".play-own").hidden = false;
      find("#play-text").focus();
      return;
    }
    const value = fields[name].read(knob.value);
    if (value === undefined) {
      problem(`${name} must be ${fields[name].must}, not “${knob.value}”`);
      return;
    }
    say(".play-problem", "");
    if ((live as readonly string[]).includes(name)) order({ type: "change", to: { [name]: value } });
    else {
      const isPlaying = view.state === "playing";
      const settings = { ...settingsNow(view), [name]: value };
      if (name === "text") open({ run: { settings, changes: [] }, at: 0, sentence: null, ownText: null });
      else anew({ settings, changes: [] });
      if (isPlaying) order({ type: "play", until: null });
    }
  });
  sentence.addEventListener("input", () => {
    said = sentence.value;
    order({ type: "say", sentence: said });
  });
  scrub.addEventListener("input", () => {
    order({ type: "pause" });
    order({ type: "show", step: Number(scrub.value) });
  });
  find(".play-row").addEventListener("toggle", () => showRow(place, view));
  find(".play-code").addEventListener("toggle", () => showCode(place, view));
  place.addEventListener("dragover", (event) => event.preventDefault());
  place.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file && (event.target as Element).closest("input, textarea")) return; // words that are moved into a field
    event.preventDefault();
    const text = event.dataTransfer?.getData("text/plain");
    if (file) void file.text().then(learn, () => problem(`${file.name} cannot be read`));
    else if (text) learn(text);
  });
  new ResizeObserver(() => {
    order({ type: "size", width: widthOf() }); // also before the first view: a page may get its width late
  }).observe(figures);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && view?.state === "playing") order({ type: "pause" });
  });

  document.querySelector(".play-presets")?.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-preset]");
    if (!link || (event as MouseEvent).metaKey || (event as MouseEvent).ctrlKey) return;
    event.preventDefault();
    const preset = presetOf(link.dataset.preset!)!;
    open({ run: preset.run, at: 0, sentence: null, ownText: null }, preset);
    order({ type: "play", until: preset.steps });
    place.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
  });

  const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

  async function follow(hash: string): Promise<void> {
    try {
      const linked = await fromAddress(hash);
      open(linked, await presetIn(linked));
    } catch (error) {
      if (!(error instanceof BadAddress)) throw error;
      if (!view) anew({ settings: defaults, changes: [] });
      problem(error.message);
    }
  }

  /** Parts of the page have addresses, too: those are no runs. */
  const isRun = (): boolean => location.hash.length > 1 && !document.getElementById(location.hash.slice(1));

  window.addEventListener("hashchange", () => isRun() && void follow(location.hash));
  if (isRun()) void follow(location.hash);
  else {
    open({ run: story.run, at: 0, sentence: null, ownText: null }, story);
    // Who only scrolls sees the story; who would rather nothing moved starts it.
    const isSeen = new IntersectionObserver(([{ isIntersecting }]) => {
      if (!isIntersecting || calm()) return;
      isSeen.disconnect();
      if (count === 1 && (view?.last ?? 0) === 0) order({ type: "play", until: story.steps });
    });
    isSeen.observe(figures);
  }
}

/** The run that the page came with, if a link is of one. */
async function presetIn({ run, ownText }: Linked): Promise<Preset | null> {
  const written = (one: Run): Promise<string> => toAddress({ run: one, at: 0, sentence: null, ownText });
  const own = await written(run);
  for (const preset of [story, ...presets]) if ((await written(preset.run)) === own) return preset;
  return null;
}
