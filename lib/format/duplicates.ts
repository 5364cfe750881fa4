/** `JSON.parse` takes the last of several equal keys; a file format that forbids them has to look for itself. */

/** The first key that stands twice in one object of a text that is JSON, or null. One pass over the text. */
export function repeatedKey(json: string): string | null {
  const keys: Set<string>[] = []; // of the object that is open at each depth
  let depth = -1;
  for (let i = 0; i < json.length; i++) {
    const c = json.charCodeAt(i);
    if (c === OPEN) {
      depth++;
      if (keys.length === depth) keys.push(new Set());
      else keys[depth].clear();
    } else if (c === CLOSE) depth--;
    else if (c === QUOTE) {
      const start = i++;
      let isPlain = true;
      for (; json.charCodeAt(i) !== QUOTE; i++) {
        if (json.charCodeAt(i) !== BACKSLASH) continue;
        isPlain = false;
        i++; // what follows it is no end of the text
      }
      let next = i + 1;
      while (json.charCodeAt(next) <= SPACE) next++;
      if (json.charCodeAt(next) !== COLON) continue; // a value
      const key = isPlain ? json.slice(start + 1, i) : (JSON.parse(json.slice(start, i + 1)) as string);
      if (keys[depth].has(key)) return key;
      keys[depth].add(key);
    }
  }
  return null;
}

const [OPEN, CLOSE, QUOTE, BACKSLASH, COLON, SPACE] = ["{", "}", '"', "\\", ":", " "].map((c) => c.charCodeAt(0));
