// Facts as JSON: what is read back, what may be left out, and each problem with its place.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFacts, readFacts } from '../../../src/core/gate/facts-file.ts';
import { gateFacts } from '../../support/gate-arbitraries.ts';
import { approval, check, deployment, facts, known, people, unseen, waiver } from '../../support/gate-facts.ts';

describe('facts', () => {
  it('are read back as they were written, whatever they are', () => {
    fc.assert(
      fc.property(gateFacts, (one) => {
        expect(readFacts(JSON.stringify(one))).toEqual({ facts: one, problems: null });
      }),
    );
  });

  it('may leave out what says nothing, and nothing else', () => {
    const { app: _, appId: __, id: ___, startedAt: ____, completedAt: _____, suite: ______, ...bare } = check('test');
    expect(checkFacts(facts({ checks: known([bare as ReturnType<typeof check>]) }))).toMatchObject({
      problems: null,
      facts: { checks: { value: [{ ...bare, app: null, appId: null, id: null, startedAt: null, completedAt: null, suite: null }] } },
    });
  });

  it.each<[string, object, string]>([
    ['a state', { checks: known([{ ...check('test'), state: undefined }]) }, 'checks.value[0].state: is missing'],
    ['the authors', { people: known({ committers: [], coauthors: [], unattributed: [] }) }, 'people.value.authors: is missing'],
    [
      'who GitHub does not know',
      { people: known({ authors: [], committers: [], coauthors: [] }) },
      'people.value.unattributed: is missing',
    ],
    ['whether it is a bot', { approvals: known([{ ...approval('ada'), bot: undefined }]) }, 'approvals.value[0].bot: is missing'],
    ['a role', { approvals: known([{ ...approval('ada'), role: 'write' }]) }, 'approvals.value[0].role: must be a map, and is "write"'],
    ['an end of a waiver', { waivers: known([{ ...waiver(), until: null }]) }, 'waivers.value[0].until: must be a text, and is null'],
    ['whether it is known', { holds: { value: [] } }, 'holds.known: is missing'],
    [
      'whether that is known',
      { holds: { known: 'yes', value: [] } },
      'holds.known: must be { "known": true, "value": … } or { "known": false, "why": "…" }',
    ],
    ['why it is not known', { holds: { known: false } }, 'holds.why: is missing'],
    ['a list', { checks: known('none') }, 'checks.value: must be a list, and is "none"'],
    ['a whole number', { run: { id: 1.5, attempt: 1, event: 'push' } }, 'run.id: must be a whole number, and is 1.5'],
    ['a full SHA', { sha: 'main' }, 'sha: must be the full SHA of a commit, in lower case, and is "main"'],
    ['an environment', { environment: '' }, 'environment: must not be empty, and is ""'],
    ['a time', { now: undefined }, 'now: is missing'],
    [
      'what is a known word',
      { checks: known([{ ...check('test'), kind: 'chick' }]) },
      'checks.value[0].kind: must be check or status, and is "chick"',
    ],
    [
      'true or false',
      { approvals: known([{ ...approval('ada'), bot: 'no' }]) },
      'approvals.value[0].bot: must be true or false, and is "no"',
    ],
    ['nothing that is not known here', { peple: {} }, 'peple: is no fact that is known here'],
    [
      'nothing further in that is not known',
      { run: { id: 1, attempt: 1, event: 'push', by: 'ada' } },
      'run.by: is no fact that is known here',
    ],
    ['a SHA alone', { sha: `${'a'.repeat(40)} ` }, `sha: must be the full SHA of a commit, in lower case, and is "${'a'.repeat(40)} "`],
    [
      'a SHA from its beginning',
      { sha: ` ${'a'.repeat(40)}` },
      `sha: must be the full SHA of a commit, in lower case, and is " ${'a'.repeat(40)}"`,
    ],
    ['a SHA of either length', { sha: 'a'.repeat(41) }, `sha: must be the full SHA of a commit, in lower case, and is "${'a'.repeat(41)}"`],
    [
      'no more than is worth showing',
      { sha: 'x'.repeat(200) },
      `sha: must be the full SHA of a commit, in lower case, and is "${'x'.repeat(59)}`,
    ],
    ['a map of teams', { teams: [] }, 'teams: must be a map, and is a list'],
    [
      'a deployment',
      { deployments: { qa: known([{ ...deployment(null), sha: {} }]) } },
      'deployments.qa.value[0].sha: must be a text, and is a map',
    ],
  ])('must tell %s', (_, more, says) => {
    expect(checkFacts({ ...facts(), ...more })).toEqual({ facts: null, problems: [says] });
  });

  it('may be of a commit with a longer SHA', () => {
    expect(checkFacts(facts({ sha: 'a'.repeat(64) })).problems).toBeNull();
    expect(checkFacts(facts({ sha: 'g'.repeat(64) })).problems).not.toBeNull();
  });

  it('are JSON', () => {
    expect(readFacts('{').problems).toEqual([expect.stringMatching(/^not JSON: ./)]);
    expect(readFacts('{}\ufeff').problems).toEqual([expect.stringMatching(/^not JSON: ./)]);
    expect(readFacts(`${'x'.repeat(500)}`).problems?.[0]?.length).toBeLessThan(220);
  });

  it('are a map', () => {
    expect(readFacts('[]').problems).toEqual(['must be a map, and is a list']);
    expect(readFacts('null').problems).toEqual(['must be a map, and is null']);
    expect(readFacts('\ufeff{}').problems).toEqual(['now: is missing', 'environment: is missing', 'sha: is missing']);
  });

  it('are told what is wrong with them up to a limit', () => {
    const problems = (length: number) =>
      checkFacts(facts({ checks: known(Array.from({ length }, () => ({ name: 'test', kind: 'check' })) as never) })).problems;
    expect(problems(50)).toHaveLength(31);
    expect(problems(50)?.at(-1)).toBe('and 20 more');
    expect(problems(30)).toHaveLength(30);
    expect(problems(30)?.at(-1)).toBe('checks.value[29].state: is missing');
  });

  it('that could not be seen need only say so', () => {
    expect(checkFacts(facts({ checks: unseen(), people: people() })).problems).toBeNull();
  });
});
