// What is recorded: the chain, what it keeps of people, and that a decision follows from what is left.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/core/gate.ts';
import { verifyRecord } from '../../src/core/record/verify.ts';
import { canonical, plainOf, type Sealed } from '../../src/core/record.ts';
import { type RecordedEvent, recordDecision } from '../../src/flows/record/record-decision.ts';
import { gateFacts, gates } from '../support/gate-arbitraries.ts';
import { account, approval, facts, known, NOW, production } from '../support/gate-facts.ts';
import { ADA, chained, exported, HOME, held, REPOSITORY, salts } from '../support/records.ts';

const VERSION = '0.0.0';
const APP = { app: 'shiplock' };

type GateEvent = Extract<RecordedEvent, { what: 'gate' }>;

function gateEvent(gate: GateEvent['gate'], seen: GateEvent['facts']): GateEvent {
  const policy = { sha: 'c'.repeat(40), blob: 'd'.repeat(40) };
  const { environment, sha } = seen;
  return { what: 'gate', at: NOW, home: HOME, actor: APP, environment, sha, gate, facts: seen, decision: decide(gate, seen), policy };
}

const recorded = (event: RecordedEvent): Sealed & { texts?: Record<string, string> } =>
  JSON.parse(recordDecision(REPOSITORY, event, salts()).seal(null).text) as Sealed;

describe('an entry', () => {
  it('is hashed so that anybody can do it over: SHA-256 of the domain, the hash before, and the rest in canonical form', () => {
    const { hash, ...rest } = recorded(held('no'));
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(rest.previous).toBe(sha256('shiplock record v1 genesis\nrepo:7'));
    expect(hash).toBe(sha256(`shiplock record v1 entry\n${rest.previous}\n${canonical(rest)}`));
    expect(rest).toMatchObject({ v: 1, seq: 1, what: 'hold', repository: { key: 'repo:7', name: 'acme/app' }, app: VERSION });
  });

  it('takes its place after the end of the chain, wherever that is when it is written', () => {
    const entry = recordDecision(REPOSITORY, held('no'), salts());
    expect(JSON.parse(entry.seal({ seq: 41, hash: 'f'.repeat(64) }).text)).toMatchObject({ seq: 42, previous: 'f'.repeat(64) });
  });

  it('promises a reason without telling it: the text and its salt are in a note of their own', () => {
    const entry = recordDecision(REPOSITORY, held('Ada’s cat is ill'), salts());
    const { text } = entry.seal(null);
    expect(text).not.toContain('cat');
    const { reason, texts } = JSON.parse(text) as { reason: string; texts: Record<string, string> };
    expect(reason).toBe('{text 1}');
    expect(entry.texts).toEqual([
      { repository: REPOSITORY, kind: 'record-text', name: texts['1'], body: { salt: '1'.padStart(32, '0'), text: 'Ada’s cat is ill' } },
    ]);
    expect(texts['1']).toBe(
      createHash('sha256')
        .update(`shiplock record v1 text\n${'1'.padStart(32, '0')}\nAda’s cat is ill`)
        .digest('hex'),
    );
  });

  it('has a salt of its own each time, which nobody can guess', () => {
    const made = [1, 2].map(() => recordDecision(REPOSITORY, held('no')).texts[0]?.body);
    expect(made).toEqual([1, 2].map(() => ({ salt: expect.stringMatching(/^[0-9a-f]{32}$/), text: 'no' })));
    expect(made[0]).not.toEqual(made[1]);
  });

  it.each([null, '', ' \n', undefined])('has no text where the reason is %j', (reason) => {
    const event: RecordedEvent = {
      what: 'unhold',
      at: NOW,
      home: HOME,
      actor: ADA,
      environment: 'qa',
      ...(reason === undefined ? {} : { reason }),
    };
    const entry = recordDecision(REPOSITORY, event, salts());
    expect(entry.texts).toEqual([]);
    expect(JSON.parse(entry.seal(null).text)).not.toHaveProperty('texts');
  });

  it('can be written whatever its texts are: half a surrogate pair is replaced', () => {
    const verdict = verifyRecord(exported(chained([held('a\ud83d'), held('\ude00b')])), { version: VERSION });
    expect(verdict).toMatchObject({ sound: true, entries: 2, texts: { open: 2, erased: 0 } });
  });
});

describe('a recorded decision', () => {
  const asks = production(
    'after: qa\nrequires:\n  - approvals: { count: 1, from: ["@acme/ops"], except: [author] }\n  - ticket: "\\\\bCHG-\\\\d+\\\\b"',
    'qa:\n  requires: []\n',
  );
  const makers = {
    authors: [account('grace')],
    coauthors: [account('linus')],
    committers: [],
    pushers: [account('grace')],
    unattributed: [{ as: 'committer' as const, name: 'Jane Q. Public' }],
  };
  const seen = facts({
    approvals: known([approval('ada')]),
    teams: { '@acme/ops': known([account('ada'), account('barbara'), account('edsger')]) },
    people: known(makers),
    release: known({
      version: '1.2.0',
      tag: 'v1.2.0',
      kind: 'feature',
      occasion: 'feature',
      texts: [
        { where: 'the notes', text: 'Sorry to all that suffered, and thanks to Jane' },
        { where: '#12', text: 'xCHG-1 does not count; written while ill. CHG-12 does. Call me at 555-1234' },
      ],
    }),
    deployments: { qa: known([]) },
    holds: known([{ by: 'ada', reason: 'my mother is ill', at: NOW }]),
  });

  it('keeps of people’s texts what the ticket’s pattern found, with as much around it as it needs', () => {
    const { facts: kept, decision } = recorded(gateEvent(asks, seen));
    expect(kept?.release).toMatchObject({
      value: {
        texts: [
          { where: 'the notes', text: '' },
          { where: '#12', text: 'CHG-12' },
        ],
      },
    });
    expect(decision?.findings).toContainEqual(expect.objectContaining({ code: 'ticket-found', says: 'CHG-12 is named in #12.' }));
  });

  it('names nobody who has not spoken, and tells no reason and no name that GitHub does not know', () => {
    const text = recordDecision(REPOSITORY, gateEvent(asks, seen), salts()).seal(null).text;
    for (const word of ['barbara', 'edsger', 'grace', 'linus', 'Jane', 'mother', 'Sorry', '555']) expect(text).not.toContain(word);
    expect(text).toContain('@ada holds it: {text 1}');
    expect((JSON.parse(text) as Sealed).facts?.teams).toEqual({ '@acme/ops': known([account('ada')]) });
  });

  it('keeps who made it where that is why somebody’s approval does not count', () => {
    const own = { ...seen, people: known({ ...makers, unattributed: [], authors: [account('ada'), account('grace')] }) };
    const kept = recorded(gateEvent(asks, own));
    expect(kept.facts?.people).toMatchObject({ value: { authors: [account('ada')] } });
    expect(canonical(kept.decision)).toContain('@ada approved too, but is an author.');
  });

  it.each([
    ['where the pattern looks at what stands beside', '\\\\b-\\\\d+', 'a-7', 'a-7'],
    ['where it begins with the text', '^CHG-\\\\d', 'CHG-1 and more', 'CHG-1'],
    ['where less of it would be read otherwise', '^c-x|\\\\b-x', 'aaaaaaaaaabc-x', 'aaaaaabc-x'],
    ['where nothing is found', 'CHG', 'nothing to see', ''],
  ])('is the same %s', (_, pattern, text, left) => {
    const gate = production(`requires:\n  - ticket: "${pattern}"`);
    const release = known({ version: null, tag: null, kind: 'feature', occasion: 'feature', texts: [{ where: '#1', text }] });
    const event = gateEvent(gate, facts({ release }));
    const kept = recorded(event);
    expect(canonical(kept.decision)).toBe(canonical(event.decision));
    expect(kept.facts?.release).toMatchObject({ value: { texts: [{ where: '#1', text: left }] } });
  });

  it('is refused where it does not follow from its facts, which would break the record for good', () => {
    const event = gateEvent(asks, seen);
    expect(() => recordDecision(REPOSITORY, { ...event, decision: { ...event.decision, outcome: 'approve' } })).toThrow(
      'A decision about production does not follow from the facts that it is to be recorded with.',
    );
    expect(() => recordDecision(REPOSITORY, { ...event, sha: 'b'.repeat(40) })).toThrow('another commit');
    expect(() => recordDecision(REPOSITORY, { ...event, environment: 'qa' })).toThrow('another commit');
  });

  it('tells which policy it was made by', () => {
    const gate = production('requires:\n  - approvals: { count: 1 }');
    const event = gateEvent(gate, facts());
    expect(recorded({ ...event, policy: { ...event.policy, text: 'version: 1\n' } }).policy).toEqual({
      commit: 'c'.repeat(40),
      blob: 'd'.repeat(40),
      text: createHash('sha256').update('shiplock record v1 policy\nversion: 1\n').digest('hex'),
      gate: plainOf(gate),
    });
  });
});

describe('any decision', () => {
  // Ten thousand, in parts that are exported and verified on their own.
  it.each(Array.from({ length: 20 }, (_, part) => part))('comes out of its record as it went in (part %i)', { timeout: 60_000 }, (part) => {
    const events: GateEvent[] = [];
    const sampled = fc.sample(fc.tuple(gates, gateFacts), { numRuns: 500, seed: 4_242 + part });
    for (const [gate, seen] of sampled) events.push(gateEvent(gate, { ...seen, environment: 'production' }));
    const file = exported(chained(events));
    const verdict = verifyRecord(file, { version: VERSION });
    expect(verdict.breaks).toEqual([]);
    expect(verdict).toMatchObject({ sound: true, entries: 500, reworded: 0, head: { seq: 500 } });
    const lines = file.split('\n').slice(1, -2);
    for (const [index, event] of events.entries()) {
      const { decision } = JSON.parse(lines[index] as string) as Sealed;
      // With the texts put back it is the decision that was told, word for word.
      expect(withTexts(decision, lines[index] as string)).toBe(canonical(plainOf(event.decision)));
    }
  });
});

function withTexts(decision: unknown, line: string): string {
  const { open = {} } = JSON.parse(line) as { open?: Record<string, { text: string }> };
  return canonical(decision).replace(/\{text (\d+)\}/g, (_, number: string) => open[number]?.text ?? '?');
}
