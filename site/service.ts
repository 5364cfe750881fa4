/** The service worker of the site: pages that were seen open without a network, and every answer carries the headers that let a page share
 *  memory between threads, on hosts that cannot send them. It adds files of this site, and of no other. */

/** As much of a service worker's scope as is used here: TypeScript's own description excludes that of pages. */
interface ServiceWorker {
  addEventListener(
    event: "install" | "activate",
    listener: (event: { waitUntil(work: Promise<void>): void }) => void,
  ): void;
  addEventListener(event: "fetch", listener: (event: FetchEvent) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
}

interface FetchEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

const worker = self as unknown as ServiceWorker;
declare const BUILD: string;
declare const FILES: readonly string[];

const CACHE = `twinformer ${BUILD}`;
const root = new URL("./", location.href);
/** Seconds that a network may take before what is kept is shown. */
const PATIENCE = 4;

worker.addEventListener("install", (event) => {
  // What every page needs to run; pages and data are kept when they are seen.
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES.map((file) => new URL(file, root).href))));
  void worker.skipWaiting();
});

worker.addEventListener("activate", (event) => {
  const old = async (): Promise<void> => {
    for (const name of await caches.keys())
      if (name.startsWith("twinformer ") && name !== CACHE) await caches.delete(name);
    await worker.clients.claim();
  };
  event.waitUntil(old());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(root.href)) return;
  event.respondWith(answer(request).then((response) => withHeaders(request.url, response)));
});

/** Pieces are named by their content; all else is asked for anew where there is a network. */
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const address = request.url.replace(/[?#].*$/, "");
  const kept = () => cache.match(address, { ignoreSearch: true });
  if (/\/scripts\/[^/]+$/.test(address)) {
    const found = await kept();
    if (found) return found;
  }
  const fetched = fetch(request).then(async (response) => {
    if (response.ok && response.type === "basic") await cache.put(address, response.clone()).catch(() => {}); // a full disk
    return response;
  });
  fetched.catch(() => {}); // said below
  try {
    const late = new Promise<"late">((resolve) => setTimeout(() => resolve("late"), 1000 * PATIENCE));
    const first = await Promise.race([fetched, late]);
    if (first !== "late") return first;
    return (await kept()) ?? (await fetched);
  } catch {
    const found = (await kept()) ?? (address.endsWith("/") ? await cache.match(`${address}index.html`) : undefined);
    if (found) return found;
    const words = `This page was not opened before, and there is no network now: ${address.slice(root.href.length)}\n`;
    return new Response(words, { status: 504, headers: { "content-type": "text/plain; charset=utf-8" } });
  }
}

function withHeaders(url: string, response: Response): Response {
  if (response.status === 0 || response.type === "opaque") return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  // Cells are made from text, and only here; what runs there reaches this site alone.
  if (/\/(cells|thread)\.js$/.test(url.replace(/[?#].*$/, "")))
    headers.set(
      "Content-Security-Policy",
      "default-src 'self'; script-src 'self' 'unsafe-eval'; worker-src 'self' blob:",
    );
  const { status, statusText } = response;
  return new Response([101, 204, 205, 304].includes(status) ? null : response.body, { status, statusText, headers });
}
