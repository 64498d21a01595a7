// A value that was looked for: what it is, or why it could not be seen.

/** Known, or why not: never an empty list where there was no answer. */
export type Observed<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly why: string };
