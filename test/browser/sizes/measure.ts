/** Runs in the page: what is wrong with the words of the drawing or table that it shows, one sentence each. */
export function measure(ground: string): string[] {
  const svg = document.querySelector("svg");
  const shown = svg ?? document.querySelector("figure.twinformer");
  if (!shown) return ["nothing is shown"];
  const outer = shown.getBoundingClientRect();
  // A table scrolls to the side; down it has to be whole.
  const { left, right, top, bottom, width, height } = outer;
  const frame = { top, bottom, width, height, ...(svg ? { left, right } : { left: -Infinity, right: Infinity }) };
  const seen = [...shown.querySelectorAll(svg ? "text" : "caption, th, td, summary")].filter((text) =>
    text.textContent.trim(),
  );
  const words = seen.map((text) => {
    const box = text.getBoundingClientRect();
    // A box of text has room above and below its letters; a turned one beside them.
    const turn = text instanceof SVGGraphicsElement ? text.getScreenCTM() : null;
    const isTurned = turn !== null && Math.abs(turn.b) > Math.abs(turn.a);
    const [dx, dy] = isTurned ? [box.width * 0.2, 1] : [1, box.height * 0.2];
    return { text, left: box.left + dx, right: box.right - dx, top: box.top + dy, bottom: box.bottom - dy };
  });
  const said = ({ text }: { text: Element }) => `"${text.textContent.slice(0, 40)}"`;
  const problems: string[] = [];
  for (const word of words)
    if (
      word.left < frame.left - 1 ||
      word.right > frame.right + 1 ||
      word.top < frame.top - 1 ||
      word.bottom > frame.bottom + 1
    )
      problems.push(
        `outside: ${said(word)} at ${Math.round(word.left - frame.left)} to ${Math.round(word.right - frame.left)} of ${Math.round(frame.width)}, ` +
          `${Math.round(word.top - frame.top)} to ${Math.round(word.bottom - frame.top)} of ${Math.round(frame.height)}`,
      );
  const sorted = [...words].sort((a, b) => a.top - b.top);
  sorted.forEach((a, i) => {
    for (const b of sorted.slice(i + 1)) {
      if (b.top >= a.bottom) break;
      if (a.left < b.right && b.left < a.right) problems.push(`over another: ${said(a)} and ${said(b)}`);
    }
  });

  type Rgb = readonly [number, number, number];
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  const rgbOf = (color: string): Rgb & { alpha?: number } => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    return Object.assign([r, g, b] as const, { alpha: a / 255 });
  };
  const over = (top: Rgb, share: number, below: Rgb): Rgb =>
    [0, 1, 2].map((i) => top[i] * share + below[i] * (1 - share)) as unknown as Rgb;
  const light = (rgb: Rgb) => {
    const [r, g, b] = rgb.map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: Rgb, b: Rgb) => {
    const [x, y] = [light(a), light(b)];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  };
  for (const style of svg?.querySelectorAll<SVGElement>("*") ?? []) style.style.pointerEvents = "auto";
  for (const word of words.slice(0, 400)) {
    const [x, y] = [(word.left + word.right) / 2, (word.top + word.bottom) / 2];
    const look = getComputedStyle(word.text);
    const size = parseFloat(look.fontSize);
    const isRinged = look.paintOrder.startsWith("stroke") && parseFloat(look.strokeWidth) > 2;
    let below = rgbOf(ground) as Rgb;
    if (!svg) {
      const own = rgbOf(look.backgroundColor);
      below = over(own, own.alpha ?? 1, below);
    }
    const shapes =
      isRinged || !svg
        ? []
        : document
            .elementsFromPoint(x, y)
            .filter((element) => svg.contains(element) && !/^(text|tspan|svg|g)$/.test(element.tagName));
    for (const shape of shapes.reverse()) {
      const { fill, fillOpacity, stroke, strokeOpacity, strokeWidth, opacity } = getComputedStyle(shape);
      const place = new DOMPoint(x, y).matrixTransform((shape as SVGGraphicsElement).getScreenCTM()!.inverse());
      const isIn = (what: "isPointInFill" | "isPointInStroke") => (shape as SVGGeometryElement)[what](place);
      const paints = [
        ...(fill !== "none" && isIn("isPointInFill") ? [[fill, fillOpacity]] : []),
        ...(stroke !== "none" && parseFloat(strokeWidth) >= 4 && isIn("isPointInStroke")
          ? [[stroke, strokeOpacity]]
          : []),
      ];
      for (const [paint, share] of paints) {
        const color = rgbOf(paint);
        below = over(color, (color.alpha ?? 1) * parseFloat(share) * parseFloat(opacity), below);
      }
    }
    const ratio = contrast(
      over(rgbOf(svg ? look.fill : look.color), svg ? parseFloat(look.fillOpacity) : 1, below),
      below,
    );
    if (ratio < (size >= 18.66 ? 3 : 4.5) - 0.02) problems.push(`contrast ${ratio.toFixed(2)}: ${said(word)}`);
  }
  return problems;
}
