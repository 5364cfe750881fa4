// Put into the head of each page that is proved: keeps what goes wrong in it. WebKit's driver tells nobody.
(() => {
  const problems = (globalThis.twinformerProblems = []);
  const add = (words) => problems.push(String(words).slice(0, 500));
  addEventListener("error", (event) => {
    const { target, message } = event;
    if (target instanceof Element) add(`not loaded: ${target.src ?? target.href ?? target.localName}`);
    else add(`error: ${message}`);
  }, true); // prettier-ignore
  addEventListener("unhandledrejection", ({ reason }) => add(`rejected: ${reason}`));
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
    add(`policy: ${violatedDirective} ${blockedURI} ${sample}`),
  );
  for (const kind of ["error", "warn"]) {
    const say = console[kind];
    console[kind] = (...words) => {
      add(`console.${kind}: ${words.map(String).join(" ")}`);
      say.apply(console, words);
    };
  }
})();
