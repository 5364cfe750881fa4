/** What the pages of the site do by themselves: the search, contents that stay open where there is room, and the heading in sight. */

import MiniSearch, { type SearchResult } from "minisearch";
import { searchOptions } from "./options.mjs";
import { excerpt } from "./excerpt.js";
import { showProgress } from "./progress.js";
import { share } from "./share.js";

const MOST = 12;

/** The top of the site: where this script is. Some pages lie in folders. */
const top = new URL(".", (document.currentScript as HTMLScriptElement).src).href;

/** Loads the index once, when somebody goes to the search: pages that are only read stay light. */
let loading: Promise<MiniSearch> | undefined;
function loadIndex(): Promise<MiniSearch> {
  loading ??= new Promise<void>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${top}search.js`;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error("search.js is not beside this page"));
    document.head.append(script);
  }).then(() => MiniSearch.loadJSON((self as unknown as { twinformerIndex: string }).twinformerIndex, searchOptions));
  return loading;
}

function entryOf(found: SearchResult): HTMLLIElement {
  const link = document.createElement("a");
  link.href = top + (found.href as string);
  const heading = document.createElement("b");
  heading.textContent = found.heading as string;
  const words = document.createElement("small");
  const { page, text, code } = found as unknown as { page: string; text: string; code: string };
  if (page !== found.heading) words.append(`${page}: `);
  for (const { said, isFound } of excerpt(text, code, found.terms)) {
    const piece = document.createElement(isFound ? "mark" : "span");
    piece.textContent = said;
    words.append(piece);
  }
  link.append(heading, words);
  const item = document.createElement("li");
  item.append(link);
  return item;
}

function search(form: HTMLFormElement): void {
  const input = form.querySelector("input")!;
  const panel = form.querySelector<HTMLElement>(".site-found")!;
  const status = panel.querySelector("p")!;
  const list = panel.querySelector("ol")!;
  const close = () => (panel.hidden = true);

  async function show(): Promise<void> {
    const query = input.value.trim();
    if (query === "") return void close();
    let said: string;
    let found: SearchResult[] = [];
    try {
      const index = await loadIndex();
      found = index.search(query);
      // No part has all of the words: those that have one.
      if (found.length === 0) found = index.search(query, { combineWith: "OR" });
      said = `${found.length === 0 ? "Nothing" : found.length} found${found.length > MOST ? `, the first ${MOST}` : ""}`;
    } catch (error) {
      said = `The search does not work here: ${(error as Error).message}`;
    }
    if (query !== input.value.trim()) return; // somebody typed on meanwhile
    status.textContent = said;
    list.replaceChildren(...found.slice(0, MOST).map(entryOf));
    panel.hidden = false;
  }

  form.hidden = false;
  input.addEventListener("focus", () => void loadIndex().catch(() => {}));
  input.addEventListener("input", () => void show());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void show().then(() => list.querySelector("a")?.click());
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      close();
      input.focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || panel.hidden) return;
    event.preventDefault();
    const stops: HTMLElement[] = [input, ...list.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    stops[Math.max(0, Math.min(stops.length - 1, at + step))].focus();
  });
  list.addEventListener("click", close);
  document.addEventListener("pointerdown", ({ target }) => form.contains(target as Node) || close());
  form.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !form.contains(relatedTarget as Node)) close();
  });
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    const writes =
      target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
    if (key !== "/" || writes || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
  });
}

/** What an anchor leads to, by the rule of browsers: the id as it is written, else as it is meant. */
const target = (anchor: string) =>
  document.getElementById(anchor) ?? document.getElementById(decodeURIComponent(anchor));

function contents(nav: HTMLElement): void {
  const details = nav.querySelector("details")!;
  const wide = matchMedia("(min-width: 1240px)");
  const fold = () => (details.open = wide.matches);
  wide.addEventListener("change", fold);
  fold();
  const links = [...nav.querySelectorAll<HTMLAnchorElement>("ol a")];
  const headings = links.map((link) => target(link.hash.slice(1))!);
  const mark = () => {
    // The last heading above the upper third of the window is that of what is read.
    const next = headings.findIndex((heading) => heading.getBoundingClientRect().top > innerHeight / 3);
    const at = (next < 0 ? headings.length : next) - 1;
    links.forEach((link, i) => {
      if (i === at) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    });
  };
  let isAsked = false;
  const later = () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      mark();
    });
  };
  addEventListener("scroll", later, { passive: true });
  mark();
}

share(document);
const form = document.querySelector<HTMLFormElement>(".site-search");
if (form) search(form);
const nav = document.querySelector<HTMLElement>(".site-contents");
if (nav) contents(nav);

/** Adds a module of this site to the page. */
function load(file: string): void {
  const script = document.createElement("script");
  script.type = "module";
  script.src = top + file;
  document.head.append(script);
}

/** The page of a notebook comes to life where there are workers; a page from a disk has none. This script is a plain one, so that the search
 *  works from a disk as well; what follows is a module. */
const { notebook } = document.body.dataset;
if (location.protocol.startsWith("http")) {
  if (notebook === "own" || document.querySelector(".code-cell")) load("live.js");
  if (document.querySelector(".cards-place")) load("cards.js");
  // An id would not do: a heading or a word of the glossary may have the same.
  for (const { dataset } of document.querySelectorAll<HTMLElement>("[data-script]")) load(`${dataset.script}.js`);
}

const list = document.querySelector(".site-notebooks");
if (list) showProgress(list);

/** Keeps what was seen for when there is no network. Not where pages are made anew all the time, unless somebody asks for it. */
if ("serviceWorker" in navigator && isSecureContext)
  void navigator.serviceWorker.register(`${top}service.js`).catch(() => {});
