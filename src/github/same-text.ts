// Whether GitHub holds the text that was written: it may write line ends its own way, and trim.

export function isSameText(one: string | null | undefined, other: string | null | undefined): boolean {
  return plain(one) === plain(other);
}

function plain(text: string | null | undefined): string {
  return (text ?? '').replaceAll('\r\n', '\n').trim();
}
