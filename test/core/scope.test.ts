// What a release waits for by people's word: labels and milestones, and which of them are about this release.

import { describe, expect, it } from 'vitest';
import { isScopeObjection, type ReleaseScope, type ScopeItem, scopeObjections } from '../../src/core/scope.ts';

const RELEASE = { branch: 'main', version: '1.3.0', tag: 'app-1.3.0' };
const NOTHING: ReleaseScope = { blockers: [], unread: 0, milestones: [], moreMilestones: false };

function issue(number: number, milestone: string | null = null): ScopeItem {
  return { number, milestone, base: null };
}

function says(scope: Partial<ReleaseScope>): string[] {
  return scopeObjections({ ...NOTHING, ...scope }, RELEASE).map((one) => `${one.code}: ${one.says}`);
}

describe('a release', () => {
  it.each<[string, Partial<ReleaseScope>, string[]]>([
    ['nothing', {}, []],
    [
      'a blocker',
      { blockers: [issue(12)] },
      ['release-blocker: #12 is open and labelled release-blocker: close it, or take the label off.'],
    ],
    [
      'two',
      { blockers: [issue(12), issue(15)] },
      ['release-blocker: #12 and #15 are open and labelled release-blocker: close them, or take the label off.'],
    ],
    [
      'many, of which some were not read',
      { blockers: [...Array(12).keys()].map((one) => issue(one + 1)), unread: 3 },
      [
        'release-blocker: #1, #2, #3, #4, #5, #6, #7, #8, #9, #10 and 5 more are open and labelled release-blocker: close them, or take the label off.',
      ],
    ],
    [
      'one that was not read',
      { unread: 1 },
      ['release-blocker: An issue is open and labelled release-blocker: close it, or take the label off.'],
    ],
    [
      'one in its own milestone',
      { blockers: [issue(12, 'v1.3.0')] },
      ['release-blocker: #12 is open and labelled release-blocker: close it, or take the label off.'],
    ],
    [
      'one in a milestone that is no version',
      { blockers: [issue(12, 'Spring')] },
      ['release-blocker: #12 is open and labelled release-blocker: close it, or take the label off.'],
    ],
    ['none of another version', { blockers: [issue(12, 'v2.0.0'), issue(13, '1.2.9')] }, []],
    ['none for another branch', { blockers: [{ number: 12, milestone: null, base: '1.x' }] }, []],
    [
      'one for its own branch',
      { blockers: [{ number: 12, milestone: null, base: 'main' }] },
      ['release-blocker: #12 is open and labelled release-blocker: close it, or take the label off.'],
    ],
    [
      'its milestone',
      { milestones: [{ title: '1.3.0', open: 2 }] },
      ['open-milestone: The milestone 1.3.0 has 2 open items: close them or move them to another milestone.'],
    ],
    [
      'its milestone by another name',
      { milestones: [{ title: ' V1.3.0 ', open: 1 }] },
      ['open-milestone: The milestone V1.3.0 has an open item: close it or move it to another milestone.'],
    ],
    [
      'its milestone by its tag',
      { milestones: [{ title: 'App-1.3.0', open: 1 }] },
      ['open-milestone: The milestone App-1.3.0 has an open item: close it or move it to another milestone.'],
    ],
    ['no milestone without open items', { milestones: [{ title: '1.3.0', open: 0 }] }, []],
    [
      'no milestone of other names',
      { milestones: ['1.3', '1.3.1', '1.3.0-rc.1', '11.3.0', 'Spring', ''].map((title) => ({ title, open: 1 })) },
      [],
    ],
  ])('waits for %s', (_, scope, expected) => expect(says(scope)).toEqual(expected));

  it('is held up by these alone as a whole', () => {
    const found = scopeObjections({ ...NOTHING, unread: 1, milestones: [{ title: '1.3.0', open: 1 }] }, RELEASE);
    expect(found.map(isScopeObjection)).toEqual([true, true]);
    expect(isScopeObjection({ code: 'disputed', says: '' })).toBe(false);
  });
});
