// Events → errands: payloads as GitHub sends them, payloads that nobody sends, and what must never become a command.
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Errand } from '../../src/core/errand.ts';
import { deliveryKey, errandsOf, readEvent } from '../../src/core/errand-of.ts';

interface Examples {
  readonly name: string;
  readonly examples: readonly { readonly action?: string }[];
}
const EXAMPLES = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly Examples[];

const HOME = { installation: 7, id: 42, owner: 'acme', name: 'app' };
const repository = { id: 42, name: 'app', full_name: 'acme/app', owner: { login: 'acme' }, default_branch: 'main', archived: false };
const installation = { id: 7 };
const sender = { id: 3, login: 'ann', type: 'User' };
const base = { repository, installation, sender };

const preview = (more: object = {}) => ({ kind: 'preview', home: HOME, pull: 5, ...more });
const draft = (branch: string) => ({ kind: 'draft', home: HOME, branch });
const reconcile = { kind: 'reconcile', home: HOME };
const look = (more: object = {}) => ({ kind: 'look', home: HOME, sha: null, environment: null, run: null, ...more });
const follow = (more: object) => ({ kind: 'follow', home: HOME, environment: null, run: null, deployment: null, ...more });
const promote = { kind: 'promote', home: HOME };
const fresh = look({ fresh: true });
const SHA = 'a'.repeat(40);
const OTHER = 'b'.repeat(40);
const DEPLOYMENT = { id: 5, sha: SHA, environment: 'qa' };

const open = { number: 5, state: 'open', merged: false, base: { ref: '1.x' } };
const merged = { number: 5, state: 'closed', merged: true, base: { ref: '1.x' } };
const closed = { number: 5, state: 'closed', merged: false, base: { ref: '1.x' } };
const commit = (file: string) => ({ added: [], removed: [], modified: [file] });

describe('what an event asks for', () => {
  const push = { ref: 'refs/heads/main', deleted: false, commits: [commit('a.ts')] };
  const release = { release: { target_commitish: '1.x', draft: false } };
  const cases: readonly (readonly [string, string, object, readonly object[]])[] = [
    ['a new pull request: its preview', 'pull_request', { action: 'opened', pull_request: open }, [preview()]],
    ['new commits', 'pull_request', { action: 'synchronize', pull_request: open }, [preview()]],
    ['another title, text or base', 'pull_request', { action: 'edited', pull_request: open, changes: { base: {} } }, [preview()]],
    ['ready for review', 'pull_request', { action: 'ready_for_review', pull_request: open }, [preview()]],
    [
      'a label, with who put it on',
      'pull_request',
      { action: 'labeled', pull_request: open, label: { name: 'bug' } },
      [preview({ label: { name: 'bug', by: 'ann', added: true } })],
    ],
    [
      'a label taken off',
      'pull_request',
      { action: 'unlabeled', pull_request: open, label: { name: 'bug' } },
      [preview({ label: { name: 'bug', by: 'ann', added: false } })],
    ],
    ['a merge: the draft of its base', 'pull_request', { action: 'closed', pull_request: merged }, [draft('1.x')]],
    [
      'closed without a merge: others with its head are told of it no longer',
      'pull_request',
      { action: 'closed', pull_request: closed },
      [preview()],
    ],
    ['a title mended after the merge', 'pull_request', { action: 'edited', pull_request: merged }, [draft('1.x'), fresh]],
    [
      'a label after the merge: it may settle what the change is',
      'pull_request',
      { action: 'labeled', pull_request: merged, label: { name: 'bug' } },
      [preview({ label: { name: 'bug', by: 'ann', added: true } }), draft('1.x'), fresh],
    ],
    ['an assignee: nothing', 'pull_request', { action: 'assigned', pull_request: open }, []],
    ['a push: the draft of its branch', 'push', push, [draft('main')]],
    ['a push to another branch', 'push', { ...push, ref: 'refs/heads/feature/x' }, [draft('feature/x')]],
    ['a branch deleted by a push: nothing', 'push', { ...push, deleted: true }, []],
    ['a tag pushed: nothing, as it comes with create', 'push', { ...push, ref: 'refs/tags/v1' }, []],
    ['a branch of the merge queue: nothing', 'push', { ...push, ref: 'refs/heads/gh-readonly-queue/main/pr-1' }, []],
    ['our own release branch: nothing', 'push', { ...push, ref: 'refs/heads/shiplock/release/main' }, []],
    [
      'another policy: all that is open may read differently',
      'push',
      { ...push, commits: [commit('.github/shiplock.yml')] },
      [draft('main'), reconcile],
    ],
    [
      'a policy elsewhere than on the default branch',
      'push',
      { ...push, ref: 'refs/heads/x', commits: [commit('.github/shiplock.yml')] },
      [draft('x')],
    ],
    [
      'a push whose files are not all listed',
      'push',
      { ...push, commits: Array.from({ length: 20 }, () => commit('a')) },
      [draft('main'), reconcile],
    ],
    ['a forced push to the default branch', 'push', { ...push, forced: true }, [draft('main'), reconcile]],
    ['a new branch', 'create', { ref: 'topic', ref_type: 'branch' }, [draft('topic')]],
    ['a new line: what the others own may change', 'create', { ref: '2.x', ref_type: 'branch' }, [draft('2.x'), reconcile]],
    ['a new tag: any line may rest on it', 'create', { ref: 'v1.0.0', ref_type: 'tag' }, [reconcile]],
    ['a tag that goes', 'delete', { ref: 'v1.0.0', ref_type: 'tag' }, [reconcile]],
    ['a branch that goes: nothing to draft for', 'delete', { ref: 'topic', ref_type: 'branch' }, []],
    ['a line that goes', 'delete', { ref: '2.x', ref_type: 'branch' }, [reconcile]],
    ['a release', 'release', { action: 'published', ...release }, [draft('1.x'), fresh, promote]],
    [
      'a release of a commit: the default branch',
      'release',
      { action: 'deleted', release: { target_commitish: 'a'.repeat(40) } },
      [draft('main'), fresh],
    ],
    ['a draft that a person edits', 'release', { action: 'edited', release: { target_commitish: 'main', draft: true } }, [draft('main')]],
    [
      'a draft that an App edits, as we do: nothing',
      'release',
      { action: 'edited', release: { target_commitish: 'main', draft: true }, sender: { ...sender, type: 'Bot' } },
      [],
    ],
    ['a release’s second event: nothing', 'release', { action: 'released', ...release }, []],
    ['another default branch', 'repository', { action: 'edited', changes: { default_branch: { from: 'master' } } }, [reconcile]],
    ['another name: harmless', 'repository', { action: 'renamed', changes: {} }, []],
    ['another owner', 'repository', { action: 'transferred', changes: {} }, [reconcile]],
    ['put away', 'repository', { action: 'archived' }, []],
    ['a finished check: gates of its commit', 'check_run', { action: 'completed', check_run: { head_sha: SHA } }, [look({ sha: SHA })]],
    ['a finished suite', 'check_suite', { action: 'completed', check_suite: { head_sha: SHA } }, [look({ sha: SHA })]],
    ['a check that begins opens nothing', 'check_run', { action: 'created', check_run: { head_sha: SHA } }, []],
    ['a status', 'status', { sha: SHA, state: 'success' }, [look({ sha: SHA })]],
    ['a status that is pending', 'status', { sha: SHA, state: 'pending' }, []],
    [
      'a review of a merged pull request speaks of the merge',
      'pull_request_review',
      { action: 'submitted', review: { state: 'approved' }, pull_request: { merged_at: 'x', merge_commit_sha: SHA, head: { sha: OTHER } } },
      [look({ sha: SHA, urgent: true })],
    ],
    [
      'a review of an open one of its head',
      'pull_request_review',
      {
        action: 'dismissed',
        review: { state: 'dismissed' },
        pull_request: { merged_at: null, merge_commit_sha: SHA, head: { sha: OTHER } },
      },
      [look({ sha: OTHER, urgent: true })],
    ],
    ['a remark is no review', 'pull_request_review', { action: 'submitted', review: { state: 'commented' }, pull_request: {} }, []],
    [
      'a deployment that goes on may have passed its gate without us',
      'deployment_status',
      { action: 'created', deployment: DEPLOYMENT, deployment_status: { state: 'in_progress' }, workflow_run: { id: 12 } },
      [look({ went: { run: 12, environment: 'qa', deployment: 5, sha: SHA } }), follow({ environment: 'qa', run: 12, deployment: 5 })],
    ],
    [
      'a deployment that ended',
      'deployment_status',
      { action: 'created', deployment: DEPLOYMENT, deployment_status: { state: 'failure' }, workflow_run: null },
      [look(), follow({ environment: 'qa', deployment: 5 })],
    ],
    [
      'a native review',
      'deployment_review',
      { action: 'approved', workflow_run: { id: 12 }, environment: 'qa' },
      [look({ run: 12, urgent: true })],
    ],
    ['a native review that is asked for', 'deployment_review', { action: 'requested', workflow_run: { id: 12 } }, []],
    ['a run that ends', 'workflow_run', { action: 'completed', workflow_run: { id: 12 } }, [look({ run: 12 }), follow({ run: 12 })]],
    ['an issue that is closed', 'issues', { action: 'closed', issue: { number: 3 } }, [fresh, { kind: 'reviewed', home: HOME, issue: 3 }]],
  ];
  it.each(cases)('%s', (_, event, payload, errands) => {
    expect(errandsOf(event, { ...base, ...payload })).toEqual(errands);
  });

  it('looks at every repository that comes within reach', () => {
    const repositories = [
      { id: 1, name: 'one', full_name: 'acme/one' },
      { id: 2, name: 'two', full_name: 'acme/two' },
      { id: 'three', name: 'three' },
    ];
    const account = { installation: { id: 7, account: { login: 'acme' } }, sender };
    const homes = [
      { installation: 7, id: 1, owner: 'acme', name: 'one' },
      { installation: 7, id: 2, owner: 'acme', name: 'two' },
    ];
    const expected = homes.map((home) => ({ kind: 'reconcile', home }));
    expect(errandsOf('installation', { ...account, action: 'created', repositories })).toEqual(expected);
    expect(errandsOf('installation_repositories', { ...account, action: 'added', repositories_added: repositories })).toEqual(expected);
    expect(errandsOf('installation', { ...account, action: 'deleted', repositories })).toEqual([]);
    // GitHub may leave them out; whoever compares all repositories finds them.
    expect(readEvent('installation', { ...account, action: 'created' }).ignored).toBe('not-ours');
    expect(readEvent('installation', { ...account, action: 'created', repositories: 'all' }).ignored).toBe('malformed');
    expect(errandsOf('installation_repositories', { ...account, action: 'removed', repositories_removed: repositories })).toEqual([]);
  });
});

describe('comments', () => {
  const author = { id: 3, login: 'ann', type: 'User' };
  const comment = {
    id: 900,
    user: author,
    body: 'fine\r\n/release publish',
    created_at: '2026-01-05T10:00:00Z',
    performed_via_github_app: null,
  };
  const payload = { ...base, action: 'created', issue: { number: 5, pull_request: { url: 'x' } }, comment };

  it('are taken as they were written', () => {
    expect(errandsOf('issue_comment', payload)).toEqual([
      {
        kind: 'command',
        home: HOME,
        comment: 900,
        issue: 5,
        pull: true,
        author: { login: 'ann', id: 3, bot: false },
        app: null,
        body: 'fine\r\n/release publish',
        at: '2026-01-05T10:00:00Z',
      },
    ]);
    const app = { ...comment, user: { ...author, type: 'Bot' }, performed_via_github_app: { id: 8, slug: 'helper' } };
    expect(errandsOf('issue_comment', { ...payload, issue: { number: 6 }, comment: app })).toMatchObject([
      { pull: false, author: { bot: true }, app: { slug: 'helper', id: 8 } },
    ]);
  });

  it.each(['edited', 'deleted', '', 'something new'])('S-10: one that is %s is no command, whoever did it', (action) => {
    expect(readEvent('issue_comment', { ...payload, action, changes: { body: { from: 'x' } } })).toEqual({
      errands: [],
      ignored: 'not-ours',
    });
  });

  it('S-10: one that somebody else than its author sends is no command', () => {
    const other = { ...payload, sender: { id: 4, login: 'ann', type: 'User' } };
    expect(readEvent('issue_comment', other)).toEqual({ errands: [], ignored: 'not-author' });
    const { sender: _, ...unsent } = payload;
    expect(readEvent('issue_comment', unsent)).toEqual({ errands: [], ignored: 'not-author' });
  });

  it('an app without a name does not pass for the person', () => {
    const odd = { ...payload, comment: { ...comment, performed_via_github_app: {} } };
    expect(errandsOf('issue_comment', odd)).toMatchObject([{ app: { slug: 'unknown', id: 0 } }]);
  });

  it.each(['looks good', 'see https://github.com/acme/app/pull/1', 'and/or', '1 / 2', ''])(
    'without a command in them are left alone: %j',
    (body) => {
      expect(readEvent('issue_comment', { ...payload, comment: { ...comment, body } }).ignored).toBe('no-command');
    },
  );

  it('a ghost has no word', () => {
    expect(readEvent('issue_comment', { ...payload, comment: { ...comment, user: null } }).ignored).toBe('malformed');
  });
});

describe('GitHub asks a gate', () => {
  const callback = 'https://api.github.com/repos/acme/app/actions/runs/77/deployment_protection_rule';
  const asked = {
    ...base,
    action: 'requested',
    environment: 'Production',
    event: 'push',
    deployment_callback_url: callback,
    deployment: { id: 5, sha: SHA, ref: 'main' },
    pull_requests: [],
  };
  const gate = { kind: 'gate', home: HOME, run: 77, environment: 'Production', deployment: 5, sha: SHA };

  it('T1: the run is known by the address for the answer alone', () => {
    expect(errandsOf('deployment_protection_rule', asked, 'https://api.github.com')).toEqual([gate]);
    expect(errandsOf('deployment_protection_rule', asked)).toEqual([gate]);
    const enterprise = callback.replace('https://api.github.com', 'https://ghe.acme.example/api/v3');
    const there = { ...asked, deployment_callback_url: enterprise };
    expect(errandsOf('deployment_protection_rule', there, 'https://ghe.acme.example/api/v3')).toEqual([gate]);
  });

  it.each([
    'https://evil.example/repos/acme/app/actions/runs/77/deployment_protection_rule',
    'https://api.github.com.evil.example/repos/acme/app/actions/runs/77/deployment_protection_rule',
    'https://api.github.com@evil.example/repos/acme/app/actions/runs/77/deployment_protection_rule',
    'http://api.github.com/repos/acme/app/actions/runs/77/deployment_protection_rule',
    'https://api.github.com/repos/acme/other/actions/runs/77/deployment_protection_rule',
    'https://api.github.com/repos/acme/app/../other/actions/runs/77/deployment_protection_rule',
    'https://api.github.com/repos/acme/app/actions/runs/77/deployment_protection_rule?x=1',
    'https://api.github.com/repos/acme/app/actions/runs/77/deployment_protection_rule/../../88/deployment_protection_rule',
    'https://api.github.com/repos/acme/app/actions/runs/077/deployment_protection_rule',
    'https://api.github.com/repos/acme/app/actions/runs/-1/deployment_protection_rule',
    'https://api.github.com/repos/acme/app/actions/runs/99999999999999999999/deployment_protection_rule',
    'https://api.github.com/repos/acme/app/actions/runs/77/approvals',
    'javascript:alert(1)',
    `https://${'a'.repeat(20_000)}`,
  ])('S-38: an address that leads elsewhere asks for nothing: %s', (address) => {
    const read = readEvent('deployment_protection_rule', { ...asked, deployment_callback_url: address }, 'https://api.github.com');
    expect(read).toEqual({ errands: [], ignored: 'hostile' });
  });

  it('T3: without pull requests, for any event that began the run', () => {
    for (const event of ['schedule', 'release', 'merge_group', 'workflow_run', 'repository_dispatch', 'push', undefined]) {
      const { pull_requests: _, ...bare } = { ...asked, event };
      expect(errandsOf('deployment_protection_rule', bare)).toEqual([gate]);
    }
    const pulls = [{ number: 4 }, { number: 'x' }, null];
    expect(errandsOf('deployment_protection_rule', { ...asked, pull_requests: pulls })).toEqual([{ ...gate, pulls: [4] }]);
  });

  it('only action, repository and sender are sure: what is missing is a hint less, or malformed', () => {
    expect(errandsOf('deployment_protection_rule', { ...asked, deployment: undefined })).toEqual([
      { ...gate, deployment: null, sha: null },
    ]);
    const named = { ...asked, environment: undefined, deployment: { ...asked.deployment, environment: 'Production' } };
    expect(errandsOf('deployment_protection_rule', named)).toEqual([gate]);
    for (const field of ['environment', 'deployment_callback_url']) {
      expect(readEvent('deployment_protection_rule', { ...asked, [field]: null }).ignored).toBe('malformed');
    }
    expect(readEvent('deployment_protection_rule', { ...asked, environment: 'a\u0000b' }).ignored).toBe('malformed');
    expect(readEvent('deployment_protection_rule', { ...asked, action: 'else' }).ignored).toBe('not-ours');
  });
});

describe('what is ignored says why', () => {
  const opened = { ...base, action: 'opened', pull_request: open };
  it.each([
    ['no-installation', 'pull_request', { ...opened, installation: undefined }],
    ['no-installation', 'pull_request', { ...opened, installation: { id: '7' } }],
    ['malformed', 'pull_request', { ...opened, pull_request: null }],
    ['malformed', 'pull_request', { ...opened, repository: { ...repository, name: '../..' } }],
    ['malformed', 'pull_request', { ...opened, repository: { ...repository, owner: { login: 'a/b' } } }],
    ['malformed', 'pull_request', []],
    ['malformed', 'push', { ...base, ref: 7 }],
    ['malformed', 'create', { ...base, ref: 'a..b', ref_type: 'branch' }],
    ['archived', 'pull_request', { ...opened, repository: { ...repository, archived: true } }],
    ['archived', 'pull_request', { ...opened, repository: { ...repository, disabled: true } }],
    ['not-ours', 'star', { ...base, action: 'created' }],
    ['not-ours', 'constructor', base],
    ['not-ours', '__proto__', base],
  ])('%s', (why, event, payload) => {
    expect(readEvent(event, payload)).toEqual({ errands: [], ignored: why });
  });

  it('an owner is known by the full name, too', () => {
    const { owner: _, ...bare } = repository;
    expect(errandsOf('pull_request', { ...opened, repository: bare })).toEqual([preview()]);
  });
});

describe('every payload that GitHub documents', () => {
  const all = EXAMPLES.flatMap(({ name, examples }) => examples.map((payload, index) => ({ name, payload, index })));

  it('329 of them go through', () => {
    expect(all).toHaveLength(329);
    for (const { name, payload } of all) {
      const read = readEvent(name, payload);
      expect(read.ignored === null).toBe(read.errands.length > 0);
    }
  });

  it('from an installation each of ours is an errand of its repository', () => {
    const counts: Record<string, number> = {};
    for (const { name, payload } of all) {
      const errands: readonly Errand[] = errandsOf(name, { ...payload, installation: { id: 7, account: { login: 'octocat' } } });
      for (const { kind, home } of errands) {
        expect(home).toMatchObject({ installation: 7, id: expect.any(Number), owner: expect.any(String), name: expect.any(String) });
        counts[`${name} ${kind}`] = (counts[`${name} ${kind}`] ?? 0) + 1;
      }
    }
    expect(counts).toMatchInlineSnapshot(`
      {
        "check_run look": 3,
        "check_suite look": 4,
        "create reconcile": 5,
        "delete reconcile": 4,
        "deployment_status follow": 4,
        "deployment_status look": 4,
        "installation reconcile": 2,
        "installation_repositories reconcile": 2,
        "pull_request preview": 16,
        "pull_request_review look": 1,
        "push draft": 2,
        "release draft": 7,
        "release look": 7,
        "release promote": 3,
        "release tell": 3,
        "repository reconcile": 4,
        "status look": 4,
        "workflow_run follow": 3,
        "workflow_run look": 3,
      }
    `);
  });
});

describe('laws', () => {
  const names = EXAMPLES.map(({ name }) => name);

  it('nothing throws, whatever comes', () => {
    const soup = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, fc.jsonValue(), tie('object')),
      object: fc.dictionary(
        fc.constantFrom(
          'action',
          'repository',
          'installation',
          'id',
          'pull_request',
          'comment',
          'issue',
          'user',
          'ref',
          'name',
          'owner',
          'login',
          'sender',
          'release',
          'commits',
          'base',
          '__proto__',
        ),
        tie('value'),
      ),
    }));
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...names), fc.string()), fc.oneof(soup.object, fc.anything()), (event, payload) => {
        const read = readEvent(event, payload);
        expect(read.ignored === null).toBe(read.errands.length > 0);
        expect(deliveryKey(payload)).toMatch(/^(repo:\d+|installation:\d+|app)$/);
      }),
      { numRuns: 500 },
    );
  });

  it('any one field of a documented payload may be anything', () => {
    const ours = EXAMPLES.filter(({ name }) =>
      [
        ...['pull_request', 'push', 'create', 'delete', 'release', 'issue_comment', 'repository', 'check_run', 'check_suite', 'status'],
        ...['pull_request_review', 'deployment_status', 'deployment_review', 'deployment_protection_rule', 'workflow_run', 'issues'],
      ].includes(name),
    );
    const payloads = ours.flatMap(({ name, examples }) => examples.map((payload) => ({ name, payload: { ...payload, installation } })));
    fc.assert(
      fc.property(fc.constantFrom(...payloads), fc.nat(), fc.jsonValue(), ({ name, payload }, pick, value) => {
        const broken = replaced(payload, pick, value);
        expect(() => errandsOf(name, broken)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});

describe('the key of a delivery', () => {
  it.each([
    ['repo:42', base],
    ['installation:7', { installation }],
    ['app', { zen: 'Keep it logically awesome.' }],
    ['app', null],
  ])('%s', (key, payload) => {
    expect(deliveryKey(payload)).toBe(key);
  });
});

/** The payload with one of its fields, at whatever depth, replaced. */
function replaced(payload: object, pick: number, value: unknown): unknown {
  const paths: string[][] = [];
  const walk = (here: unknown, path: string[]) => {
    if (typeof here !== 'object' || here === null || path.length > 4) return;
    for (const name of Object.keys(here)) {
      paths.push([...path, name]);
      walk((here as Record<string, unknown>)[name], [...path, name]);
    }
  };
  walk(payload, []);
  const copy = structuredClone(payload) as Record<string, unknown>;
  const path = paths[pick % paths.length] as string[];
  let at: Record<string, unknown> = copy;
  for (const name of path.slice(0, -1)) at = at[name] as Record<string, unknown>;
  at[path.at(-1) as string] = value;
  return copy;
}
