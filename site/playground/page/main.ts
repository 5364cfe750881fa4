/** The playground in a page: knobs, a film with a bar to scrub it, and what the worker draws. */

import type { Order, Report, View } from "../messages.js";
import { BadAddress, fromAddress, type Linked, LONGEST, toAddress } from "../run/address.js";
import { codeOf } from "../run/code.js";
import { remedies, story } from "../run/presets.js";
import { defaults, fields, live, type Live, type Run, type Settings } from "../run/settings.js";
import { texts } from "../run/texts.js";
import { knobsMarkup, setKnobs } from "./knobs.js";
import { numbersMarkup } from "./numbers.js";
import { sentenceMarkup } from "./sentence.js";
import { stageMarkup } from "./stage.js";

const place = document.getElementById("playground");
if (place) start(place);

function start(place: HTMLElement): void {
  place.innerHTML = stageMarkup(knobsMarkup()).text;
  place.hidden = false;
  document.getElementById("play-off")!.hidden = true;
  const find = <E extends HTMLElement>(selector: string): E => place.querySelector<E>(selector)!;
  const write = (selector: string, text: string): void => {
    const element = find(selector);
    if (element.textContent !== text) element.textContent = text;
  };
  const [scrub, sentence, figures] = [
    find<HTMLInputElement>("#play-scrub"),
    find<HTMLInputElement>("#play-sentence"),
    find(".play-figures"),
  ];
  const worker = new Worker(new URL("../playground-worker.js", location.href), { type: "module", name: "playground" });
  const order = (one: Order): void => worker.postMessage(one);
  let view: View | null = null;
  let ownText: string | null = null;
  /** Of what the reader typed; null where it is the text's own. */
  let said: string | null = null;
  /** The sentence that was given is shown from the first view on. */
  let presetRuns = false;

  worker.onerror = (event) => {
    event.preventDefault();
    problem(`the worker of the playground has failed: ${event.message || "its script could not be loaded"}`);
  };
  worker.onmessage = ({ data }: MessageEvent<Report>) => {
    if (data.type === "problem") problem(data.words);
    else if (data.type === "note") write(".play-note", data.words);
    else
      requestAnimationFrame(() => {
        show(data.view);
        order({ type: "drawn" });
      });
  };

  const widthOf = (): number => Math.round(Math.max(340, Math.min(680, figures.clientWidth || 680)));

  function problem(words: string): void {
    write(".play-problem", `${words.charAt(0).toUpperCase()}${words.slice(1)}.`.replace(/\.\.$/, "."));
    if (view) setKnobs(place, settingsNow(view));
  }

  function open(linked: Linked, preset: string | null, { keepsAddress = false } = {}): void {
    write(".play-problem", "");
    [ownText, said, presetRuns] = [linked.ownText, linked.sentence, preset !== null];
    const { text } = linked.run.settings;
    sentence.value = said ?? (text === "own" ? (ownText ?? "").slice(0, 40) : texts[text].sentence);
    order({ type: "open", linked, preset, width: widthOf() });
    if (!keepsAddress) void address(linked);
  }

  /** The same run from its first step, or another one. */
  function anew(run: Run): void {
    open({ run, at: 0, sentence: said, ownText: run.settings.text === "own" ? ownText : null }, null);
  }

  const settingsNow = ({ run, shown }: View): Settings =>
    run.changes.reduce((now, { after, to }) => (after <= shown ? { ...now, ...to } : now), run.settings);

  function show(next: View): void {
    const isOther = view?.opened !== next.opened;
    const [before, isPlaying] = [view, next.state === "playing" || next.state === "catching up"];
    view = next;
    figures.innerHTML = next.figures.loss + next.figures.load;
    for (const box of figures.querySelectorAll<HTMLElement>(".twinformer-drawing"))
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    const experts = next.run.settings.experts;
    find(".play-layers").innerHTML = sentenceMarkup(next.sentence, experts).text;
    find(".play-numbers").innerHTML = numbersMarkup(next).text;
    const writing = next.frame?.writing;
    write(
      ".play-written",
      writing ? `After step ${writing.step}, both go on from “${writing.prompt}”` : "Both write at every 50th step.",
    );
    write(".play-dense", writing?.dense ?? "");
    write(".play-moe", writing?.moe ?? "");
    scrub.max = String(Math.max(next.last, 1));
    scrub.disabled = next.last === 0;
    if (document.activeElement !== scrub || isPlaying || isOther) scrub.value = String(next.shown);
    write("#play-step", next.shown === next.last ? `step ${next.last}` : `step ${next.shown} of ${next.last}`);
    const states = {
      playing: "training",
      "catching up": "training up to the step of the change",
      paused: "paused",
      ended: "ended",
    };
    write(
      ".play-state",
      `${states[next.state]}${next.perSecond === null ? "" : `, ${next.perSecond.toFixed(0)} steps a second`}`,
    );
    const toggle = find<HTMLButtonElement>('[data-do="play"]');
    toggle.textContent = isPlaying ? "Pause" : "Play";
    toggle.setAttribute("aria-pressed", String(isPlaying));
    write(
      ".play-past",
      next.shown === next.last
        ? ""
        : `You look at step ${next.shown}. A knob that you turn now forks the run here: what came after is trained anew.`,
    );
    write(".play-history", historyOf(next.run));
    write(
      ".play-finding",
      next.finding
        ? `${next.finding.words}${next.finding.holds ? "" : " This seed does not show it: chance has a hand in it."}`
        : presetRuns && isPlaying
          ? "It trains …"
          : "",
    );
    setKnobs(place, settingsNow(next));
    if (find<HTMLDetailsElement>(".play-row").open) showRow();
    if (find<HTMLDetailsElement>(".play-code").open) showCode();
    if (
      !isPlaying &&
      (isOther || before?.state !== next.state || before.run !== next.run || before.shown !== next.shown)
    )
      void address();
    if (next.finding && !before?.finding) announce(next.finding.words);
  }

  const announce = (words: string): void => write(".play-live-region", words);

  const historyOf = ({ changes }: Run): string =>
    changes
      .map(
        ({ after, to }) =>
          `after step ${after}: ${Object.entries(to)
            .map(([name, value]) => `${name} ${value === null ? "none" : value}`)
            .join(", ")}`,
      )
      .join("; ");

  const showRow = (): void =>
    write(
      ".play-row pre",
      view?.frame ? JSON.stringify({ dense: view.frame.dense, moe: view.frame.moe }, null, 1) : "no step yet",
    );

  function showCode(): void {
    if (view) write(".play-code pre", codeOf(view.run, Math.max(view.shown, 1)));
  }

  /** Writes what is shown into the address bar. @param linked default: what the worker shows */
  async function address(linked?: Linked): Promise<void> {
    const now = linked ?? (view && { run: view.run, at: view.shown, sentence: said, ownText });
    if (!now) return;
    const text = await toAddress(now);
    history.replaceState(null, "", text === "" ? location.pathname + location.search : `#${text}`);
    const isLong = now.ownText !== null && now.ownText.length > LONGEST;
    write(
      ".play-link-note",
      isLong ? `Your text is longer than ${LONGEST} characters, so it is not in the link: send it along.` : "",
    );
  }

  const actions: Record<string, () => void> = {
    play() {
      const isRunning = view?.state === "playing" || view?.state === "catching up";
      order(isRunning ? { type: "pause" } : { type: "play", until: null });
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
      const text = find<HTMLTextAreaElement>("#play-text").value;
      learn(text);
    },
    async link() {
      await address();
      await navigator.clipboard.writeText(location.href).then(
        () => write(".play-link-note", "The link is on the clipboard: it trains this same run."),
        () => write(".play-link-note", "The link is in the address bar: copy it from there."),
      );
    },
    async copy() {
      showCode();
      await navigator.clipboard.writeText(find(".play-code pre").textContent).catch(() => {});
    },
  };

  function learn(text: string): void {
    if (text.trim() === "") return problem("there is no text yet: write or drop one");
    ownText = text;
    said = null;
    const run: Run = { settings: { ...(view?.run.settings ?? defaults), text: "own" }, changes: [] };
    open({ run, at: 0, sentence: null, ownText }, null);
  }

  place.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-do]");
    if (button) actions[button.dataset.do!]();
  });
  place.addEventListener("change", (event) => {
    const knob = event.target as HTMLSelectElement | HTMLInputElement;
    const name = knob.dataset.knob as keyof Settings | undefined;
    if (knob.id === "play-speed") return order({ type: "speed", most: knob.value === "" ? null : Number(knob.value) });
    if (!name || !view) return;
    if (name === "text" && knob.value === "own") {
      find(".play-own").hidden = false;
      find("#play-text").focus();
      return;
    }
    const value = fields[name].read(knob.value);
    if (value === undefined) return problem(`${name} must be ${fields[name].must}, not “${knob.value}”`);
    write(".play-problem", "");
    if ((live as readonly string[]).includes(name)) order({ type: "change", to: { [name]: value } as Partial<Live> });
    else {
      const isPlaying = view.state === "playing";
      if (name === "text") said = null;
      anew({ settings: { ...settingsNow(view), [name]: value } as Settings, changes: [] });
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
  find(".play-row").addEventListener("toggle", showRow);
  find(".play-code").addEventListener("toggle", showCode);
  place.addEventListener("dragover", (event) => event.preventDefault());
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    const text = event.dataTransfer?.getData("text/plain");
    if (file) void file.text().then(learn, () => problem(`${file.name} cannot be read`));
    else if (text) learn(text);
  });
  new ResizeObserver(() => {
    if (view) order({ type: "size", width: widthOf() });
  }).observe(figures);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && view?.state === "playing") order({ type: "pause" });
  });

  document.querySelector(".play-presets")?.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-preset]");
    if (!link || (event as MouseEvent).metaKey || (event as MouseEvent).ctrlKey) return;
    event.preventDefault();
    void follow(link.hash, link.dataset.preset!, Number(link.dataset.steps));
    place.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
  });

  const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

  /** A run of an address; a preset plays by itself until it has shown what it is about. */
  async function follow(hash: string, preset: string | null = null, until = 0): Promise<void> {
    try {
      open(await fromAddress(hash), preset, { keepsAddress: true });
      if (preset !== null) order({ type: "play", until });
    } catch (error) {
      if (!(error instanceof BadAddress)) throw error;
      problem(error.message);
      if (!view) anew({ settings: defaults, changes: [] });
    }
  }

  window.addEventListener("hashchange", () => void follow(location.hash));
  if (location.hash.length > 1) void follow(location.hash);
  else {
    open({ run: story.run, at: 0, sentence: null, ownText: null }, story.id, { keepsAddress: true });
    // Who only scrolls sees the story; who would rather nothing moved starts it.
    const isSeen = new IntersectionObserver(([{ isIntersecting }]) => {
      if (!isIntersecting || calm()) return;
      isSeen.disconnect();
      if (view?.last === 0 || !view) order({ type: "play", until: story.steps });
    });
    isSeen.observe(figures);
  }
}
