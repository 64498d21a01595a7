// What GitHub's runner makes of a step's log and files, after actions/runner: ActionCommand.cs, ActionCommandManager.cs and
// FileCommandManager.cs. Wider than the runner where it compares by language, so that nothing it might obey goes unseen.

export interface RunnerCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const KNOWN = new Set([
  ...['add-mask', 'add-matcher', 'add-path', 'debug', 'echo', 'endgroup', 'error', 'group', 'internal-set-repo-path', 'notice'],
  ...['remove-matcher', 'save-state', 'set-env', 'set-output', 'stop-commands', 'warning'],
]);

/** Every command that the runner would obey. */
export function commandsOf(log: string): RunnerCommand[] {
  return log.split(/\r\n|\r|\n/).flatMap((line) => commandOf(line) ?? []);
}

function commandOf(line: string): RunnerCommand | null {
  const seen = line.replace(/\p{Default_Ignorable_Code_Point}/gu, '').replace(/^[\s\x85]+/, '');
  const end = seen.startsWith('::') ? seen.indexOf('::', 2) : -1;
  const modern = end < 0 ? null : parsed(seen.slice(2, end), ',', seen.slice(end + 2));
  if (modern !== null) return modern;
  const start = seen.indexOf('##[');
  const close = start < 0 ? -1 : seen.indexOf(']', start);
  return close < 0 ? null : parsed(seen.slice(start + 3, close), ';', seen.slice(close + 1));
}

function parsed(head: string, separator: string, data: string): RunnerCommand | null {
  const space = head.indexOf(' ');
  const name = (space < 0 ? head : head.slice(0, space)).toLowerCase();
  if (!KNOWN.has(name)) return null;
  const pairs = space < 0 ? [] : head.slice(space + 1).split(separator);
  const properties = pairs.map((pair) => {
    const [key = '', ...value] = pair.trim().split('=');
    return [key, unescaped(value.join('=')).replaceAll('%3A', ':').replaceAll('%2C', ',')] as const;
  });
  return { name, properties: Object.fromEntries(properties), data: unescaped(data) };
}

function unescaped(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

/** What the runner reads from the file behind GITHUB_OUTPUT; throws where it would. */
export function outputsOf(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      outputs[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    const [name, delimiter] = [line.slice(0, heredoc), line.slice(heredoc + 2)];
    if (heredoc < 0 || name === '' || delimiter === '') throw new Error(`Invalid format '${line}'`);
    const end = lines.indexOf(delimiter, at + 1);
    if (end < 0) throw new Error(`Matching delimiter not found '${delimiter}'`);
    outputs[name] = lines.slice(at + 1, end).join('\n');
    at = end;
  }
  return outputs;
}
