/** The bytes of a PNG file. @param svg with baked colors  @param scale pixels for one CSS pixel */
export async function pngOf(
  svg: string,
  { width, height }: { readonly width: number; readonly height: number },
  scale = 2,
): Promise<Uint8Array> {
  if (!(scale > 0 && scale * Math.max(width, height) <= MOST))
    throw new RangeError(
      `png needs a scale above 0 that keeps both sides within ${MOST.toLocaleString("en")} pixels, got ${scale}`,
    );
  return typeof document === "undefined"
    ? await byResvg(svg, scale)
    : await byBrowser(svg, width * scale, height * scale);
}

const MOST = 16_384;

interface Resvg {
  readonly Resvg: new (svg: string, options: object) => { render(): { asPng(): Uint8Array } };
}

async function byResvg(svg: string, scale: number): Promise<Uint8Array> {
  const name = "@resvg/resvg-js"; // in a variable: no bundler looks for a package that may be missing
  const loaded = (await import(/* webpackIgnore: true */ /* @vite-ignore */ name).catch(() => {
    throw new Error(`png needs the package ${name} outside of a page: npm install ${name}`);
  })) as Resvg;
  const options = {
    fitTo: { mode: "zoom", value: scale },
    font: { loadSystemFonts: true, defaultFontFamily: "DejaVu Sans" },
  };
  return new loaded.Resvg(svg, options).render().asPng();
}

async function byBrowser(svg: string, width: number, height: number): Promise<Uint8Array> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  canvas.getContext("2d")!.drawImage(image, 0, 0, width, height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (!blob) throw new Error("png: this browser wrote no picture; svg() gives the same drawing as text");
  return new Uint8Array(await blob.arrayBuffer());
}
