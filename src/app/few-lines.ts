// Keeps what strangers can cause from filling the log: a few lines of each kind in a while, then how many more there were.

/** Writes the line, or counts it. */
export type FewLines = (kind: string, write: () => void) => void;

export function makeFewLines(options: {
  readonly most: number;
  readonly everyMs: number;
  readonly now: () => number;
  /** Told, with the next line after the while is over, of those that were left out. */
  readonly left: (kind: string, count: number) => void;
}): FewLines {
  const { most, everyMs, now, left } = options;
  const windows = new Map<string, { since: number; lines: number }>();
  return (kind, write) => {
    let window = windows.get(kind);
    if (window === undefined || now() - window.since >= everyMs) {
      if (window !== undefined && window.lines > most) left(kind, window.lines - most);
      window = { since: now(), lines: 0 };
      windows.set(kind, window);
    }
    window.lines += 1;
    if (window.lines <= most) write();
  };
}
