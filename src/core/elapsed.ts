// A duration as people say it, in its two largest units: `2d 4h`, `35m`, `40s`.

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** Rounded to the smaller of the two units. */
export function elapsedText(seconds: number): string {
  const at = Math.max(
    UNITS.findIndex(([, size]) => Math.round(seconds) >= size),
    0,
  );
  const largest = Math.round(seconds) < 1 ? UNITS[3] : (UNITS[at] ?? UNITS[3]);
  const smaller = UNITS[UNITS.indexOf(largest) + 1];
  if (smaller === undefined) return `${Math.round(seconds)}s`;
  const whole = Math.round(seconds / smaller[1]);
  const ratio = largest[1] / smaller[1];
  const [first, rest] = [Math.floor(whole / ratio), whole % ratio];
  return rest === 0 ? `${first}${largest[0]}` : `${first}${largest[0]} ${rest}${smaller[0]}`;
}
