// The policy file as people write it: what a good one means, and what a bad one is answered with, to the line and column.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environmentOf, gateOf } from '../../src/core/policy/environment.ts';
import { type Problem, parsePolicy, problemLines } from '../../src/core/policy/file.ts';
import { DEFAULT_POLICY, type Policy } from '../../src/core/policy.ts';

function policyOf(text: string): Policy {
  const read = parsePolicy(text);
  if (!read.ok) throw new Error(problemLines(read.problems, 'policy').join('\n'));
  return read.policy;
}

function problemsOf(text: string): readonly Problem[] {
  const read = parsePolicy(text);
  return read.ok ? [] : read.problems;
}

/** `line:column path says`, for tables. */
const told = (text: string) => problemsOf(text).map(({ line, column, path, says }) => `${line}:${column} ${path} | ${says}`);

describe('a file that says nothing', () => {
  it.each([
    ['nothing at all', ''],
    ['empty lines', '\n\n'],
    ['a comment', '# to do\n'],
    ['a document mark', '---\n'],
    ['a byte order mark', '\ufeff'],
    ['its version alone', 'version: 1\n'],
    ['sections of which everything is commented out', 'release:\nclassify:\n  # labels: {}\nenvironments:\nnotify:\n'],
  ])('is the default policy: %s', (_, text) => {
    expect(policyOf(text)).toEqual(DEFAULT_POLICY);
  });
});

describe('a whole policy', () => {
  const text = `version: 1
lines:
  - branch: main
  - branch: "[0-9]+.x"
  - branch: beta
    prerelease: beta
classify:
  labels: { breaking: breaking, enhancement: feature, bug: maintenance, security: security, "skip-changelog": none }
  types: { feat: feature, fix: maintenance, perf: maintenance, docs: none }
  unrecognised: maintenance
release:
  mode: draft
  tag: "v{version}"
  initial: 0.1.0
  before-1.0: { breaking: minor, feature: minor }
  files: [package.json]
  changelog: CHANGELOG.md
packages:
  - { name: core, path: packages/core/, tag: "core-v{version}" }
environments:
  qa:
    deploy: deploy.yml
    requires:
      - checks: ["regression / *"]
        app: github-actions
  production:
    after: qa
    deploy: .github/workflows/deploy.yml
    requires:
      - checks: ["regression / *"]
        app: github-actions
        baseline: previous-release
      - approvals: { count: 2, from: ["@acme/release-managers"], except: [author, committer, deployer] }
      - soak: 24h
      - ticket: "CHG-\\\\d+"
    for:
      maintenance: { soak: 2h, approvals: { count: 1 } }
      security: { soak: 0h, approvals: { count: 1 } }
    freeze:
      - { from: "2026-12-19T18:00", to: "2027-01-04T08:00", zone: Europe/Berlin, except: [security], reason: year end }
    windows: [{ days: mon-thu, from: "09:00", to: "16:00", zone: Europe/Berlin }]
    rollback: { on-failed: ["smoke / *"], app: github-actions }
    review: { after: 72h, to: ["@acme/sre"] }
commands: { prefix: "" }
notify: [{ on: [published, deployed, rolled-back], mention: ["@acme/stakeholders"] }]
`;
  const checks = {
    asks: 'checks',
    names: ['regression / *'],
    except: [],
    app: 'github-actions',
    baseline: null,
    accept: [],
    flake: 'latest',
    retries: null,
    quarantine: [],
    onFailure: 'wait',
  };
  const baseline = { ...checks, baseline: 'previous-release' };
  const two = { asks: 'approvals', count: 2, from: ['@acme/release-managers'], except: ['author', 'committer', 'deployer'] };
  const ticket = { asks: 'ticket', pattern: 'CHG-\\d+' };
  const windows = [{ days: ['mon', 'tue', 'wed', 'thu'], from: 540, to: 960, zone: 'Europe/Berlin' }];

  it('lays what is said over the defaults', () => {
    const policy = policyOf(text);
    expect(policy.lines).toEqual([{ branch: 'main' }, { branch: '[0-9]+.x' }, { branch: 'beta', prerelease: 'beta' }]);
    expect(policy.release).toEqual({ ...DEFAULT_POLICY.release, tag: 'v{version}' });
    expect(policy.classify.labels).toEqual({ ...DEFAULT_POLICY.classify.labels, bug: 'maintenance' });
    expect(policy.classify.types).toEqual({ ...DEFAULT_POLICY.classify.types, fix: 'maintenance', perf: 'maintenance' });
    expect(policy.packages).toEqual([{ name: 'core', path: 'packages/core', tag: 'core-v{version}' }]);
    expect(policy.notify).toEqual([{ on: ['published', 'deployed', 'rolled-back'], mention: ['@acme/stakeholders'] }]);
    expect(policy.unlisted).toBe('closed');
  });

  it('makes a gate of each environment, in order', () => {
    const { environments } = policyOf(text);
    expect(Object.keys(environments)).toEqual(['qa', 'production']);
    expect(environments.qa).toEqual({
      requires: [checks],
      windows: [],
      deploy: 'deploy.yml',
      promote: 'manual',
      hold: null,
      for: {},
      freeze: [],
      review: null,
    });
    expect(environments.production).toEqual({
      after: 'qa',
      deploy: 'deploy.yml',
      promote: 'manual',
      hold: null,
      requires: [baseline, two, { asks: 'soak', seconds: 86_400 }, ticket],
      windows,
      for: {
        maintenance: { requires: [baseline, { ...two, count: 1 }, { asks: 'soak', seconds: 7200 }, ticket], windows },
        security: { requires: [baseline, { ...two, count: 1 }, ticket], windows },
      },
      freeze: [{ from: '2026-12-19T18:00', to: '2027-01-04T08:00', zone: 'Europe/Berlin', except: ['security'], reason: 'year end' }],
      rollback: { names: ['smoke / *'], app: 'github-actions', seconds: 1_800 },
      review: { after: 259_200, to: ['@acme/sre'] },
    });
  });

  it.each([
    ['CRLF line ends', (written: string) => written.replaceAll('\n', '\r\n')],
    ['a byte order mark', (written: string) => `\ufeff${written}`],
    ['a document mark', (written: string) => `---\n${written}`],
  ])('reads the same with %s', (_, change) => {
    expect(policyOf(change(text))).toEqual(policyOf(text));
  });
});

describe('what labels, types, branches and paths mean', () => {
  it('adds to the built-in ones, and null takes one out', () => {
    const { labels, branches } = policyOf(
      'classify: { labels: { chore: null, area-x: bug }, branches: { docs: null, wip: none } }',
    ).classify;
    const { chore: _, ...rest } = DEFAULT_POLICY.classify.labels;
    expect(labels).toEqual({ ...rest, 'area-x': 'bug' });
    expect(branches).not.toHaveProperty('docs');
    expect(branches).toHaveProperty('wip', 'none');
  });

  it('replaces a built-in one whatever its case', () => {
    const { labels, types } = policyOf('classify: { labels: { Bug: feature }, types: { FEAT: null } }').classify;
    expect(labels).toHaveProperty('Bug', 'feature');
    expect(labels).not.toHaveProperty('bug');
    expect(types).not.toHaveProperty('feat');
  });

  it('lets a glob of the file outrank the built-in ones', () => {
    const globs = Object.keys(policyOf('classify: { paths: { "docs/api/**": feature, "test/**": null } }').classify.paths);
    expect(globs[0]).toBe('docs/api/**');
    expect(globs).toContain('docs/**');
    expect(globs).not.toContain('test/**');
  });
});

describe('what a gate asks', () => {
  const gate = (text: string) => {
    const environment = environmentOf(policyOf(`environments:\n  qa:\n  prod:\n    after: qa\n${text.replace(/^/gm, '    ')}`), 'PROD');
    if (environment === null) throw new Error('no entry');
    return environment;
  };

  it('asks nothing of an environment that only has an entry', () => {
    expect(gate('deploy: a.yml')).toMatchObject({ requires: [], windows: [], freeze: [], hold: null });
  });

  it('for a security release without an entry of its own asks what it asks for maintenance', () => {
    const environment = gate('requires: [{ soak: 3d }]\nfor: { maintenance: { soak: 90s } }');
    expect(gateOf(environment, 'security').requires).toEqual([{ asks: 'soak', seconds: 90 }]);
    expect(gateOf(environment, 'breaking').requires).toEqual([{ asks: 'soak', seconds: 259_200 }]);
  });

  it('adds what the environment does not ask, and drops what the occasion does not', () => {
    const environment = gate(
      'requires: [{ ticket: A-1 }, { soak: 15m }]\nfor: { breaking: { approvals: { count: 2 } }, rollback: { ticket: none, soak: 0h } }',
    );
    expect(gateOf(environment, 'breaking').requires.map((one) => one.asks)).toEqual(['ticket', 'soak', 'approvals']);
    expect(gateOf(environment, 'rollback').requires).toEqual([]);
  });

  it('changes every requirement of a sort, and of approvals only the keys given', () => {
    const environment = gate(
      'requires: [{ approvals: { count: 3, from: ["@a/b"] } }, { approvals: { count: 2, from: ["@c/d"] } }]\nfor: { security: { approvals: { count: 1 } } }',
    );
    expect(gateOf(environment, 'security').requires).toEqual([
      { asks: 'approvals', count: 1, from: ['@a/b'], except: [] },
      { asks: 'approvals', count: 1, from: ['@c/d'], except: [] },
    ]);
  });

  it('asks everything anew where an occasion has requirements of its own', () => {
    const environment = gate(
      'requires: [{ soak: 24h }]\nfor: { rollback: { requires: [{ ticket: INC-1 }], windows: any } }\nwindows: [{ days: sat }]',
    );
    expect(environment.for.rollback).toEqual({ requires: [{ asks: 'ticket', pattern: 'INC-1' }], windows: [] });
  });

  it.each([
    ['sat', ['sat']],
    ['mon-fri', ['mon', 'tue', 'wed', 'thu', 'fri']],
    ['fri-mon', ['mon', 'fri', 'sat', 'sun']],
    ['[sun, mon-tue, mon]', ['mon', 'tue', 'sun']],
  ])('reads the days %s', (written, days) => {
    expect(gate(`windows: [{ days: ${written} }]`).windows).toEqual([{ days, from: 0, to: 1440, zone: 'UTC' }]);
  });

  it.each(['UTC', 'Europe/Berlin', 'US/Eastern', 'Asia/Calcutta', 'Etc/GMT+3'])('knows the zone %s', (zone) => {
    expect(gate(`windows: [{ zone: ${zone} }]\nfor: { feature: { windows: [{ zone: ${zone} }] } }`).windows[0]?.zone).toBe(zone);
  });

  it('counts an app by its id too', () => {
    expect(gate('requires: [{ checks: [a], app: 15368 }]').requires[0]).toMatchObject({ app: '15368' });
  });

  it('shares a value by an alias', () => {
    const { environments } = policyOf('environments:\n  a:\n    requires: &all [{ ticket: A-1 }]\n  b:\n    requires: *all\n');
    expect(environments.b?.requires).toEqual([{ asks: 'ticket', pattern: 'A-1' }]);
  });

  it('keeps names as they are written', () => {
    const { environments, unlisted } = policyOf('environments: { default: open, "prod / eu": , on: , constructor: { hold: x } }');
    expect(Object.keys(environments)).toEqual(['prod / eu', 'on', 'constructor']);
    expect(unlisted).toBe('open');
  });

  it('knows whose word counts besides that of Apps', () => {
    expect(policyOf('deployers: [jenkins-bot, "@argo_acme", jenkins-bot]').deployers).toEqual(['jenkins-bot', 'argo_acme']);
    const read = parsePolicy('deployers: ["@acme/bots", "vercel[bot]"]');
    expect(read.ok ? [] : read.problems.map(({ path, says }) => `${path}: ${says}`)).toEqual([
      expect.stringMatching(/^deployers\[0\]: .*is no account: write the login of a machine’s user, as jenkins-bot/),
      expect.stringMatching(/^deployers\[1\]: .*Apps count without being named/),
    ]);
  });

  it('finds no entry for a name that every object has', () => {
    expect(environmentOf(DEFAULT_POLICY, 'constructor')).toBeNull();
    expect(environmentOf(DEFAULT_POLICY, '__proto__')).toBeNull();
  });
});

describe('a problem', () => {
  it.each<[string, string, string[]]>([
    ['an unknown section', 'enviroments: {}', ['1:1 enviroments | unknown key "enviroments": did you mean "environments"?']],
    ['an unknown key with a near one', 'release:\n  mdoe: draft', ['2:3 release.mdoe | unknown key "mdoe": did you mean "mode"?']],
    ['an unknown key with none near', 'commands: { colour: red }', ['1:13 commands.colour | unknown key "colour": here may stand prefix']],
    ['another version', 'version: 2', ['1:10 version | 2 is no version of the policy that is known here: write 1']],
    ['a version in quotes', 'version: "1"', ['1:10 version | "1" is no version of the policy that is known here: write 1']],
    [
      'an unknown mode',
      'release: { mode: direkt }',
      ['1:18 release.mode | "direkt" is not one of draft, pull-request, direct: did you mean "direct"?'],
    ],
    [
      'a word of another tool',
      'classify: { unrecognised: patch }',
      ['1:27 classify.unrecognised | "patch" is not one of maintenance, feature, none: did you mean "maintenance"?'],
    ],
    ['a list where a map should be', 'release: [draft]', ['1:10 release | must be a map, and is a list']],
    ['a text where a list should be', 'release: { files: package.json }', ['1:19 release.files | must be a list, as ["package.json"]']],
    [
      'a number where a version should be',
      'release: { initial: 1.0 }',
      ['1:21 release.initial | 1.0 is not a semantic version: write three numbers, as 0.1.0'],
    ],
    [
      'a map that braces made',
      'release: { tag: {version} }',
      ['1:17 release.tag | a map is not a tag template: it needs {version}, has no spaces and none of ~ ^ : ? * [ \\, as "v{version}"'],
    ],
    [
      'a key that is misspelt is not missing too',
      'lines: [{ brnch: main }]',
      ['1:11 lines[0].brnch | unknown key "brnch": did you mean "branch"?'],
    ],
    [
      'a key that is missing',
      'lines:\n  - prerelease: rc',
      ['2:5 lines[0].branch | "branch" is missing here: a regular expression that matches the whole name of the branch'],
    ],
    [
      'a key twice',
      'release:\n  mode: draft\n  mode: direct',
      ['3:3 release.mode | "mode" stands here twice: put all of it under one key'],
    ],
    [
      'a label twice',
      'classify: { labels: { bug: bug, Bug: none } }',
      ['1:33 classify.labels.Bug | "Bug" is "bug" again: names are compared without case'],
    ],
    [
      'a name without letters',
      'classify: { branches: { feat/: feature } }',
      ['1:25 classify.branches["feat/"] | "feat/" is not the beginning of a branch name: letters only, as feature for feature/login'],
    ],
    [
      'the same line twice',
      'lines: [{ branch: main }, { branch: main }]',
      ['1:37 lines[1].branch | "main" is a line already, lines[0]: the first one that matches counts'],
    ],
    [
      'a tag with two versions',
      'release: { tag: "{version}-{version}" }',
      ['1:17 release.tag | "{version}-{version}" has {version} twice: a tag could not be read back'],
    ],
    [
      'a tag with an unknown part',
      'release: { tag: "{nam}-{version}" }',
      ['1:17 release.tag | {nam} is not known here: did you mean {name}?'],
    ],
    [
      'a tag that git refuses',
      'release: { tag: "v..{version}" }',
      ['1:17 release.tag | "v..{version}" gives no tag that git allows: it has an empty part, "..", or begins or ends wrongly'],
    ],
    [
      'a template with an unknown part',
      'notes: { line: "{subjct} {json: 1}" }',
      ['1:16 notes.line | {subjct} is not known here: did you mean {subject}?'],
    ],
    [
      'a meaning in two sections',
      'notes: { sections: [{ title: A, of: [bug] }, { title: B, of: [feature, bug] }] }',
      ['1:72 notes.sections[1].of[1] | bug is listed under "A" already'],
    ],
    [
      'a path out of the repository',
      'release: { files: [../x], changelog: /etc/x }',
      [
        '1:20 release.files[0] | "../x" leads out of its folder: write the path from the root of the repository, without ..',
        '1:38 release.changelog | "/etc/x" must be a path from the root of the repository, without a leading /',
      ],
    ],
    [
      'packages that collide',
      'packages:\n  - { name: a, path: p }\n  - { name: a, path: q }\n  - { name: b, path: ./p/ }\n  - { name: c, path: r, tag: "a-v{version}" }',
      [
        '3:13 packages[1].name | "a" is the name of two packages',
        '4:22 packages[2].path | "p" is the folder of a already',
        '5:30 packages[3].tag | "a-v{version}" is the tag of a already: their versions would collide; put {name} in',
      ],
    ],
    [
      'a prefix with a slash',
      'commands: { prefix: /x }',
      ['1:21 commands.prefix | "/x" is not a prefix: lower-case letters, digits and hyphens, as shiplock'],
    ],
    [
      'an unknown event',
      'notify: [{ on: [deploy], mention: ["@a"] }]',
      [
        '1:17 notify[0].on[0] | "deploy" is not one of published, waiting, approved, rejected, deployed, failed, rolled-back, overridden: did you mean "deployed"?',
      ],
    ],
  ])('is told in words: %s', (_, text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  const inEnvironment = (text: string) =>
    told(`environments: { qa: , prod: { after: qa, ${text} } }`).map((line) => line.replace(/^1:\d+ environments\.prod\.?/, ''));
  it.each<[string, string, string[]]>([
    [
      'a misspelt requirement',
      'requires: [{ chekcs: [a], app: x }]',
      ['requires[0].chekcs | unknown key "chekcs": did you mean "checks"?'],
    ],
    ['a key of another requirement', 'requires: [{ soak: 1h, app: x }]', ['requires[0].app | unknown key "app": here may stand soak']],
    [
      'two requirements in one item',
      'requires: [{ soak: 1h, ticket: A }]',
      ['requires[0].ticket | an item asks one thing: give "ticket" an item of its own, beside the one of "soak"'],
    ],
    [
      'an item that asks nothing',
      'requires: [{ app: x }]',
      ['requires[0] | asks nothing: it needs one of checks, approvals, soak, ticket'],
    ],
    ['an item that is a word', 'requires: [checks]', ['requires[0] | must be a map, and is "checks"']],
    [
      'a short form that is not one',
      'requires: [{ approvals: 2 }]',
      ['requires[0].approvals | must be a map, as { count: 2, from: ["@acme/release-managers"], except: [author] }, and is 2'],
    ],
    [
      'a quarantine without an end',
      'requires: [{ checks: [a], quarantine: [{ check: a, reason: flaky }] }]',
      [
        'requires[0].quarantine[0].until | "until" is missing here: the last day, or a moment; in UTC where no offset is given. From then on it counts again',
      ],
    ],
    [
      'a quarantine that ends on no day',
      'requires: [{ checks: [a], quarantine: [{ check: a, until: 2027-02-30, reason: flaky }] }]',
      ['requires[0].quarantine[0].until | "2027-02-30" is no day or time that there is'],
    ],
    [
      'a quarantine that ends at some time',
      'requires: [{ checks: [a], quarantine: [{ check: a, until: spring, reason: flaky }] }]',
      ['requires[0].quarantine[0].until | "spring" is not a day: write 2027-01-31'],
    ],
    [
      'a quarantine of nothing that says anything else',
      'requires: [{ checks: [a], quarantine: [{ check: a, untill: 2027-01-31, until: 2027-01-31, reason: x }] }]',
      ['requires[0].quarantine[0].untill | unknown key "untill": did you mean "until"?'],
    ],
    ['retries below none', 'requires: [{ checks: [a], retries: -1 }]', ['requires[0].retries | must be a number from 0 to 100']],
    [
      'someone who cannot be left out',
      'requires: [{ approvals: { except: [pushers] } }]',
      ['requires[0].approvals.except[0] | "pushers" is not one of author, committer, pusher, deployer: did you mean "pusher"?'],
    ],
    ['no checks at all', 'requires: [{ checks: [] }]', ['requires[0].checks | must name at least one check']],
    [
      'a person without @',
      'requires: [{ approvals: { from: [ada] } }]',
      [
        'requires[0].approvals.from[0] | "ada" is nobody: write "@user" or "@organisation/team", in quotes because of the @, owners, or a role: write, maintain or admin',
      ],
    ],
    [
      'more approvals than people',
      'requires: [{ approvals: { count: 2, from: ["@ada", "@Ada"] } }]',
      ['requires[0].approvals.count | can never be met: 2 approvals are asked and only one person may give one'],
    ],
    ['no approvals', 'requires: [{ approvals: { count: 0 } }]', ['requires[0].approvals.count | must be a number from 1 to 100']],
    ['a duration without a unit', 'requires: [{ soak: 24 }]', ['requires[0].soak | 24 is not a duration: write 90s, 15m, 24h or 3d']],
    ['a soak of nothing', 'requires: [{ soak: 0h }]', ['requires[0].soak | "0h" is not a duration: write 90s, 15m, 24h or 3d']],
    ['nothing', 'for: {}, hold: x, windows: [], freeze: [], promote: manual, requires: []', []],
    ['promotion without a workflow', 'promote: auto', ['promote | needs a workflow to start: add `deploy: deploy.yml`']],
    [
      'a workflow that is no file',
      'deploy: deploy',
      ['deploy | "deploy" is not a workflow: write the name of a file in .github/workflows, as deploy.yml'],
    ],
    ['an unknown occasion', 'for: { securty: {} }', ['for.securty | unknown key "securty": did you mean "security"?']],
    [
      'requirements twice',
      'for: { security: { requires: [], soak: 1h } }',
      ['for.security.soak | is not looked at beside `requires`, which asks everything anew: put soak into it'],
    ],
    ['windows that are a word', 'for: { security: { windows: always } }', ['for.security.windows | must be any, or a list of windows']],
    [
      'a day that is none',
      'windows: [{ days: [monday] }]',
      ['windows[0].days[0] | "monday" is not a day: write mon, tue, wed, thu, fri, sat or sun, or a range as mon-thu'],
    ],
    ['a time without its zero', 'windows: [{ from: 9:00 }]', ['windows[0].from | "9:00" is not a time of day: write 09:00']],
    [
      'a window that is never open',
      'windows: [{ from: "09:00", to: "09:00" }]',
      ['windows[0].to | a window from 09:00 to 09:00 is never open: for the whole day leave out from and to'],
    ],
    [
      'a zone that is misspelt',
      'windows: [{ zone: Europe/Berln }]',
      ['windows[0].zone | no time zone "Europe/Berln" is known: did you mean Europe/Berlin?'],
    ],
    [
      'a zone of an occasion',
      'for: { feature: { windows: [{ zone: Mars }] } }',
      ['for.feature.windows[0].zone | no time zone "Mars" is known: write an IANA name as Europe/Berlin or UTC'],
    ],
    [
      'a freeze without times',
      'freeze: [{ from: 2026-12-19, to: "2027-01-04T08:00" }]',
      ['freeze[0].from | "2026-12-19" is not a date with a time: write "2026-12-19T18:00"'],
    ],
    [
      'a day that there is not',
      'freeze: [{ from: "2027-02-29T00:00", to: "2028-02-29T00:00" }]',
      ['freeze[0].from | "2027-02-29T00:00" is no day or time that there is'],
    ],
    [
      'a freeze that ends first',
      'freeze: [{ from: "2027-01-01T00:00", to: "2026-12-31T00:00" }]',
      ['freeze[0].to | ends at 2026-12-31T00:00, before it begins at 2027-01-01T00:00'],
    ],
    [
      'a freeze that ends first by its offset',
      'freeze: [{ from: "2027-01-01T00:00Z", to: "2027-01-01T01:00+02:00" }]',
      ['freeze[0].to | ends at 2027-01-01T01:00+02:00, before it begins at 2027-01-01T00:00Z'],
    ],
    [
      'a rollback by anybody’s check, and without a workflow',
      'rollback: { on-failed: [smoke] }',
      ['rollback.app | "app" is missing here: the app, by slug or id, whose checks alone count'],
    ],
    [
      'a rollback without a workflow',
      'rollback: { on-failed: [smoke], app: 15368, within: 1h }',
      ['rollback | needs a workflow to start: add `deploy: deploy.yml`'],
    ],
    ['a rollback for nothing', 'rollback: { on-failed: [], app: ci }', ['rollback.on-failed | must name at least one check']],
    ['a review without a time', 'review: { to: ["@a"] }', ['review.after | "after" is missing here: so long after a deployment']],
  ])('of an environment is told in words: %s', (_, text, expected) => {
    expect(inEnvironment(text)).toEqual(expected);
  });

  it.each<[string, string, string[]]>([
    [
      'the environment before is not there',
      'environments: { qa: , prod: { after: qaa } }',
      ['1:38 environments.prod.after | no environment "qaa" has an entry here: did you mean "qa"?'],
    ],
    [
      'a circle, told once',
      'environments: { a: { after: c }, b: { after: a }, c: { after: b } }',
      ['1:29 environments.a.after | goes in a circle: a after c after b after a, so none of them could ever be deployed'],
    ],
    [
      'after itself',
      'environments: { a: { after: A } }',
      ['1:29 environments.a.after | goes in a circle: a after a, so none of them could ever be deployed'],
    ],
    [
      'a soak of nowhere',
      'environments:\n  a:\n    requires: [{ soak: 1h }]\n    for: { feature: { soak: 1h }, security: { soak: 0h } }',
      [
        '3:24 environments.a.requires[0].soak | has no environment to be proven in: say which with `after`',
        '4:29 environments.a.for.feature.soak | has no environment to be proven in: say which with `after`',
      ],
    ],
    [
      'one name in two cases',
      'environments: { qa: , QA: }',
      ['1:23 environments.QA | is "qa" again: GitHub compares the names of environments without case'],
    ],
    [
      'an environment called default',
      'environments: { default: { requires: [] } }',
      ['1:26 environments.default | says what happens to environments without an entry: write open or closed'],
    ],
    [
      'or Default',
      'environments: { Default: }',
      [
        '1:17 environments.Default | is no name for an environment here: "default" says whether environments without an entry are open or closed',
      ],
    ],
  ])('between environments is told in words: %s', (_, text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  it.each<[string, string, string[]]>([
    ['a tab', 'release:\n\tmode: draft', ['2:1  | a tab stands in the indentation: YAML wants spaces']],
    ['an @ without quotes', 'notify: [{ on: [published], mention: [@acme/sre] }]', ['1:39  | a text that begins with @ must be in quotes']],
    [
      'braces in braces',
      'packages: [{ name: a, path: a, tag: a-v{version} }]',
      ['1:40  | a text with braces must be in quotes, as "core-v{version}"'],
    ],
    [
      'a backslash in double quotes',
      'environments: { qa: { requires: [{ ticket: "CHG-\\d+" }] } }',
      ['1:49  | \\d means nothing in double quotes: write the backslash twice, or use single quotes'],
    ],
    ['a list that does not end', 'release: { files: [a }', ['1:22  | this list does not end where it should: it needs a ]']],
    ['two documents', 'version: 1\n---\nversion: 1', ['2:1  | a second document begins here: a policy is one']],
    ['a quote that does not end', 'release: { tag: "v', ['1:19  | a text in quotes does not end: its closing quote is missing']],
    ['a key without its colon', 'version: 1\nrelease', ['2:1  | a key without a value: a colon and a space are missing after it']],
    ['a tag of YAML', 'release: !!set { mode: draft }', ['1:10  | tags (!…) have no meaning here: write a plain value']],
    [
      'a merge key',
      'release: { <<: 1 }',
      ['1:12 release["<<"] | merge keys (<<) are not YAML 1.2: write the keys out, or repeat a whole value by an alias'],
    ],
    ['an alias without its anchor', 'release: *all', ['1:10 release | the alias *all has no anchor &all before it']],
    ['a key that is a list', '? [a]\n: 1', ['1:3  | a key must be a plain text']],
    ['a root that is a list', '- version: 1', ['1:1  | .github/shiplock.yml must be a map, and is a list']],
    ['a root that is a text', 'hello', ['1:1  | .github/shiplock.yml must be a map, and is "hello"']],
  ])('of the YAML is told in words: %s', (_, text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  it('is told with all the others, in the order of the file, whoever found it', () => {
    const text =
      'relase: 1\nlines: [{ branch: "(" }]\nclassify: { labels: { x: huge } }\nrelease: { tag: "v.lock/{version}." }\nnotify: @a\nnotify: []\n';
    expect(problemsOf(text).map(({ line, path }) => `${line} ${path}`)).toEqual([
      '1 relase',
      '2 lines[0].branch',
      '3 classify.labels.x',
      '4 release.tag',
      '5 ',
      '6 notify',
    ]);
  });

  it('that an alias repeats is told once', () => {
    expect(told('environments:\n  a: &a { hold: 1 }\n  b: *a\n  c: *a')).toEqual(['2:17 environments.a.hold | must say why']);
  });

  it('has its column after a byte order mark and its line after CRLF', () => {
    expect(told('\ufeffrelaese: 1\r\nversion: 3\r\n').map((line) => line.slice(0, 4))).toEqual(['1:1 ', '2:10']);
  });

  it('of the whole file names the file', () => {
    const read = parsePolicy('[]', 'ci/policy.yml');
    expect(read).toEqual({ ok: false, problems: [{ line: 1, column: 1, path: '', says: 'ci/policy.yml must be a map, and is a list' }] });
  });

  it('is printed as compilers print theirs', () => {
    expect(problemLines(problemsOf('a: 1\nb: !x 2'), 'p.yml')[0]).toMatch(/^p\.yml:1:1: a: unknown key "a"/);
    expect(problemLines(problemsOf('release: { tag: @ }'), 'p.yml')[0]).toBe('p.yml:1:17: a text that begins with @ must be in quotes');
  });

  it('comes with at most fifty others, and says how many more there are', () => {
    const problems = problemsOf(Array.from({ length: 200 }, (_, index) => `key${index}: 1`).join('\n'));
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toMatchObject({ line: 51, says: 'and 150 more problems from here on' });
  });
});

describe('a pattern that a stranger could hang us with', () => {
  it.each(['(a)\\1', '(?=a)b', '(', '[z-a]', `${'x'.repeat(5000)}`])('is refused: %s', (pattern) => {
    const quoted = JSON.stringify(pattern);
    const paths = problemsOf(`lines: [{ branch: ${quoted} }]\nenvironments: { qa: { requires: [{ ticket: ${quoted} }] } }`).map(
      ({ path }) => path,
    );
    expect(paths).toEqual(['lines[0].branch', 'environments.qa.requires[0].ticket']);
  });
});

describe('a hostile file', () => {
  const many = (text: string, length: number) => text.repeat(Math.ceil(length / text.length));
  const size = 200_000;
  it.each<[string, string]>([
    ['a megabyte of one letter', 'x'.repeat(1_000_000)],
    ['a megabyte of NUL', '\0'.repeat(1_000_000)],
    ['open brackets', many('[', size)],
    ['open braces with keys', many('{a: ', size)],
    ['nested lists', many('- ', size)],
    ['nested explicit keys', many('? ', size)],
    ['ever deeper maps', Array.from({ length: 600 }, (_, index) => `${' '.repeat(index)}a:`).join('\n')],
    ['many unknown keys', Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n')],
    ['one key many times', many('version: 1\n', size)],
    ['many bad meanings', `classify:\n  labels:\n${Array.from({ length: 10_000 }, (_, index) => `    l${index}: no\n`).join('')}`],
    ['many lines', `lines:\n${many('  - branch: main\n', size)}`],
    ['many bad requirements', `environments:\n  a:\n    requires:\n${many('      - chekcs: [a]\n', size)}`],
    ['quotes', many('"', size)],
    ['anchors', many('&a ', size)],
    ['tags', many('!a ', size)],
    ['directives', many('%a\n', size)],
    ['tabs', `${many('\t', size)}a: 1`],
    ['documents', many('---\n', size)],
    ['a long key', `${'k'.repeat(size)}: 1`],
    ['a tag of versions', `release: { tag: "${many('{version}', 100_000)} " }`],
    ['a template of braces', `notes: { line: "${many('{a', 100_000)}}" }`],
    ['a zone', `environments: { a: { windows: [{ zone: ${many('a/', 50_000)}a }] } }`],
    ['many environments', `environments:\n${Array.from({ length: 20_000 }, (_, index) => `  e${index}:\n`).join('')}`],
    [
      'a long circle',
      `environments:\n${Array.from({ length: 500 }, (_, index) => `  e${index}: { after: e${(index + 1) % 500} }\n`).join('')}`,
    ],
    [
      'many zones',
      `environments:\n  a:\n    windows:\n${Array.from({ length: 7000 }, (_, index) => `      - { zone: Z${index} }\n`).join('')}`,
    ],
    [
      'a bomb of aliases',
      [
        'a: &a [x, x, x, x, x, x, x, x, x]',
        ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${many(`*${'abcdefgh'[index]}, `, 36)}]`),
      ].join('\n'),
    ],
    ['an alias of itself', 'release: &a { files: [*a, *a, *a, *a] }'],
    ['half of a surrogate pair', `classify: { labels: { "\\ud800": bug } }\n\ud800: 1`],
  ])('is answered in words and in time: %s', (_, text) => {
    const began = performance.now();
    const problems = problemsOf(text);
    expect(performance.now() - began).toBeLessThan(8000);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(51);
    for (const { line, column, says, path } of problems) {
      expect(line).toBeGreaterThanOrEqual(1);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(says.length).toBeLessThan(1000);
      expect(path.length).toBeLessThan(1000);
      expect(says).not.toContain('\n');
    }
  });

  it('cannot reach what every object has', () => {
    const problems = told(
      '__proto__: { polluted: 1 }\nconstructor: { prototype: 1 }\nrelease: { __proto__: { mode: x }, toString: 1 }\nclassify: { labels: { __proto__: bug } }',
    );
    expect(problems.map((line) => line.split(' | ')[0])).toEqual([
      '1:1 __proto__',
      '2:1 constructor',
      '3:12 release.__proto__',
      '3:36 release.toString',
      '4:23 classify.labels.__proto__',
    ]);
    expect(problems.every((line) => line.includes('unknown key'))).toBe(true);
    expect({}).not.toHaveProperty('polluted');
  });

  it('may well have a label that is called constructor', () => {
    expect(Object.entries(policyOf('classify: { labels: { constructor: bug } }').classify.labels)).toContainEqual(['constructor', 'bug']);
  });

  it('never makes it stumble, whatever it is made of', () => {
    const word = fc.constantFrom(
      ...['version', 'release', 'environments', 'requires', 'checks', 'for', 'labels', 'lines', 'default', '__proto__', 'constructor'],
      ...[
        ': ',
        '- ',
        '{ ',
        ' }',
        '[',
        ']',
        ', ',
        '\n',
        '\n  ',
        '\n    ',
        '"',
        "'",
        '&a ',
        '*a',
        '!x ',
        '|\n',
        '>',
        '#',
        '@',
        '\t',
        '\r\n',
        '~',
        '1',
        'mon',
        '24h',
        '---\n',
        '%',
      ],
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
          fc.string({ unit: 'binary', maxLength: 200 }),
        ),
        (text) => {
          const read = parsePolicy(text);
          if (read.ok) return;
          const lines = text.split(/\n/).length;
          expect(read.problems.length).toBeGreaterThan(0);
          for (const { line, says } of read.problems) {
            expect(line).toBeLessThanOrEqual(lines + 1);
            expect(says).not.toBe('');
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
