/** The questions of the interview as cards that come again when they are about to be forgotten (FSRS, by ts-fsrs). What the reader writes and
 *  how well it went stays in this browser. */

import { type Card, createEmptyCard, fsrs, type Grade, Rating, TypeConvert } from "ts-fsrs";
import { button } from "../page/cell.js";
import { storageOf } from "../page/edits.js";

interface Question {
  readonly id: string;
  readonly level: number;
  readonly details: HTMLDetailsElement;
}

interface Memory {
  /** What was written last. */
  answer?: string;
  /** As ts-fsrs keeps it. */
  card?: unknown;
}

const GRADES: readonly (readonly [Grade, string, string])[] = [
  [Rating.Again, "1 Wrong", "I did not know it"],
  [Rating.Hard, "2 Hard", "I knew a part"],
  [Rating.Good, "3 Good", "I knew it"],
  [Rating.Easy, "4 Easy", "I knew it at once"],
];
const SELF_TEST = 10;

const key = (): string => `twinformer:cards:${location.pathname.replace(/[^/]*$/, "")}`;

function remembered(): Record<string, Memory> {
  try {
    const found: unknown = JSON.parse(storageOf()?.getItem(key()) ?? "{}");
    return typeof found === "object" && found !== null ? (found as Record<string, Memory>) : {};
  } catch {
    return {};
  }
}

/** A card as it was kept, or a new one where nothing is kept, or nothing that is a card. */
export function cardOf(memory: Memory | undefined, now: Date): Card {
  try {
    if (memory?.card) {
      const card = TypeConvert.card(memory.card as Card);
      if (Number.isFinite(card.due.getTime()) && Number.isFinite(card.stability)) return card;
    }
  } catch {
    // Kept by something else.
  }
  return createEmptyCard(now);
}

/** Those to be asked now, the longest overdue first, then new ones in the order of the page. */
export function dueFirst<Q extends { readonly id: string }>(
  questions: readonly Q[],
  memory: Readonly<Record<string, Memory>>,
  now: Date,
): { due: Q[]; fresh: Q[] } {
  const isKept = ({ id }: Q): boolean => Object.hasOwn(memory, id) && memory[id].card !== undefined;
  const when = ({ id }: Q): number => cardOf(memory[id], now).due.getTime();
  const due = questions.filter((one) => isKept(one) && when(one) <= now.getTime());
  return { due: due.sort((a, b) => when(a) - when(b)), fresh: questions.filter((one) => !isKept(one)) };
}

export function cardsPage(place: HTMLElement): void {
  const all = [...document.querySelectorAll<HTMLDetailsElement>("details.card")].map((details): Question => ({
    id: details.id,
    level: Number(details.dataset.level),
    details,
  }));
  const memory = remembered();
  const plan = fsrs();
  let level = 0;
  /** The self-test: what is still to be asked, and how it went. */
  let test: { left: Question[]; known: number; asked: number } | null = null;

  const keep = (id: string, change: Memory): void => {
    memory[id] = { ...memory[id], ...change };
    try {
      storageOf()?.setItem(key(), JSON.stringify(memory));
    } catch {
      // Full: it is known for as long as the page is open.
    }
  };
  const chosen = (): Question[] => all.filter((one) => level === 0 || one.level === level);

  const head = document.createElement("div");
  head.className = "cards-head";
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  const select = document.createElement("select");
  select.setAttribute("aria-label", "Level");
  ["All levels", "Level 1", "Level 2", "Level 3"].forEach((words, i) => select.add(new Option(words, String(i))));
  select.addEventListener("change", () => {
    level = Number(select.value);
    begin();
  });
  head.append(
    select,
    button("Ask me", "Ask what is due", () => ask()),
    button(`Self-test of ${SELF_TEST}`, `Ten questions, and how many you knew`, () => {
      // A tenth of the questions of each kind: from all over the list, other ones each time.
      const own = chosen();
      const start = Math.floor(Date.now() / 1000) % own.length;
      const step = Math.max(1, Math.floor(own.length / SELF_TEST));
      const left = own.map((_, i) => own[(start + i * step) % own.length]);
      test = { left: [...new Set(left)].slice(0, SELF_TEST), known: 0, asked: 0 };
      ask();
    }),
    said,
  );
  const box = document.createElement("div");
  box.className = "cards-card";
  box.tabIndex = -1;
  place.append(head, box);

  function counts(): string {
    const { due, fresh } = dueFirst(chosen(), memory, new Date());
    return `${due.length} due, ${fresh.length} new, ${chosen().length - due.length - fresh.length} known for now`;
  }

  function begin(): void {
    test = null;
    box.replaceChildren();
    said.textContent = counts();
  }

  function ask(): void {
    const { due, fresh } = dueFirst(chosen(), memory, new Date());
    const one = test ? test.left.shift() : (due[0] ?? fresh[0]);
    if (!one) {
      const words = test ? `${test.known} of ${test.asked} known.` : "Nothing is due. Come back later.";
      begin();
      const end = document.createElement("p");
      end.textContent = words;
      box.append(end);
      box.focus();
      return;
    }
    said.textContent = test ? `question ${test.asked + 1} of ${test.asked + test.left.length + 1}` : counts();
    show(one);
  }

  function show(one: Question): void {
    const question = document.createElement("p");
    question.className = "cards-question";
    question.textContent = one.details.querySelector("summary")!.textContent;
    const answer = document.createElement("textarea");
    answer.setAttribute("aria-label", "Your answer");
    answer.placeholder = "Your answer, if you like to write it";
    answer.value = memory[one.id]?.answer ?? "";
    answer.rows = 3;
    answer.addEventListener("change", () => keep(one.id, { answer: answer.value }));
    box.replaceChildren(
      question,
      answer,
      button("Show the answer", "Show the answer", () => reveal(one)),
    );
    box.focus();
  }

  function reveal(one: Question): void {
    const right = document.createElement("div");
    for (const part of one.details.querySelectorAll(":scope > p")) right.append(part.cloneNode(true));
    const card = cardOf(memory[one.id], new Date());
    const grades = document.createElement("p");
    grades.className = "cards-grades";
    grades.append(
      ...GRADES.map(([grade, words, label]) =>
        button(words, label, () => {
          keep(one.id, { card: plan.next(card, new Date(), grade).card });
          if (test) {
            test.asked++;
            if (grade !== Rating.Again) test.known++;
          }
          ask();
        }),
      ),
    );
    box.querySelector("button")?.remove();
    box.append(right, grades);
    grades.querySelector("button")!.focus();
  }

  document.addEventListener("keydown", ({ key: pressed, target }) => {
    if (target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement) return;
    const grades = box.querySelectorAll<HTMLButtonElement>(".cards-grades button");
    grades[Number(pressed) - 1]?.click();
  });
  begin();
}

const place = document.querySelector<HTMLElement>(".cards-place");
if (place) cardsPage(place);
