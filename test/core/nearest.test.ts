// What a misspelt word is taken for.
import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/core/nearest.ts';

describe('a misspelt word', () => {
  const known = ['mode', 'tag', 'initial', 'files', 'features', 'changelog', 'environments', 'qa'];
  it.each([
    ['a letter too few', 'chngelog', 'changelog'],
    ['a letter too many', 'tagg', 'tag'],
    ['another letter', 'filez', 'files'],
    ['two letters swapped', 'mdoe', 'mode'],
    ['another case', 'MODE', 'mode'],
    ['its beginning', 'env', 'environments'],
    ['several slips in a long word', 'enviromnets', 'environments'],
    ['the nearer of two', 'feature', 'features'],
  ])('is taken for the one it is near: %s', (_, word, meant) => {
    expect(nearest(word, known)).toBe(meant);
  });

  it.each([
    ['another short word', 'ci'],
    ['a word of which nothing is left', 'uat'],
    ['too many slips', 'chxngxlxgx'],
    ['nothing', ''],
  ])('is taken for none: %s', (_, word) => {
    expect(nearest(word, known)).toBeNull();
  });

  it('among no words is taken for none', () => {
    expect(nearest('mode', [])).toBeNull();
  });
});
