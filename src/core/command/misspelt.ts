// Whether a word is a misspelt command: nearer than for the keys of a policy, since repositories share `/words` with other bots, who say
// `/retest` and `/rebase` every day.

/** The known word that is one edit away, or two for long ones; null: it is somebody else's. */
export function meantBy(word: string, known: readonly string[]): string | null {
  const lower = word.toLowerCase();
  for (const edits of [0, 1, 2]) {
    const found = known.find((name) => edits <= mostEdits(Math.min(lower.length, name.length)) && within(lower, name, edits));
    if (found !== undefined) return found;
  }
  return null;
}

function mostEdits(length: number): number {
  return length < 7 ? 1 : 2;
}

/** Whether one becomes the other by so many insertions, removals, replacements and swaps of neighbours. */
function within(one: string, other: string, edits: number): boolean {
  if (Math.abs(one.length - other.length) > edits) return false;
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  if (same === one.length && same === other.length) return true;
  if (edits === 0) return false;
  const [a, b] = [one.slice(same), other.slice(same)];
  return (
    within(a.slice(1), b, edits - 1) ||
    within(a, b.slice(1), edits - 1) ||
    within(a.slice(1), b.slice(1), edits - 1) ||
    (a.length > 1 && a[0] === b[1] && a[1] === b[0] && within(a.slice(2), b.slice(2), edits - 1))
  );
}
