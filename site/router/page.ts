/** playground/router.html in a browser: what the reader does, and the worker that computes. The address always says the game. */

import { type Address, addressOf, BadAddress, gameAt, isGame, type TextOf } from "./address.js";
import { Board } from "./board.js";
import { choicesOf } from "./choices.js";
import type { RouterData } from "./data.js";
import { Play } from "./game.js";
import { html, type Html } from "../models/html.js";
import type { Game, Order, Report } from "./messages.js";
import { resultOf, usualTable } from "./result.js";
import { type Score, scoreOf, verdict } from "./totals.js";
import { spoken, visible } from "./text.js";

const find = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;

/** The worker, beside this script. */
const SCRIPT = "router-worker.js";

interface Shown {
  readonly text: TextOf;
  readonly game: Game;
  readonly play: Play;
  isScored: boolean;
}

/** What the worker was asked for. */
interface Asked {
  readonly number: number;
  readonly address: Address;
  readonly from: "address" | "list" | "reader";
}

if (document.querySelector('[data-script="router"]')) start(JSON.parse(find("router-data").textContent) as RouterData);

function start({ nExpert, topK, count, texts, counted }: RouterData): void {
  const [pick, write, state, link] = [
    find<HTMLSelectElement>("router-pick"),
    find<HTMLTextAreaElement>("router-write"),
    find("router-state"),
    find<HTMLInputElement>("router-link"),
  ];
  const names = texts.map(({ name }) => name);
  const choices = choicesOf(nExpert, topK);
  const empty = Array.from({ length: count }, () => null);
  /** Games of texts that were left: whoever comes back finds them. */
  const plays = new Map<string, { play: Play; isScored: boolean }>();
  let shown: Shown | null = null;
  let asked: Asked | null = null;
  let hasCounted = false;
  /** Tokens that are seen. */
  let seen = 0;

  const worker = new Worker(new URL(SCRIPT, import.meta.url), { type: "module", name: "router" });
  const order = (one: Order): void => worker.postMessage(one);
  worker.onmessage = ({ data }: MessageEvent<Report>) => heard(data);
  worker.onerror = (event) => {
    event.preventDefault();
    failed(event.message || "its script could not be loaded");
  };
  const board = new Board(document.querySelector<HTMLTableElement>(".router-board")!, { changed });

  const keyOf = (text: TextOf): string => ("own" in text ? `own.${text.own}` : text.name);
  const textOf = (text: TextOf): string =>
    "own" in text ? text.own : texts.find(({ name }) => name === text.name)!.text;
  const scoreNow = (): Score | null => (shown?.isScored ? scoreOf(shown.game, shown.play.numbers()) : null);
  const failed = (why: string): void => {
    state.textContent = `The game has stopped: ${why}. Load the page anew to try again.`;
  };

  /** Asks for the game of a text; what is shown stays until it is there. */
  function ask(address: Address, from: Asked["from"]): void {
    asked = { number: (asked?.number ?? 0) + 1, address, from };
    if (!shown) state.textContent = "Loading the twin, 5 MB …";
    order({ type: "measure", number: asked.number, text: textOf(address.text) });
  }

  function heard(report: Report): void {
    if (report.type === "failed") failed(report.sentence);
    else if (report.type === "usual") {
      board.hint(report.usual);
      find("router-usual").hidden = false;
      find("router-usual").querySelector("div")!.innerHTML = usualTable(report.usual, report.tokens, topK).text;
    } else if (report.number !== asked?.number) return;
    else if (report.type === "refused") refused(report.sentence);
    else show(report.game, asked);
  }

  function refused(sentence: string): void {
    const { from } = asked!;
    if (from === "reader") {
      problem(sentence);
      return;
    }
    first();
    problem(`The text of this link cannot be played. ${sentence}`);
  }

  /** A sentence beside the text; none for "". */
  function problem(sentence: string): void {
    find("router-refused").textContent = sentence;
    if (sentence !== "") find<HTMLDetailsElement>("router-own").open = true;
  }

  function show(game: Game, { address: { text, isScored, choices: given }, from }: Asked): void {
    const known = from === "address" ? undefined : plays.get(keyOf(text));
    const play = known?.play ?? new Play(count, nExpert, topK);
    if (!known) play.take(given);
    shown = { text, game, play, isScored: known?.isScored ?? isScored };
    plays.set(keyOf(text), shown);
    if (from === "reader") problem("");
    showPick(text);
    board.show(game, play, scoreNow());
    changedAll();
    say(shown.isScored ? "" : html`${count} tokens to route. ${named(0)}`);
    if (!hasCounted) order({ type: "count", texts: counted });
    hasCounted = true;
  }

  /** The list names what is played; a text of the reader's own has an entry as long as it is. */
  function showPick(text: TextOf): void {
    pick.querySelector("option[value=own]")?.remove();
    if ("own" in text) {
      pick.add(new Option("Your own text", "own"));
      write.value = text.own;
    }
    pick.value = "own" in text ? "own" : text.name;
  }

  /** Everything beside the board that depends on choices. */
  function changedAll(): void {
    const { text, game, play, isScored } = shown!;
    const score = scoreNow();
    const address: Address = { isScored, text, choices: play.numbers() };
    history.replaceState(null, "", addressOf(address));
    seen = play.open;
    const first = game.places[0];
    const open = isScored ? count : play.open;
    const lead = game.words.slice(0, first).join("");
    const words = game.places.slice(0, open).map((place, n) => {
      const word = game.words[place];
      return n === open - 1 && !isScored ? html`<mark>${visible(word)}</mark>` : html`<b>${word}</b>`;
    });
    const last = isScored ? html`${game.words.at(-1)!}` : html` …`;
    find("router-read").innerHTML = html`${lead}${words}${last}`.text;
    find("router-key").hidden = !isScored;
    find("router-score").hidden = isScored;
    find("router-clear").textContent = isScored ? "Play this text again" : "Clear the board";
    find("router-result").hidden = score === null;
    if (score) {
      find("router-numbers").innerHTML = resultOf(game, score, choices).text;
      for (const box of find("router-numbers").querySelectorAll<HTMLElement>(".output-html")) box.tabIndex = 0; // may scroll once it is open
      link.value = location.href;
      find("router-copied").textContent = "";
    }
  }

  function changed(token: number, madeRoom: number | null): void {
    const { play, isScored } = shown!;
    const before = seen;
    changedAll();
    const score = scoreNow();
    board.update(score);
    const experts = play.experts(token);
    const room = madeRoom === null ? "" : `Expert ${madeRoom} made room. `;
    const given = `Token ${token + 1} goes to ${experts.length === 1 ? "expert" : "experts"} ${experts.join(" and ")}`;
    if (experts.length === 0) say(`Token ${token + 1} has no expert.`);
    else if (!play.isFull(token)) say(`${given}; one more.`);
    else if (score && isScored) say(`${room}${given}. ${verdict(score)}`);
    else if (play.routed === count) say(`${room}${given}. All ${count} are routed: see the score.`);
    else {
      const more = seen > before ? named(seen - 1) : html``;
      say(html`${room}${given}. ${play.routed} of ${count} routed. ${more}`);
    }
    if (!isScored && seen > before) board.reveal(seen - 1);
  }

  function say(words: string | Html): void {
    state.innerHTML = html`${words}`.text;
  }

  /** Which token it is, for the eye and for the ear. */
  function named(token: number): Html {
    const { words, places } = shown!.game;
    const word = words[places[token]];
    return html`Token ${token + 1} is <code aria-hidden="true">${visible(word)}</code
      ><span class="router-said">${spoken(word)}</span>`;
  }

  function scoreIt(): void {
    if (!shown) return;
    if (shown.play.routed === 0) {
      say("Route one token first: the rest may be left to chance.");
      return;
    }
    shown.isScored = true;
    plays.set(keyOf(shown.text), shown);
    changedAll();
    board.update(scoreNow());
    say("");
    find("router-result-head").focus();
    find("router-result-head").scrollIntoView({ block: "start" });
  }

  function clear(): void {
    if (!shown) return;
    shown.play.clear();
    shown.isScored = false;
    plays.set(keyOf(shown.text), shown);
    board.show(shown.game, shown.play, null);
    changedAll();
    say(html`The board is empty. ${named(0)}`);
  }

  const first = (): void => ask({ isScored: false, text: { name: names[0] }, choices: empty }, "address");

  /** The game that the address says, or the first text. */
  function go(): void {
    problem("");
    try {
      if (isGame(location.hash)) ask(gameAt(location.hash, names, choices.length), "address");
      else if (!shown) first(); // an anchor of the page changes no game
    } catch (error) {
      if (!(error instanceof BadAddress)) throw error;
      first();
      problem(error.message);
    }
  }

  pick.addEventListener("change", () => {
    problem("");
    const text = pick.value === "own" ? shown!.text : { name: pick.value };
    ask({ isScored: false, text, choices: empty }, "list");
  });
  find("router-take").addEventListener("click", () =>
    ask({ isScored: false, text: { own: write.value }, choices: empty }, "reader"),
  );
  find("router-score").addEventListener("click", scoreIt);
  find("router-clear").addEventListener("click", clear);
  link.addEventListener("focus", () => link.select());
  find("router-copy").addEventListener("click", () => {
    const said = find("router-copied");
    const byHand = (): void => {
      link.focus();
      said.textContent = "Copy it by hand: it is selected.";
    };
    if (!navigator.clipboard) {
      byHand();
      return;
    }
    navigator.clipboard.writeText(link.value).then(() => (said.textContent = "Copied."), byHand);
  });
  addEventListener("hashchange", go);
  followBar();
  find("router").hidden = false;
  find("router-off").hidden = true;
  go();
}

/** The heads of the board stay below the bar of the site, where that stays: it has one line or two. */
function followBar(): void {
  const bar = document.querySelector<HTMLElement>(".site-head");
  if (!bar) return;
  const measure = (): void => {
    const top = getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0;
    document.documentElement.style.setProperty("--router-top", `${top}px`);
  };
  new ResizeObserver(measure).observe(bar);
  measure();
}
