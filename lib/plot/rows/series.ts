/** One point of a drawn line. A y that is not finite leaves a gap. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Moving average over about `window` points, centred, so that it lies in the middle of a falling curve and not behind it.
 *  Near an end the window narrows on both sides, to no less than 4 points back. Values that are not finite are left out, and leave gaps. */
export function movingAverage(points: readonly Point[], window: number): Point[] {
  const reach = Math.floor(window / 2);
  const sums = new Float64Array(points.length + 1); // running sums, so that the cost does not depend on the window
  const counts = new Int32Array(points.length + 1);
  points.forEach(({ y }, i) => {
    sums[i + 1] = sums[i] + (Number.isFinite(y) ? y : 0);
    counts[i + 1] = counts[i] + (Number.isFinite(y) ? 1 : 0);
  });
  return points.map(({ x, y }, i) => {
    if (!Number.isFinite(y)) return { x, y: NaN };
    const after = points.length - 1 - i;
    const from = i - Math.min(reach, i, Math.max(after, 4));
    const to = i + Math.min(reach, i, after);
    return { x, y: (sums[to + 1] - sums[from]) / (counts[to + 1] - counts[from]) };
  });
}

/** What the runs of one name have at one step: a number from each. */
export interface AtStep {
  readonly x: number;
  readonly ys: readonly number[];
}

/** The steps that all runs have, with the numbers of all of them: a mean that some runs leave before it ends would jump there. Where runs
 *  share no step, all steps, each with the runs that have it. */
export function acrossRuns(runs: readonly (readonly Point[])[]): AtStep[] {
  const steps = new Map<number, number[]>();
  for (const { x, y } of runs.flat()) {
    const own = steps.get(x);
    if (own) own.push(y);
    else steps.set(x, [y]);
  }
  const all = [...steps].map(([x, ys]): AtStep => ({ x, ys })).sort((a, b) => a.x - b.x);
  const shared = all.filter(({ ys }) => ys.length === runs.length);
  return shared.length > 0 ? shared : all;
}

/** What was left out by `acrossRuns`, for the subtitle. */
export const unsharedNote = (runs: readonly (readonly Point[])[], shared: readonly AtStep[]): string => {
  const steps = new Set(runs.flat().map(({ x }) => x));
  return shared.length < steps.size ? "means: over the steps that all runs have" : "";
};

/** The first point of each stretch without numbers, at the height of the last number before it; NaN where there is none. */
export function breaks(points: readonly Point[]): Point[] {
  let height = NaN;
  return points.flatMap((point, i) => {
    if (Number.isFinite(point.y)) height = point.y;
    const starts = !Number.isFinite(point.y) && (i === 0 || Number.isFinite(points[i - 1].y));
    return starts ? [{ x: point.x, y: height }] : [];
  });
}

/** Points whose neighbors on both sides are missing or no numbers. */
export const lone = (points: readonly Point[]): Point[] =>
  points.filter(
    ({ y }, i) => Number.isFinite(y) && ![points[i - 1], points[i + 1]].some((next) => Number.isFinite(next?.y)),
  );

/** At most about `limit` points: each bucket of neighbors keeps its lowest and its highest, so that no spike is lost.
 *  The first and last point stay. A bucket with a gap stays a gap. */
export function thin(points: readonly Point[], limit: number): Point[] {
  if (points.length <= limit) return [...points];
  const size = Math.ceil((2 * points.length) / limit);
  const kept: Point[] = [points[0]];
  for (let start = 1; start < points.length - 1; start += size) {
    const bucket = points.slice(start, Math.min(start + size, points.length - 1));
    const gap = bucket.find(({ y }) => !Number.isFinite(y));
    const finite = bucket.filter(({ y }) => Number.isFinite(y));
    const low = finite.reduce<Point | undefined>(
      (least, point) => (least && least.y <= point.y ? least : point),
      undefined,
    );
    const high = finite.reduce<Point | undefined>(
      (most, point) => (most && most.y > point.y ? most : point),
      undefined,
    );
    const ends = new Set([low, high, gap].filter((point) => point !== undefined));
    kept.push(...[...ends].sort((a, b) => a.x - b.x));
  }
  kept.push(points[points.length - 1]);
  return kept;
}

/** At most `limit` of them, evenly spaced, with the first and the last: of points, for lines that are smooth already. */
export function sample<T>(points: readonly T[], limit: number): T[] {
  if (points.length <= limit) return [...points];
  return Array.from({ length: limit }, (_, i) => points[Math.round((i * (points.length - 1)) / (limit - 1))]);
}
