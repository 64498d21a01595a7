// `shiplock classify`: changes as JSON lines on stdin, one classification a line on stdout, as they come.

import { createInterface } from 'node:readline';
import type { Classification, Proposal } from '../core/change.ts';
import { classify } from '../core/classify.ts';
import type { Values } from './arguments.ts';
import { loadPolicy } from './policy.ts';
import { readProposal } from './proposal.ts';
import { EXIT, plain, type Terminal } from './terminal.ts';

export async function run(values: Values, terminal: Terminal): Promise<number> {
  const policy = await loadPolicy(typeof values.policy === 'string' ? values.policy : undefined, '.');
  if (terminal.input.isTTY === true) terminal.warn('Reading changes from the keyboard, one JSON object a line; end with Ctrl-D.');
  let number = 0;
  let bad = 0;
  let out: string[] = [];
  const flush = () => {
    if (out.length > 0) terminal.print(out.join('\n'));
    out = [];
  };
  for await (let line of createInterface({ input: terminal.input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (number === 1) line = line.replace(/^\ufeff/, '');
    if (line.trim() === '') continue;
    const read = readProposal(line);
    if (read.problem !== null) {
      bad += 1;
      terminal.warn(`Line ${number}: ${read.problem}`);
      // The answers stay in step with the lines: a line that cannot be read is answered, too.
      if (values.json === true) out.push(JSON.stringify({ error: { line: number, says: read.problem } }));
    } else {
      const result = classify(read.proposal, policy.classify);
      out.push(values.json === true ? JSON.stringify(result) : words(read.proposal, result, terminal));
    }
    if (out.length >= 200) flush();
  }
  flush();
  if (number === 0) terminal.warn('No change was given: pipe JSON lines such as {"title":"fix: x"} to this command.');
  return bad > 0 ? EXIT.usage : EXIT.done;
}

function words(proposal: Proposal, result: Classification, { paint }: Terminal): string {
  const kind = result.status === 'disputed' ? `${result.kind}, disputed` : result.breaking ? 'breaking' : result.kind;
  const what = result.subkind === null ? kind : `${kind} (${result.subkind})`;
  const because = result.because.map((one) => paint('dim', `\n    ${one.source}: ${plain(one.says)}`)).join('');
  return `${paint('bold', what)}  ${result.bump}  ${plain(proposal.title).slice(0, 100)}${because}`;
}
