// "Did you mean": the one of a few known words that a misspelt word most likely stands for.

/** The known word nearest to `word`, without regard to case; null where none is near enough to be worth offering. */
export function nearest(word: string, known: readonly string[]): string | null {
  const wanted = word.toLowerCase();
  let best: string | null = null;
  let least = wanted.length <= 4 ? 1 : wanted.length <= 8 ? 2 : 3;
  for (const candidate of known) {
    const lower = candidate.toLowerCase();
    if (lower === wanted) return candidate;
    if (Math.abs(lower.length - wanted.length) > least) continue;
    const steps = distance(wanted, lower);
    if (steps > least || (steps === least && best !== null)) continue;
    // A word of which nothing is left is another word: `ci` is not a misspelt `qa`.
    if (steps >= Math.min(wanted.length, lower.length)) continue;
    best = candidate;
    least = steps;
  }
  return best ?? known.find((candidate) => wanted.length >= 3 && candidate.toLowerCase().startsWith(wanted)) ?? null;
}

/** Edits from one word to the other: insert, delete, replace, and swap of neighbours (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let steps = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) steps = Math.min(steps, (before[j - 2] ?? 0) + 1);
      row.push(steps);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
