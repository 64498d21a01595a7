// What a release is, by the changes that it carries.
import { describe, expect, it } from 'vitest';
import type { Classification } from '../../../src/core/change.ts';
import { occasionOfChanges } from '../../../src/core/gate/occasion.ts';

const change = (more: Partial<Classification>) => ({
  classification: {
    status: 'classified',
    kind: 'maintenance',
    subkind: null,
    breaking: false,
    bump: 'patch',
    section: 'maintenance',
    because: [],
    ...more,
  } satisfies Classification,
});
const feature = change({ kind: 'feature' });
const breaking = change({ kind: 'feature', breaking: true });
const security = change({ subkind: 'security' });
const bug = change({ subkind: 'bug' });
const disputed = change({ status: 'disputed', kind: 'feature' });

describe('a release', () => {
  it.each([
    ['of nothing', [], 'maintenance', 'maintenance'],
    ['of a bug', [bug], 'maintenance', 'maintenance'],
    ['of a security fix', [security], 'maintenance', 'security'],
    ['of a security fix among others', [bug, security], 'maintenance', 'security'],
    ['of a security fix beside a feature', [security, feature], 'feature', 'feature'],
    ['of a breaking change', [feature, breaking], 'feature', 'breaking'],
    ['of what is disputed', [bug, disputed], 'maintenance', null],
    ['of a security fix and what is disputed', [security, disputed], 'maintenance', null],
    ['that is breaking whatever is disputed', [breaking, disputed], 'feature', 'breaking'],
  ] as const)('%s', (_, changes, kind, occasion) => {
    expect(occasionOfChanges(changes, true)).toEqual({ kind, occasion });
  });

  it('that was not seen in full may be more than was seen', () => {
    expect(occasionOfChanges([security], false).occasion).toBeNull();
    expect(occasionOfChanges([feature], false)).toEqual({ kind: 'feature', occasion: null });
    expect(occasionOfChanges([breaking], false).occasion).toBe('breaking');
  });
});
