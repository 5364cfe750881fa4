/** Made by scripts/site/pieces.mjs when the site is: for each entry of the library its names, each with what loads it. */
declare module "twinformer:pieces" {
  export const pieces: Readonly<Record<string, Readonly<Record<string, () => Promise<unknown>>>>>;
}
