// Which deployments owe their coming to an override, by what the record tells of it and GitHub of them.
import { describe, expect, it } from 'vitest';
import { overriddenDeployments, overrideIn } from '../../src/core/metrics/overridden.ts';
import { canonical } from '../../src/core/record.ts';

const at = (minutes: number) => new Date(1_790_000_000_000 + minutes * 60_000).toISOString();
const override = { environment: 'production', sha: 'a', at: at(60), until: at(120) };

describe('a deployment was overridden for', () => {
  it.each<[string, { sha?: string; made: number; succeeded: number | null; environment?: string }, boolean]>([
    ['where it waited for it', { made: 30, succeeded: 61 }, true],
    ['where it began in its time', { made: 119, succeeded: 140 }, true],
    ['whatever the case of the environment', { made: 61, succeeded: 62, environment: 'Production' }, true],
    ['not where it had succeeded before', { made: 30, succeeded: 59 }, false],
    ['not where it began later', { made: 121, succeeded: 130 }, false],
    ['not where it never succeeded', { made: 61, succeeded: null }, false],
    ['not where it is of another commit', { sha: 'b', made: 61, succeeded: 62 }, false],
    ['not where it went elsewhere', { made: 61, succeeded: 62, environment: 'qa' }, false],
  ])('%s', (_, { sha = 'a', made, succeeded, environment = 'production' }, is) => {
    const statuses = succeeded === null ? [] : [{ state: 'success', createdAt: at(succeeded) }];
    expect([...overriddenDeployments([override], environment, [{ id: 7, sha, createdAt: at(made), statuses }])]).toEqual(is ? [7] : []);
  });
});

describe('of an entry of the record', () => {
  const entry = { v: 1, what: 'override', ...override, requirement: 'all', actor: { login: 'boss', id: 1 } };
  it.each<[string, string, object | null]>([
    ['an override is read', canonical(entry), override],
    ['anything else is none', canonical({ ...entry, what: 'approve' }), null],
    ['nor is one that only speaks of it', canonical({ ...entry, what: 'note', reason: '"what":"override"' }), null],
    ['one without its time is none', canonical({ ...entry, until: null }), null],
    ['one that is damaged is none', `${canonical(entry).slice(0, -5)}`, null],
  ])('%s', (_, text, is) => expect(overrideIn(text)).toEqual(is));
});
