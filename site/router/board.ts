/** The board of the game: a row for each token, a button for each expert. One stop for the Tab key; arrows move inside, digits choose. */

import type { Game, UsualToken } from "./messages.js";
import type { Play } from "./game.js";
import { html, type Html } from "../models/html.js";
import { signed, type Score } from "./totals.js";
import { spoken, visible } from "./text.js";

const BEFORE = 14; // characters of the text before a token
const HINTS = 4; // tokens of an expert that its column shows
const LONGEST = 6; // characters of one of them

export interface BoardEvents {
  /** A choice has changed. @param madeRoom the expert that did, or null */
  changed(token: number, madeRoom: number | null): void;
}

export class Board {
  readonly #table: HTMLTableElement;
  readonly #events: BoardEvents;
  #play: Play | null = null;
  #score: Score | null = null;
  /** Where the Tab key leads. */
  #at: { token: number; expert: number } = { token: 0, expert: 0 };

  constructor(table: HTMLTableElement, events: BoardEvents) {
    this.#table = table;
    this.#events = events;
    table.addEventListener("click", ({ target }) => {
      const place = placeOf(target);
      if (place) this.#choose(place.token, place.expert);
    });
    table.addEventListener("keydown", (event) => this.#key(event));
    table.addEventListener("focusin", ({ target }) => {
      const place = placeOf(target);
      if (place) this.#stopAt(place.token, place.expert);
    });
  }

  /** Another text, or the same with other choices. */
  show(game: Game, play: Play, score: Score | null): void {
    this.#play = play;
    this.#at = { token: 0, expert: 0 };
    this.#table.tBodies[0].innerHTML = html`${game.places.map((_, n) => rowOf(game, play, n))}`.text;
    this.#table.setAttribute("aria-rowcount", String(play.count + 1));
    this.update(score);
  }

  /** What experts usually get, in the heads of their columns. */
  hint(usual: readonly (readonly UsualToken[])[]): void {
    this.#table.querySelectorAll(".router-usual").forEach((head, e) => {
      const words = usual[e].slice(0, HINTS).map(({ word }) => html`<span>${short(visible(word))}</span>`);
      head.innerHTML = html`${words}`.text;
    });
  }

  /** After a choice, or with a score. */
  update(score: Score | null): void {
    const play = this.#play!;
    this.#score = score;
    this.#table.classList.toggle("router-scored", score !== null);
    [...this.#table.tBodies[0].rows].forEach((row, token) => {
      row.hidden = score === null && token >= play.open;
      const own = play.experts(token);
      const scored = score?.tokens[token];
      row.querySelectorAll("button").forEach((button, expert) => {
        const isLearned = scored !== undefined && play.choices[scored.learnedChoice].includes(expert);
        const isBest = scored !== undefined && play.choices[scored.bestChoice].includes(expert);
        button.setAttribute("aria-pressed", String(own.includes(expert)));
        button.querySelector("small")!.textContent = `${isLearned ? "●" : ""}${isBest ? "★" : ""}`;
        const more = `${isLearned ? ", the learned router's" : ""}${isBest ? ", among the best" : ""}`;
        button.setAttribute("aria-label", `token ${token + 1}, ${row.dataset.spoken!}: expert ${expert}${more}`);
      });
      row.lastElementChild!.textContent = scored ? signed(scored.you - scored.learned) : "";
    });
    this.#stopAt(this.#at.token, this.#at.expert);
  }

  /** The row of a token into sight. */
  reveal(token: number): void {
    this.#table.tBodies[0].rows[token]?.scrollIntoView({ block: "nearest" });
  }

  #button(token: number, expert: number): HTMLButtonElement | null {
    const row = this.#table.tBodies[0].rows[token];
    return row && !row.hidden ? row.querySelectorAll("button")[expert] : null;
  }

  #stopAt(token: number, expert: number): void {
    const next = this.#button(token, expert);
    if (!next) return;
    for (const button of this.#table.querySelectorAll("tbody button")) button.setAttribute("tabindex", "-1");
    next.tabIndex = 0;
    this.#at = { token, expert };
  }

  #choose(token: number, expert: number): void {
    this.#events.changed(token, this.#play!.toggle(token, expert));
  }

  #key(event: KeyboardEvent): void {
    const play = this.#play;
    const place = placeOf(event.target);
    if (!play || !place || event.metaKey || event.altKey) return;
    if (event.ctrlKey && event.key !== "Home" && event.key !== "End") return;
    const { token, expert } = place;
    const lastToken = (this.#score ? play.count : play.open) - 1;
    const lastExpert = play.nExpert - 1;
    const ways: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [token, expert - 1],
      ArrowRight: [token, expert + 1],
      ArrowUp: [token - 1, expert],
      ArrowDown: [token + 1, expert],
      Home: [event.ctrlKey ? 0 : token, 0],
      End: [event.ctrlKey ? lastToken : token, lastExpert],
    };
    const digit = /^[0-9]$/.test(event.key) ? Number(event.key) : -1;
    if (digit >= 0 && digit <= lastExpert) {
      const wasFull = play.isFull(token);
      this.#choose(token, digit);
      // Two digits a token, and on to the next one.
      const isDone = !wasFull && play.isFull(token);
      this.#button(token + (isDone ? 1 : 0), isDone ? 0 : digit)?.focus();
    } else if (event.key in ways) {
      const [to, e] = ways[event.key];
      this.#button(Math.max(0, Math.min(lastToken, to)), Math.max(0, Math.min(lastExpert, e)))?.focus();
    } else return;
    event.preventDefault();
  }
}

const short = (word: string): string => (word.length > LONGEST ? `${word.slice(0, LONGEST - 1)}…` : word);

function placeOf(target: EventTarget | null): { token: number; expert: number } | null {
  const button = target instanceof Element ? target.closest<HTMLButtonElement>("tbody button") : null;
  return button ? { token: Number(button.dataset.token), expert: Number(button.dataset.expert) } : null;
}

function rowOf({ words, places }: Game, play: Play, token: number): Html {
  const place = places[token];
  const before = words
    .slice(Math.max(0, place - BEFORE), place)
    .join("")
    .replaceAll("\n", "⏎")
    .slice(-BEFORE);
  const cells = Array.from(
    { length: play.nExpert },
    (_, expert) =>
      html`<td role="gridcell">
        <button type="button" tabindex="-1" data-token="${token}" data-expert="${expert}">
          ${expert}<small aria-hidden="true"></small>
        </button>
      </td>`,
  );
  return html`<tr role="row" aria-rowindex="${token + 2}" data-spoken="${spoken(words[place])}">
    <th scope="row" role="rowheader">
      <span class="router-at">${token + 1}</span>
      <span class="router-token"><span class="router-before">${before}</span><b>${visible(words[place])}</b></span>
      <span class="router-next"><span class="router-said">then</span> ${visible(words[place + 1])}</span>
    </th>
    ${cells}
    <td role="gridcell" class="router-lost"></td>
  </tr>`;
}
