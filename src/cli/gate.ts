// `shiplock gate`: the decision about one deployment from a policy and a file of facts, for `why` and for replay. It asks nobody else.

import { readFileSync } from 'node:fs';
import { gateIn } from '../core/gate/facts.ts';
import { readFacts } from '../core/gate/facts-file.ts';
import type { Decision, Verdict } from '../core/gate/finding.ts';
import { decide } from '../core/gate.ts';
import { UsageProblem, type Values } from './arguments.ts';
import { loadPolicy, PolicyProblems } from './policy.ts';
import { EXIT, plain, type Terminal } from './terminal.ts';

export async function run(values: Values, terminal: Terminal): Promise<number> {
  const [file, environment, facts] = ['policy', 'environment', 'facts'].map((name) => values[name]);
  if (typeof file !== 'string') throw new UsageProblem('`gate` needs --policy FILE: the policy whose gate it is.');
  if (typeof environment !== 'string') throw new UsageProblem('`gate` needs --environment ENV: the environment that is to be entered.');
  if (typeof facts !== 'string') throw new UsageProblem('`gate` needs --facts FILE: what was seen, as JSON. `-` reads it from stdin.');
  const policy = await loadPolicy(file, '.');
  const read = readFacts(textOf(facts));
  if (read.problems !== null) throw new PolicyProblems(read.problems.map((one) => `${facts === '-' ? 'stdin' : facts}: ${one}`));
  if (read.facts.environment.toLowerCase() !== environment.toLowerCase()) {
    throw new UsageProblem(
      `The facts in ${facts} are about ${plain(read.facts.environment)}, and --environment asks for ${plain(environment)}.`,
    );
  }
  const decision = decide(gateIn(policy, environment), read.facts);
  terminal.print(values.json === true ? JSON.stringify(decision) : words(decision, environment, terminal));
  return decision.outcome === 'approve' ? EXIT.done : EXIT.no;
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new UsageProblem(
      `The facts ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}). Name others with --facts.`,
    );
  }
}

const OUTCOMES = { approve: ['green', 'open'], wait: ['yellow', 'waits'], reject: ['red', 'stays shut'] } as const;
const COLOURS: Readonly<Record<Verdict, 'green' | 'red' | 'yellow'>> = { met: 'green', unmet: 'red', pending: 'yellow', unknown: 'yellow' };

function words({ outcome, findings, again }: Decision, environment: string, { paint }: Terminal): string {
  const [colour, says] = OUTCOMES[outcome];
  const lines = [paint('bold', paint(colour, `${plain(environment)} ${outcome === 'approve' ? 'is ' : ''}${says}`))];
  const wide = Math.max(...findings.map(({ requirement }) => Math.min(requirement.length, 40)));
  for (const one of findings) {
    const verdict = paint(COLOURS[one.verdict], one.verdict.padEnd(7));
    lines.push(`  ${verdict}  ${plain(one.requirement).padEnd(wide)}  ${plain(one.says)} ${paint('dim', `(${one.code})`)}`);
  }
  if (again !== null) lines.push('', paint('dim', `By the clock alone nothing changes before ${again}.`));
  return lines.join('\n');
}
