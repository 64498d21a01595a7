// Children before parents, for any history.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { childrenFirst } from '../../src/github/order.ts';

interface Node {
  readonly sha: string;
  readonly parents: readonly string[];
}

/** A graph in which each node's parents are nodes before it, or outside; sent in any order. */
const histories = fc
  .array(fc.array(fc.nat(40), { maxLength: 3 }), { maxLength: 40 })
  .map((all) => all.map((back, index): Node => ({ sha: `c${index}`, parents: [...new Set(back.map((steps) => `c${index - 1 - steps}`))] })))
  .chain((nodes) => fc.shuffledSubarray(nodes, { minLength: nodes.length, maxLength: nodes.length }));

describe('children come first', () => {
  it('whatever the order they are sent in, each once and none lost', () => {
    fc.assert(
      fc.property(histories, (nodes) => {
        const sorted = childrenFirst(nodes);
        expect(sorted.map((node) => node.sha).sort()).toEqual(nodes.map((node) => node.sha).sort());
        const place = new Map(sorted.map((node, index) => [node.sha, index]));
        for (const { sha, parents } of sorted) {
          for (const parent of parents) {
            const at = place.get(parent);
            if (at !== undefined) expect(at).toBeGreaterThan(place.get(sha) as number);
          }
        }
      }),
    );
  });

  it('and a branch stays together', () => {
    const nodes = [
      { sha: 'merge', parents: ['main', 'b2'] },
      { sha: 'b2', parents: ['b1'] },
      { sha: 'main', parents: ['root'] },
      { sha: 'b1', parents: ['root'] },
      { sha: 'root', parents: [] },
    ];
    expect(childrenFirst(nodes).map((node) => node.sha)).toEqual(['merge', 'b2', 'b1', 'main', 'root']);
  });

  it('for a hundred thousand commits without recursion', () => {
    const nodes = Array.from({ length: 100_000 }, (_, index) => ({ sha: `${index}`, parents: [`${index + 1}`] }));
    expect(childrenFirst(nodes.toReversed())[0]?.sha).toBe('0');
  });
});
