// Whose word that a deployment succeeded is believed, and what is left of one without the words that are not.
import { describe, expect, it } from 'vitest';
import { believedPart, byHandOf, isBelieved, type Poster } from '../../src/core/deployer.ts';

const job: Poster = { login: 'mona', id: 1, app: 'github-actions' };
const eve: Poster = { login: 'Eve', id: 2, app: null };
const said = (state: string, by?: Poster | null) => ({ state, ...(by === undefined ? {} : { by }) });
const course = (...statuses: readonly ReturnType<typeof said>[]) => ({ state: statuses.at(-1)?.state ?? 'pending', statuses });

describe('a word on a deployment', () => {
  it.each<[string, Poster | null | undefined, readonly string[], boolean]>([
    ['an App’s', { login: 'vercel[bot]', id: 3, app: 'vercel' }, [], true],
    ['a job’s', job, [], true],
    ['a person’s', eve, [], false],
    ['a person’s, where another is named', eve, ['jenkins-bot'], false],
    ['an account’s that is named, in other letters', eve, ['jenkins-bot', 'eVE'], true],
    ['nobody’s who is known', null, ['eve'], false],
    ['of whom nobody looked for', undefined, [], true],
  ])('%s', (_, by, deployers, believed) => {
    expect(isBelieved(by, deployers)).toBe(believed);
  });
});

describe('what is believed of a deployment', () => {
  it('is all of it where nothing was posted by hand', () => {
    const whole = course(said('in_progress', eve), said('success', job), said('inactive', eve));
    expect(believedPart(whole, [])).toBe(whole);
    expect(byHandOf(whole, [])).toBeUndefined();
  });

  it.each<[string, ReturnType<typeof course>, string, readonly string[]]>([
    ['a success by hand after a failure', course(said('failure', job), said('success', eve)), 'failure', ['failure']],
    ['a success by hand alone', course(said('success', eve)), 'by-hand', []],
    ['a success by hand before the job’s', course(said('success', eve), said('success', job)), 'success', ['success']],
    ['an end by hand', course(said('success', job), said('failure', eve)), 'failure', ['success', 'failure']],
  ])('%s', (_, told, state, left) => {
    const part = believedPart(told, []);
    expect([part.state, part.statuses.map((one) => one.state)]).toEqual([state, left]);
  });

  it('tells who posted the last of the others', () => {
    expect(byHandOf(course(said('success', eve)), [])).toBe(eve);
    expect(byHandOf(course(said('success', eve)), ['eve'])).toBeUndefined();
    expect(byHandOf(course(said('success', eve), said('success', null)), [])).toBeNull();
  });
});
