import { describe, expect, it } from 'vitest';
import { fixedIncrement, lineTemplateOf, notesTemplateOf, tagTemplateOf } from '../../src/core/import/drafter-templates.ts';
import { importReleaseDrafter, type ReleaseDrafterSource } from '../../src/core/import/release-drafter.ts';
import { applyOverrides } from '../../src/core/policy/overrides.ts';
import { importedOf, keysOf, said } from '../support/imports.ts';

function outcomeOf(text: string, more: Partial<ReleaseDrafterSource> = {}) {
  return importReleaseDrafter({
    config: { path: '.github/release-drafter.yml', text },
    inputs: {},
    repository: null,
    defaultBranch: 'main',
    ...more,
  });
}

function importOf(config: string | object, more: Partial<ReleaseDrafterSource> = {}) {
  return importedOf(outcomeOf(typeof config === 'string' ? config : JSON.stringify(config), more));
}

const COMMON = String.raw`
name-template: 'v$RESOLVED_VERSION 🌈'
tag-template: 'v$RESOLVED_VERSION'
categories:
  - title: '🚀 Features'
    labels: [feature, enhancement]
  - title: '🐛 Bug Fixes'
    labels:
      - fix
      - bugfix
      - bug
  - title: '🧰 Maintenance'
    label: chore
    collapse-after: 3
  - title: Dependencies
    labels: [dependencies, renovate]
  - title: Everything else
exclude-labels: [skip-changelog, internal]
change-template: '- $TITLE @$AUTHOR (#$NUMBER)'
change-title-escapes: '\<*_&' # You can add # and @ to disable mentions
version-resolver:
  major: { labels: [major, breaking] }
  minor: { labels: [minor, feature, enhancement] }
  patch: { labels: [patch] }
  default: patch
template: |
  ## Changes

  $CHANGES

  **Full Changelog**: https://github.com/$OWNER/$REPOSITORY/compare/$PREVIOUS_TAG...v$RESOLVED_VERSION
`;

describe('a common configuration', () => {
  const { overrides, did, cannot, rules } = importOf(COMMON);

  it('keeps one draft, with its tags', () => {
    expect(overrides.release).toEqual({ mode: 'draft', tag: 'v{version}', before1: { breaking: 'major', feature: 'minor' } });
  });

  it('says what labels mean: by the resolver, and within a patch by their names', () => {
    const { labels } = applyOverrides(overrides).classify;
    expect(labels).toMatchObject({ feature: 'feature', enhancement: 'feature', major: 'breaking', breaking: 'breaking', minor: 'feature' });
    expect(labels).toMatchObject({
      fix: 'bug',
      bugfix: 'bug',
      bug: 'bug',
      chore: 'maintenance',
      dependencies: 'dependency',
      renovate: 'dependency',
    });
    expect(labels).toMatchObject({ 'skip-changelog': 'none', internal: 'none' });
    expect(overrides.classify).toEqual({ labels: { renovate: 'dependency', internal: 'none' }, unrecognised: 'maintenance' });
  });

  it('has its sections, the last of which takes what no other has', () => {
    expect(overrides.notes?.sections).toEqual([
      { title: '🚀 Features', of: ['feature'] },
      { title: '🐛 Bug Fixes', of: ['bug'] },
      { title: '🧰 Maintenance', of: ['maintenance'] },
      { title: 'Dependencies', of: ['dependency'] },
      { title: 'Everything else', of: ['breaking', 'security', 'performance', 'compatibility', 'stability', 'documentation'] },
    ]);
  });

  it('has its line and its page in our words', () => {
    expect(overrides.notes?.line).toBe('{subject} {author} ({pr})');
    expect(overrides.notes?.template).toBe('## Changes\n\n{changes}\n\n{compare}');
  });

  it('tells the rest', () => {
    expect(keysOf(cannot)).toEqual(
      expect.arrayContaining(['name-template', 'categories[2].collapse-after', 'titles', 'labels that it does not list']),
    );
    expect(said(did, 'change-title-escapes')).toMatch(/^needs no setting/);
    expect(rules).toMatchObject({ prerelease: false, identifier: null, fixed: null });
    expect(rules.categories.map(({ type, increment }) => `${type} ${increment}`)).toEqual([
      ...Array.from({ length: 5 }, () => 'changelog patch'),
      'pre-exclude patch',
      'version-resolver major',
      'version-resolver minor',
      'version-resolver patch',
      'version-resolver patch',
    ]);
  });
});

describe('labels', () => {
  it('without a level are what they are called, and features among them are told', () => {
    const { overrides, cannot } = importOf({
      categories: [
        { title: 'Breaking', labels: ['API breaking'] },
        { title: 'New', labels: ['type: feature: ui', 'neu'] },
        { title: 'Security', label: 'cve' },
        { title: 'Schnell', label: 'performance: memory' },
        { title: 'Docs', labels: ['type: docs'] },
        { title: 'Fixes', label: 'kaputt' },
        { title: 'Rest', label: 'misc' },
      ],
    });
    expect(overrides.classify?.labels).toEqual({
      'API breaking': 'breaking',
      'type: feature: ui': 'feature',
      neu: 'feature',
      cve: 'security',
      'performance: memory': 'performance',
      'type: docs': 'documentation',
      kaputt: 'bug',
      misc: 'maintenance',
    });
    expect(said(cannot, 'version-resolver')).toContain('no level is told for `API breaking`, `type: feature: ui`, `neu`');
  });

  it('whose level is told are what that says, whatever they are called', () => {
    const { overrides, cannot } = importOf({
      categories: [{ title: 'Features', label: 'feature' }],
      'version-resolver': { patch: { labels: ['feature'] }, major: { labels: ['bug'] } },
    });
    expect(overrides.classify?.labels).toEqual({ feature: 'maintenance', bug: 'breaking' });
    expect(said(cannot, 'version-resolver')).toBe('');
  });

  it('named like what every object has are labels, too', () => {
    const { overrides } = importOf({ categories: [{ title: 'Odd', labels: ['constructor', 'toString', '__proto__x'] }] });
    expect(overrides.classify?.labels).toEqual({ constructor: 'maintenance', toString: 'maintenance', __proto__x: 'maintenance' });
  });

  it.each<[string, object, string]>([
    ['patch', { default: 'patch' }, 'maintenance'],
    ['minor', { default: 'minor' }, 'feature'],
    ['major, as far as it can', { default: 'major' }, 'feature'],
  ])('that are not there count as %s', (_, resolver, unrecognised) => {
    const { overrides, cannot } = importOf({ 'version-resolver': resolver });
    expect(overrides.classify?.unrecognised).toBe(unrecognised);
    expect(said(cannot, 'version-resolver.default').includes('major')).toBe('default' in resolver && resolver.default === 'major');
  });
});

describe('version 7', () => {
  const { overrides, cannot } = importOf({
    categories: [
      { title: 'Breaking', 'semver-increment': 'major', exclusive: true, when: { conventional: { breaking: true } } },
      { title: 'New', 'semver-increment': 'minor', when: { conventional: { type: 'feat' } } },
      { title: 'Dependency Updates', when: { conventional: { scopes: ['deps'], types: ['build'] } } },
      { title: 'Fixed', when: [{ conventional: { types: ['fix', 'perf'] } }, { labels: ['bug', 'regression'] }] },
      { title: 'Kept up', 'semver-increment': 'patch', when: { conventional: { types: ['refactor', 'test', 'feature'] } } },
      { title: 'Other changes' },
      { type: 'pre-exclude', when: { label: 'skip-changelog' } },
      { type: 'pre-include', when: { paths: ['src/**'] } },
      { type: 'version-resolver', 'semver-increment': 'minor', when: { labels: ['a', 'b'], 'labels-mode': 'all' } },
      { type: 'changelogs', title: 'x' },
      'no category',
    ],
  });

  it('reads types of titles', () => {
    expect(applyOverrides(overrides).classify.types).toMatchObject({
      feat: 'feature',
      fix: 'bug',
      perf: 'performance',
      refactor: 'maintenance',
      test: 'maintenance',
      feature: 'maintenance',
    });
    expect(applyOverrides(overrides).classify.labels).toMatchObject({ bug: 'bug', regression: 'bug', 'skip-changelog': 'none' });
  });

  it('has its sections', () => {
    expect(overrides.notes?.sections).toEqual([
      { title: 'Breaking', of: ['breaking'] },
      { title: 'New', of: ['feature'] },
      { title: 'Fixed', of: ['bug', 'performance'] },
      { title: 'Kept up', of: ['maintenance'] },
      { title: 'Other changes', of: ['security', 'compatibility', 'stability', 'dependency', 'documentation'] },
    ]);
  });

  it('tells the conditions that are no settings', () => {
    expect(said(cannot, 'categories[2]')).toContain('scopes (deps)');
    expect(said(cannot, 'categories[7]')).toContain('only changes that match are listed');
    expect(said(cannot, 'categories[8]')).toContain('labels-mode all');
    expect(said(cannot, 'categories[9].type')).toContain('"changelogs" is none of');
    expect(said(cannot, 'categories[10]')).toContain('should hold a map');
  });

  it.each<[object, string, RegExp]>([
    [{ title: 'a', when: { paths: ['x'], 'paths-mode': 'some' } }, 'categories[0].when.paths-mode', /none of any/],
    [
      { title: 'a', when: { conventional: { breaking: true } }, 'semver-increment': 'minor' },
      'categories[0]',
      /breaking change makes a minor release/,
    ],
    [{ title: 'a', when: { conventional: true }, 'semver-increment': 'minor' }, 'categories[0]', /any conventional title/],
    [{ title: 'a', when: { label: 'x', path: 'src' } }, 'categories[0]', /together with other conditions/],
    [{ title: 'a', when: { conventional: { tpye: 'feat' } } }, 'categories[0].when.conventional.tpye', /`type`/],
    [{ title: 'a', when: 7 }, 'categories[0].when', /map of keys/],
    [{ tilte: 'a' }, 'categories[0].tilte', /`title`/],
  ])('%o is told', (category, key, says) => {
    expect(said(importOf({ categories: [category] }).cannot, key)).toMatch(says);
  });
});

describe('templates', () => {
  it.each<[string, string | null]>([
    ['v$RESOLVED_VERSION', 'v{version}'],
    ['$NEXT_PATCH_VERSION', '{version}'],
    ['app@$NEXT_MINOR_VERSION', 'app@{version}'],
    ['v$NEXT_MAJOR_VERSION_MAJOR', null],
    ['v$MAJOR.$MINOR', null],
    ['latest', null],
  ])('of the tag: %s', (template, tag) => {
    const read = tagTemplateOf(template);
    expect(read.ok ? read.text : null).toBe(tag);
  });

  it('of the tag may settle the level', () => {
    expect(['v$NEXT_MINOR_VERSION', 'v$RESOLVED_VERSION', null].map(fixedIncrement)).toEqual(['minor', null, null]);
    expect(said(importOf({ 'tag-template': 'v$NEXT_PATCH_VERSION' }).cannot, 'tag-template')).toContain('every release a patch release');
  });

  it.each<[string, string | RegExp]>([
    ['* $TITLE (#$NUMBER) @$AUTHOR', '{subject} ({pr}) {author}'],
    ['- $TITLE ([#$NUMBER]($URL)) $AUTHORS', '{subject} ({pr}) {author}'],
    ['$TITLE by $AUTHOR_MENTION', '{subject} by {author}'],
    ['- $TITLE $BODY', /\$BODY/],
    ['- {ticket} $TITLE', /\{ticket\}/],
  ])('of a line: %s', (template, expected) => {
    const read = lineTemplateOf(template);
    if (typeof expected === 'string') expect(read).toEqual({ ok: true, text: expected });
    else expect(read.ok ? '' : read.says).toMatch(expected);
  });

  const context = { tag: 'v{version}', repository: { owner: 'acme', name: 'kit' } };

  it.each<[string, string, string | RegExp]>([
    ['changes and people', '$CHANGES\n\nThanks to $CONTRIBUTORS\n', '{changes}\n\nThanks to {contributors}'],
    ['a link between the tags', 'a\nhttps://github.com/$OWNER/$REPOSITORY/compare/$PREVIOUS_TAG...v$RESOLVED_VERSION', 'a\n{compare}'],
    [
      'the tag and the version',
      'docker pull acme:v$RESOLVED_VERSION or $RESOLVED_VERSION after $PREVIOUS_TAG',
      'docker pull acme:{tag} or {version} after {previous}',
    ],
    ['the repository', 'https://x.dev/$OWNER/$REPOSITORY', 'https://x.dev/acme/kit'],
    ['new people', '$NEW_CONTRIBUTORS', /\$NEW_CONTRIBUTORS/],
    ['braces of their own', 'use {name}', /\{name\}/],
  ])('of the page, with %s', (_, template, expected) => {
    const read = notesTemplateOf(template, context);
    if (typeof expected === 'string') expect(read).toEqual({ ok: true, text: expected });
    else expect(read.ok ? '' : read.says).toMatch(expected);
  });

  it('of the page have head and foot; what cannot be said keeps the built-in one', () => {
    expect(importOf({ header: 'Hello\n', template: '$CHANGES\n', footer: 'Bye' }).overrides.notes?.template).toBe('Hello\n{changes}\nBye');
    const { overrides, cannot } = importOf({ template: '$CHANGES for $OWNER', 'change-template': '$BODY' });
    expect(overrides.notes).toBeUndefined();
    expect(said(cannot, 'template')).toContain('$OWNER');
    expect(said(cannot, 'change-template')).toContain('$BODY');
  });

  it.each(['$', '{', '$OWNER/', '#$NUMBER', '[#$NUMBER](', ' '])('of 20,000 %j end soon', (text) => {
    const from = performance.now();
    const long = text.repeat(20_000 / text.length);
    tagTemplateOf(long);
    lineTemplateOf(long);
    notesTemplateOf(long, context);
    expect(performance.now() - from).toBeLessThan(500);
  });
});

describe('lines and prereleases', () => {
  it.each<[string, object, Partial<ReleaseDrafterSource>, object | undefined]>([
    ['a prerelease with a name', { prerelease: true, 'prerelease-identifier': 'rc' }, {}, [{ branch: 'main', prerelease: 'rc' }]],
    ['a name alone', { 'prerelease-identifier': 'beta', commitish: 'refs/heads/next' }, {}, [{ branch: 'next', prerelease: 'beta' }]],
    ['a name that is switched off', { prerelease: false, 'prerelease-identifier': 'beta' }, {}, undefined],
    ['a flag alone', { prerelease: true }, {}, undefined],
    ['another branch', { commitish: 'stable' }, {}, [{ branch: 'stable' }]],
    ['the default branch', { commitish: 'main' }, {}, undefined],
    ['a tag', { commitish: 'refs/tags/v1' }, {}, undefined],
    [
      'inputs over the file',
      { commitish: 'main' },
      { inputs: { commitish: 'next', prerelease: 'true', 'prerelease-identifier': 'rc' } },
      [{ branch: 'next', prerelease: 'rc' }],
    ],
    ['expressions, which nobody knows yet', {}, { inputs: { commitish: '$' + '{{ github.ref }}' } }, undefined],
  ])('of %s', (_, config, more, lines) => {
    expect(importOf(config, more).overrides.lines).toEqual(lines);
  });

  it('that publish do so directly', () => {
    expect(importOf({}, { inputs: { publish: 'true' } }).overrides.release?.mode).toBe('direct');
  });
});

describe('the autolabeler', () => {
  const { overrides, cannot } = importOf({
    categories: [
      { title: 'New', label: 'shiny' },
      { title: 'Docs', label: 'documentation' },
    ],
    'version-resolver': { minor: { labels: ['shiny'] } },
    autolabeler: [
      { label: 'shiny', title: ['/^(feat|add)(\\(.+\\))?:/i', '/add/i'], branch: ['/^shiny\\//', '/.*x.*/'] },
      { label: 'documentation', files: ['*.md', 'site/', '/NOTES', 'docs/**/*.rst', '!x'], branch: ['/docs{0,1}\\/.+/'] },
      { label: 'bug', body: ['/JIRA-\\d+/'], title: ['/^fix/'] },
      { label: 'unheard of', title: ['/^x/'] },
      { title: ['/^x/'] },
    ],
  });

  it('is read as types, branches and paths where it is as plain as they are', () => {
    expect(overrides.classify?.types).toEqual({ add: 'feature' });
    expect(overrides.classify?.branches).toEqual({ shiny: 'feature', doc: 'documentation', docs: 'documentation' });
    expect(overrides.classify?.paths).toEqual({
      '**/*.md': 'documentation',
      'site/**': 'documentation',
      NOTES: 'documentation',
      'docs/**/*.rst': 'documentation',
    });
  });

  it('is told where it is not', () => {
    expect(said(cannot, 'autolabeler[0].title')).toContain('"/add/i"');
    expect(said(cannot, 'autolabeler[0].branch')).toContain('"/.*x.*/"');
    expect(said(cannot, 'autolabeler[1].files')).toContain('"!x"');
    expect(said(cannot, 'autolabeler[2].body')).toContain('JIRA');
    expect(said(cannot, 'autolabeler[3].label')).toContain('"unheard of"');
    expect(said(cannot, 'autolabeler[4]')).toContain('should have a `label`');
    expect(said(cannot, 'autolabeler')).toContain('labels are not set here');
  });
});

describe('the rest', () => {
  it.each([
    '_extends',
    'replacers',
    'sort-by',
    'exclude-contributors',
    'category-template',
    'no-changes-template',
    'include-pre-releases',
    'latest',
    'filter-by-range',
  ])('%s is told', (key) => {
    const { cannot } = importOf({
      [key]: key === 'replacers' ? [{ search: 'a', replace: 'b' }] : key === 'exclude-contributors' ? ['bot'] : 'x',
    });
    expect(said(cannot, key)).not.toBe('');
    expect(said(cannot, key)).not.toContain('is no key');
  });

  it('is told of filters, versions that are none, and keys that there are not', () => {
    const { cannot, overrides } = importOf({
      'include-labels': ['api'],
      'exclude-paths': ['docs'],
      'version-template': '$MAJOR.$MINOR',
      'tag-prefix': 'kit-v',
      'tag-templat': 'x',
    });
    expect(said(cannot, 'include-labels')).toContain('only changes that match');
    expect(said(cannot, 'exclude-paths')).toContain('must match every file');
    expect(said(cannot, 'version-template')).toContain('no semantic version');
    expect(said(cannot, 'tag-templat')).toContain('`tag-template`');
    expect(overrides.release?.tag).toBe('kit-v{version}');
  });

  it('cannot be read where the file is broken', () => {
    expect(outcomeOf("autolabeler:\n  - label: 'a'\n      branch:\n        - '/b/'\n")).toMatchObject({
      ok: false,
      problems: [expect.stringMatching(/^\.github\/release-drafter\.yml:\d+:\d+: /)],
    });
  });
});
