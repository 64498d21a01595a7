// Messages that a stranger could send to make a parser stall: one shape each, of any length, as a title or as a body.

const SHAPES: Readonly<Record<string, string>> = {
  'one word': 'a',
  spaces: ' ',
  tabs: '\t',
  dots: '.',
  hashes: '#',
  digits: '1',
  'opening parentheses': '(',
  'closing parentheses': ')',
  'paired parentheses': '()',
  mentions: '@a ',
  'bare at signs': '@',
  'opening brackets': '[',
  'links in the making': '[a](',
  backticks: '`',
  backslashes: '\\',
  colons: ':',
  'exclamation marks': '!',
  'words and colons': 'a: ',
  stars: '*',
  hyphens: '-',
  angles: '<',
  'HTML comments': '<!--',
  'BREAKING CHANGE': 'BREAKING CHANGE',
  'breaking footers': 'BREAKING CHANGE: a\n',
  newlines: '\n',
  'carriage returns': '\r\n',
  'pull requests': '(#1)',
  references: 'closes #1, ',
  trailers: 'Co-authored-by: a <a@b>\n',
  'typed lines': '* feat: a\n',
  'types without end': 'feat(a',
  emoji: '🚀',
};

export const SHAPE_NAMES = Object.keys(SHAPES);

export interface HostileMessage {
  readonly title: string;
  readonly body: string;
}

export function hostileMessage(shape: string, where: 'title' | 'body', length: number): HostileMessage {
  const unit = SHAPES[shape];
  if (unit === undefined) throw new Error(`No hostile message is shaped "${shape}".`);
  const text = unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
  // A title is what stands before the first newline; with its own type, so that no reader gives up on it early.
  return where === 'title' ? { title: `fix: ${text.replaceAll(/[\r\n]/g, ' ')}`, body: '' } : { title: 'fix: a', body: text };
}
