// Reading a record back: whatever is changed in it is found, and told with its line; what was erased as it may be is no break.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { lineSplitter, readLines } from '../../src/cli/lines.ts';
import { decide } from '../../src/core/gate.ts';
import { recordVerifier, type Verified, verifyRecord } from '../../src/core/record/verify.ts';
import { canonical, entryHash, type Sealed } from '../../src/core/record.ts';
import type { RecordedEvent } from '../../src/flows/record/record-decision.ts';
import { gateFacts, gates } from '../support/gate-arbitraries.ts';
import { approval, known, NOW, production, SHA } from '../support/gate-facts.ts';
import { newFolder, removeRepositories } from '../support/git.ts';
import { ADA, type Chained, chained, decided, exported, HOME, REPOSITORY } from '../support/records.ts';

afterAll(removeRepositories);

const VERSION = '0.0.0';
const verify = (text: string, witness?: string): Verified => verifyRecord(text, { version: VERSION, witness });

const word = (reason: string | null): RecordedEvent => ({
  what: 'approve',
  at: '2026-11-23T11:00:00Z',
  home: HOME,
  actor: ADA,
  environment: 'production',
  sha: SHA,
  comment: 12,
  reason,
});

const story = chained([decided(0), word('looks good – ñ 🚢'), decided(1)]);
const file = exported(story);

/** As if somebody had written the entry so: with hashes that are right, from there on to the end. */
function forged(from: Chained, at: number, change: (entry: Sealed) => object): Chained {
  let previous = '';
  const lines = from.lines.map((line, index) => {
    const { hash: _, open, ...entry } = JSON.parse(line) as Sealed & { open?: unknown };
    const changed = { ...(index === at ? change(entry as Sealed) : entry), ...(previous === '' ? {} : { previous }) } as Sealed;
    previous = entryHash(changed);
    return canonical({ ...changed, hash: previous, ...(open === undefined ? {} : { open }) });
  });
  return { lines, head: from.head === null ? null : { seq: from.head.seq, hash: previous } };
}

describe('a record as it was written', () => {
  it('is sound, and its outcomes are counted', () => {
    expect(verify(file)).toEqual({
      sound: true,
      breaks: [],
      broken: 0,
      repository: { key: REPOSITORY, name: 'acme/app' },
      part: 'whole',
      entries: 3,
      from: NOW,
      to: NOW,
      decisions: { production: { approve: 1, reject: 0, wait: 1 } },
      texts: { open: 1, erased: 0 },
      reworded: 0,
      head: story.head,
    });
  });

  it('may have no entry', () => {
    expect(verify(exported(chained([])))).toMatchObject({ sound: true, entries: 0, head: null, from: null });
  });

  it('stays sound where a text was erased with its salt', () => {
    const { open: _, ...entry } = JSON.parse(story.lines[1] as string) as { open: unknown };
    const lines = story.lines.map((line, index) => (index === 1 ? canonical(entry) : line));
    expect(verify(exported({ ...story, lines }))).toMatchObject({ sound: true, texts: { open: 0, erased: 1 } });
  });

  it('may be an excerpt, which says so', () => {
    const lines = [story.lines[0], story.lines[2]] as string[];
    expect(verify(exported({ ...story, lines }, 'excerpt'))).toMatchObject({ sound: true, part: 'excerpt', entries: 2 });
    expect(verify(exported({ ...story, lines }))).toMatchObject({
      breaks: [{ line: 3, seq: 3, says: 'it is entry 3, and entry 2 is missing before it' }],
    });
  });

  it('has the hash that GitHub was told, or it is another record', () => {
    const hash = (JSON.parse(story.lines[1] as string) as Sealed).hash;
    expect(verify(file, hash.slice(0, 12))).toMatchObject({ sound: true, witness: { seq: 2, hash } });
    expect(verify(file, 'f'.repeat(12))).toMatchObject({
      sound: false,
      witness: null,
      breaks: [{ line: null, says: 'no entry has the hash ffffffffffff' }],
    });
  });
});

describe('a byte that is not as it was', () => {
  const bytes = Buffer.from(file);

  /** As the command reads a file. */
  function verifyBytes(changed: Uint8Array): Verified {
    const verifier = recordVerifier({ version: VERSION });
    const splitter = lineSplitter(verifier.line);
    splitter.add(Buffer.from(changed));
    return verifier.end(splitter.end());
  }

  it('is found wherever it is, and whichever bit of it', { timeout: 60_000 }, () => {
    const unseen: number[] = [];
    for (let at = 0; at < bytes.length; at += 1) {
      for (const bit of [1, 2, 32, 128]) {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] as number) ^ bit;
        if (verifyBytes(changed).sound) unseen.push(at);
      }
    }
    expect(bytes.length).toBeGreaterThan(3_000);
    expect(unseen).toEqual([]);
  });

  it('is found where it is lost or added', { timeout: 60_000 }, () => {
    const unseen: number[] = [];
    for (let at = 0; at < bytes.length; at += 1) {
      if (verifyBytes(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])).sound) unseen.push(at);
      for (const added of [' ', '\n', '0']) {
        if (verifyBytes(Buffer.concat([bytes.subarray(0, at), Buffer.from(added), bytes.subarray(at)])).sound) unseen.push(at);
      }
    }
    expect(unseen).toEqual([]);
  });

  it('is found wherever the end is cut off', { timeout: 60_000 }, () => {
    const unseen = Array.from(bytes.keys()).filter((length) => verifyBytes(bytes.subarray(0, length)).sound);
    expect(unseen).toEqual([]);
  });

  it('is found in any record, however long', { timeout: 60_000 }, () => {
    const events = fc.array(fc.oneof(fc.tuple(gates, gateFacts), fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(events, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, where, flip) => {
        const record = exported(
          chained(
            all.map((one) => {
              if (typeof one === 'string') return word(one);
              const seen = { ...one[1], environment: 'production' };
              return {
                ...(decided(0) as Extract<RecordedEvent, { what: 'gate' }>),
                gate: one[0],
                facts: seen,
                decision: decide(one[0], seen),
              };
            }),
          ),
        );
        const changed = Uint8Array.from(Buffer.from(record));
        expect(verifyBytes(changed).breaks).toEqual([]);
        const at = where % changed.length;
        changed[at] = (changed[at] as number) ^ flip;
        expect(verifyBytes(changed).sound).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('is found in a file, whose lines are read in pieces', async () => {
    const path = join(newFolder(), 'record.jsonl');
    const long = exported(chained(Array.from({ length: 60 }, (_, index) => word('🚢'.repeat(index * 100)))));
    for (const [text, sound] of [
      [long, true],
      [long.replace('🚢', '🚀'), false],
      [long.slice(0, -1), false],
      [`\ufeff${long}`, false],
    ] as const) {
      writeFileSync(path, text);
      const verifier = recordVerifier({ version: VERSION });
      const closed = await readLines(path, verifier.line);
      expect(verifier.end(closed).sound).toBe(sound);
    }
  });
});

describe('what else can be wrong', () => {
  const lines = file.trimEnd().split('\n');
  const changedAt = (line: number, change: (text: string) => string) =>
    `${lines.map((text, index) => (index === line - 1 ? change(text) : text)).join('\n')}\n`;

  it.each<[string, string, string]>([
    ['nothing', '', 'The file: it is empty, which no exported record is'],
    ['a picture', '\u0089PNG', 'Line 1: it does not begin as an exported record does'],
    ['a blank', changedAt(2, (text) => text.replace(',', ', ')), 'Line 2: it is not written in the canonical form (RFC 8785)'],
    [
      'a key twice',
      changedAt(2, (text) => text.replace('{', '{"actor":{"app":"x"},')),
      'Line 2: it is not written in the canonical form (RFC 8785)',
    ],
    [
      'a number written otherwise',
      changedAt(3, (text) => text.replace('"comment":12', '"comment":12.0')),
      'Line 3: it is not written in the canonical form (RFC 8785)',
    ],
    ['an escape', changedAt(3, (text) => text.replace('acme', '\\u0061cme')), 'Line 3: it is not written in the canonical form (RFC 8785)'],
    [
      'half a pair of surrogates',
      changedAt(3, (text) => text.replace('acme', '\\ud800')),
      'Line 3: it is not written in the canonical form (RFC 8785)',
    ],
    [
      'another word',
      changedAt(3, (text) => text.replace('"ada"', '"bob"')),
      'Line 3 (entry 2): its hash is not that of what it says: something in it was changed',
    ],
    [
      'another reason',
      changedAt(3, (text) => text.replace('looks', 'smells')),
      'Line 3 (entry 2): text 1 is not the one that the entry was written with',
    ],
    [
      'another time',
      changedAt(2, (text) => text.replace(`"at":"${NOW}"`, '"at":"yesterday"')),
      'Line 2: it is no entry: at is not there, or of no use',
    ],
    [
      'a version to come',
      changedAt(2, (text) => text.replace('"v":1', '"v":2')),
      'Line 2: it is no entry of a version that is known here: look with the Shiplock that wrote it, or a newer one',
    ],
    [
      'two lines in another order',
      `${[lines[0], lines[2], lines[1], lines[3], lines[4]].join('\n')}\n`,
      'Line 2 (entry 2): it is entry 2, and entry 1 is missing before it',
    ],
    [
      'a line twice',
      `${[...lines.slice(0, 3), ...lines.slice(2)].join('\n')}\n`,
      'Line 4 (entry 2): it is entry 2, after entry 2: entries are doubled, or in another order',
    ],
    [
      'no end',
      `${lines.slice(0, 4).join('\n')}\n`,
      'The file: its last line is missing, the one that says that nothing is: its end was cut off',
    ],
    ['something after the end', `${file}${lines[2]}\n`, 'Line 6: it stands after the end of the record'],
    [
      'the last entry lost',
      exported({ ...story, lines: story.lines.slice(0, 2) }),
      `The file: it ends with record 2 · ${(JSON.parse(lines[2] as string) as Sealed).hash.slice(0, 12)}, and its first line says that it ends with record 3 · ${story.head?.hash.slice(0, 12)}`,
    ],
    [
      'another repository’s entries',
      exported(story, 'whole', 'repo:8'),
      'Line 2 (entry 1): it is an entry of repo:7, and this is the record of repo:8',
    ],
    [
      'an entry moved there with its chain',
      exported(
        forged(story, 0, (entry) => ({ ...entry, repository: { ...entry.repository, key: 'repo:8' } })),
        'whole',
        'repo:8',
      ),
      'Line 2 (entry 1): it does not follow from the beginning of its repository’s record',
    ],
    [
      'no facts',
      exported(forged(story, 2, ({ facts: _, ...entry }) => entry)),
      'Line 4 (entry 3): it tells a decision without its facts, or its gate',
    ],
    [
      'no decision',
      exported(forged(story, 2, ({ decision: _, ...entry }) => entry)),
      'Line 4 (entry 3): it tells a decision without its facts, or its gate',
    ],
    [
      'another commit',
      exported(forged(story, 2, (entry) => ({ ...entry, sha: 'b'.repeat(40) }))),
      'Line 4 (entry 3): its facts are those of another commit, or of another environment',
    ],
    [
      'facts that are none',
      exported(forged(story, 2, (entry) => ({ ...entry, facts: { ...entry.facts, holds: 5 } }))),
      'Line 4 (entry 3): its decision does not follow from its facts: this version decides wait, and it says approve',
    ],
    [
      'no reason promised',
      exported(forged(story, 1, ({ texts: _, ...entry }) => entry)),
      'Line 3 (entry 2): text 1 is not the one that the entry was written with',
    ],
    [
      'a promise that is none',
      exported(forged(story, 1, (entry) => ({ ...entry, texts: { '1': 'cat' } }))),
      'Line 3 (entry 2): its commitments to texts cannot be read',
    ],
  ])('%s is told', (_, text, says) => {
    const { sound, breaks } = verify(text);
    const told = breaks.map(
      (one) => `${one.line === null ? 'The file' : `Line ${one.line}${one.seq === null ? '' : ` (entry ${one.seq})`}`}: ${one.says}`,
    );
    expect(sound).toBe(false);
    expect(told[0]).toBe(says);
  });

  it('a decision that does not follow from its facts is found, though every hash is right', () => {
    const lie = forged(story, 0, (entry) => ({ ...entry, decision: { ...entry.decision, outcome: 'approve' } }));
    expect(verify(exported(lie)).breaks).toEqual([
      {
        line: 2,
        seq: 1,
        code: 'decision',
        says: 'its decision does not follow from its facts: this version decides wait, and it says approve',
      },
    ]);
  });

  it.each([
    ['findings', 'decision', (entry: Sealed) => ({ ...entry, decision: { ...entry.decision, findings: [] } })],
    ['words', 'words', (entry: Sealed) => ({ ...entry, decision: { ...entry.decision, again: NOW } })],
    ['facts', 'decision', (entry: Sealed) => ({ ...entry, facts: { ...entry.facts, approvals: known([approval('ada', 'reject')]) } })],
    ['rules', 'decision', (entry: Sealed) => ({ ...entry, policy: { ...entry.policy, gate: production('hold: no') } })],
  ])('so is one whose %s are others', (_, code, change) => {
    const { sound, breaks } = verify(exported(forged(story, 0, change)));
    expect(sound).toBe(false);
    expect(breaks).toMatchObject([{ line: 2, code }]);
  });

  it('another version may have said it in other words, and not have decided otherwise', () => {
    const older = (outcome: string) =>
      forged(story, 0, (entry) => ({
        ...entry,
        app: '0.0.0-before',
        decision: { ...entry.decision, outcome, findings: entry.decision?.findings.map((one) => ({ ...one, says: 'Not yet.' })) },
      }));
    expect(verify(exported(older('wait')))).toMatchObject({ sound: true, reworded: 1 });
    expect(verify(exported(older('approve')))).toMatchObject({
      sound: false,
      breaks: [{ code: 'other-version', says: expect.stringContaining('(it was decided by Shiplock 0.0.0-before)') }],
    });
  });

  it('tells every break, and goes on after each', () => {
    const text = lines.map((line, index) => (index === 1 ? '{' : index === 3 ? line.replace('shiplock', 'shipluck') : line)).join('\n');
    expect(verify(`${text}\n`).breaks.map(({ line, code }) => [line, code])).toEqual([
      [2, 'form'],
      [3, 'order'],
      [4, 'hash'],
      [5, 'file'],
    ]);
  });

  it('tells a thousand breaks at most, and counts them all', () => {
    expect(verify('{}\n'.repeat(5_000))).toMatchObject({ broken: 5_001, breaks: { length: 1_000 }, entries: 4_999 });
  });

  it('gives an answer to any text, and never a sound one by chance', () => {
    const jsons = fc.json({ maxDepth: 3 });
    const almost = fc.tuple(fc.constantFrom(...story.lines), fc.jsonValue()).map(([line, value]) => {
      const entry = JSON.parse(line) as Record<string, unknown>;
      return canonical(
        Object.fromEntries(Object.entries(entry).map(([key, one], at) => [key, at % 3 === 0 ? JSON.parse(JSON.stringify(value)) : one])),
      );
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), jsons, almost, fc.constantFrom(...lines)), { maxLength: 6 }), (some) => {
        expect(verify(some.join('\n')).sound).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('gives an answer to facts of any form', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('now', 'approvals', 'holds', 'checks', 'release', 'people', 'waivers'), fc.jsonValue()),
        (odd) => {
          const more = JSON.parse(JSON.stringify(odd)) as object;
          const { head } = verify(exported(forged(story, 0, (entry) => ({ ...entry, facts: { ...entry.facts, ...more } }))));
          expect(head?.seq).toBe(3);
        },
      ),
      { numRuns: 300 },
    );
  });
});

it('digests a file as anybody can: SHA-256 of the domain and all lines but the last', () => {
  const all = file.split('\n');
  const before = all.slice(0, -2);
  const digest = createHash('sha256')
    .update(`shiplock record v1 file\n${before.map((line) => `${line}\n`).join('')}`)
    .digest('hex');
  expect(JSON.parse(all.at(-2) as string)).toEqual({ digest, lines: before.length });
});
