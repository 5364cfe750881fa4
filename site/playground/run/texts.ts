/** The texts that the playground comes with: beginnings of what the course reads, so that a phone can fetch them. */

export interface BuiltIn {
  readonly label: string;
  /** In assets/ of the project; null for Moby Dick, which is a package of its own. */
  readonly file: string | null;
  /** How many characters of it. */
  readonly characters: number;
  /** What stands in the box of the reader's sentence, a sentence of the same kind. */
  readonly sentence: string;
}

export const texts = {
  moby: { label: "Moby Dick", file: null, characters: 200_000, sentence: "The whale swims 12 miles; nobody follows." },
  typescript: {
    ...{ label: "TypeScript", file: "texts/typescript.txt", characters: 200_000 },
    sentence: "const routes = tokens.map((token) => best(token));",
  },
  spanish: {
    ...{ label: "Spanish", file: "domains/spanish.txt", characters: 200_000 },
    sentence: "La casa de mi abuelo estaba cerca del mar.",
  },
  arithmetic: {
    ...{ label: "Arithmetic", file: "domains/arithmetic.txt", characters: 200_000 },
    sentence: "12 + 34 = 46",
  },
} as const satisfies Record<string, BuiltIn>;

export type TextName = keyof typeof texts;
export const isText = (name: string): name is TextName => Object.hasOwn(texts, name);
