// What the intake reads of a payload is what reading all of it would say, however the payload is written.
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glance } from '../../src/app/glance.ts';
import { deliveryKey } from '../../src/core/errand-of.ts';

const look = (text: string) => glance(Buffer.from(text));

/** By reading all of it. */
function whole(text: string): ReturnType<typeof glance> {
  const read = JSON.parse(text) as { action?: unknown };
  return { action: typeof read.action === 'string' ? read.action : null, key: deliveryKey(read) };
}

describe('a payload', () => {
  it.each([
    ['with the repository of something in it', { run: { repository: { id: 1 } }, repository: { id: 2 }, sender: {} }, 'repo:2'],
    ['whose last repository is of something in it', { repository: { id: 2 }, run: { repository: { id: 1 } } }, 'repo:2'],
    ['with one in a text', { repository: { id: 2 }, body: '"repository":{"id":1}}' }, 'repo:2'],
    ['with one in a name', { repository: { id: 2 }, '"repository":{"id":1': 1 }, 'repo:2'],
    ['with one in a longer name', { '"repository': { id: 1 }, installation: { id: 4 } }, 'installation:4'],
    ['whose repository has no proper id', { repository: { id: 1.5 }, installation: { id: 4 } }, 'installation:4'],
    ['of an installation', { action: 'created', installation: { id: 4 } }, 'installation:4'],
    ['with somebody’s own in it', { repository: { id: 2 }, client_payload: { a: [{ repository: { id: 1 } }] } }, 'repo:2'],
  ])('%s', (_, payload, key) => {
    expect(look(JSON.stringify(payload))?.key).toBe(key);
    expect(look(JSON.stringify(payload, null, 2))?.key).toBe(key);
  });

  it.each([
    ['first', '{"action":"opened","repository":{"id":1}}', 'opened'],
    ['later', '{"number":1,"action":"opened","repository":{"id":1}}', 'opened'],
    ['of something in it', '{"rule":{"action":"block"},"repository":{"id":1}}', null],
    ['that is no text', '{"action":1,"repository":{"id":1}}', null],
    ['that is no word', '{"action":"\\u0000","repository":{"id":1}}', '\0'],
    ['that is missing', '{"ref":"refs/heads/main","repository":{"id":1}}', null],
  ])('with an action %s', (_, text, action) => {
    expect(look(text)).toEqual({ action, key: 'repo:1' });
  });

  it.each(['', '{', '[]', 'null', '"x"', '{"action":', '[{"repository":{"id":1}}]'])('that is no object is told: %s', (text) => {
    expect(look(text)).toBeNull();
  });

  it('of each of GitHub’s own examples reads as the whole does', () => {
    const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly { readonly examples: readonly object[] }[];
    const texts = examples.flatMap((one) => one.examples.map((it) => JSON.stringify(it)));
    expect(texts.length).toBeGreaterThan(100);
    for (const text of texts) expect(look(text)).toEqual(whole(text));
  });

  it('with a repository of its own reads as the whole does, whatever else is in it', () => {
    const names = fc.constantFrom('action', 'repository', 'installation', 'id', 'run', '"repository":{"id":', '"repository', 'ü');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.integer(),
        fc.constantFrom('opened', '}', '"repository":{"id":1', '\\', 'ü'),
        tie('object'),
        tie('list'),
      ),
      list: fc.array(tie('value'), { maxLength: 3 }),
      object: members(names, tie('value')),
    }));
    const own = fc.record({ id: fc.oneof(fc.nat(), fc.constantFrom(0, 1.5, -1, 1e21, '1', null)), name: value });
    fc.assert(
      fc.property(members(names, value), own, members(names, value), fc.boolean(), (before, repository, after, spaced) => {
        const { repository: _, ...rest } = after as { repository?: unknown };
        const text = JSON.stringify({ ...before, repository, ...rest }, null, spaced ? 1 : undefined);
        expect(look(text)).toEqual(whole(text));
      }),
      { numRuns: 3000 },
    );
  });
});

function members(names: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>) {
  return fc
    .uniqueArray(fc.tuple(names, value), { maxLength: 5, selector: ([name]) => name })
    .map((all) => Object.fromEntries(all) as object);
}
