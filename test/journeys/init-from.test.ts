// `shiplock init --from TOOL` from a shell: real repositories with real configurations, the files that it writes, and what it says.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/core/policy/file.ts';
import { makeRepository, newFolder, type Repository, removeRepositories, type Story } from '../support/git.ts';

const CLI = join(import.meta.dirname, '../../src/cli.ts');

afterAll(removeRepositories);

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function init(dir: string, ...args: readonly string[]): Run {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [CLI, 'init', '--repo', dir, ...args], { encoding: 'utf8' });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

/** A repository whose first commit holds the files and is tagged, with the story after it, checked out. */
function repositoryWith(files: Readonly<Record<string, string>>, tags: readonly string[], tell: (story: Story) => void): Repository {
  const repository = makeRepository((story) => {
    story.commit('chore: begin', { files });
    for (const tag of tags) story.tag(tag);
    tell(story);
  });
  repository.git('reset', '--quiet', '--hard');
  return repository;
}

function read(dir: string, path: string): string {
  return readFileSync(join(dir, path), 'utf8');
}

function policyIn(dir: string) {
  const parsed = parsePolicy(read(dir, '.github/shiplock.yml'));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

describe('release-please', () => {
  const FILES = {
    'release-please-config.json': json({
      $schema: 'https://raw.githubusercontent.com/googleapis/release-please/main/schemas/config.json',
      'release-type': 'node',
      'bump-minor-pre-major': true,
      packages: { '.': { 'include-component-in-tag': false, 'extra-files': ['src/version.ts'] } },
      'pull-request-title-pattern': 'chore: release $' + '{version}',
    }),
    '.release-please-manifest.json': json({ '.': '1.2.0' }),
    'package.json': json({ name: '@acme/kit', version: '1.2.0' }),
  };
  const repository = repositoryWith(FILES, ['v1.2.0'], (story) => {
    story.commit('feat: add lions (#1)');
    story.commit('fix: calm seas (#2)\n\ncalls\nMIN(COALESCE(a, b))\n');
    story.commit('docs: tell of lions (#3)');
    story.on('topic');
    story.commit('fix: one');
    story.commit('feat!: two');
    story.on('main');
    story.merge('topic', 'Merge pull request #4 from acme/topic\n\nTopic\n');
  });
  const run = init(repository.dir, '--from', 'release-please');

  it('is imported into a policy that is read back', () => {
    expect(run).toMatchObject({ status: 0 });
    expect(policyIn(repository.dir)).toMatchObject({
      release: {
        mode: 'pull-request',
        tag: 'v{version}',
        initial: '1.0.0',
        before1: { breaking: 'minor', feature: 'minor' },
        files: ['package.json', 'src/version.ts'],
      },
      classify: { unrecognised: 'none' },
    });
    expect(read(repository.dir, '.github/workflows/shiplock.yml')).toContain('shiplock');
  });

  it('is told key by key on stdout, and the next step on stderr', () => {
    expect(run.stdout).toMatch(/^wrote \.github\/shiplock\.yml\nwrote \.github\/workflows\/shiplock\.yml\n/);
    expect(run.stdout).toContain('# release-please, read from `release-please-config.json` and `.release-please-manifest.json`');
    expect(run.stdout).toMatch(/## Imported\n\n- `/);
    expect(run.stdout).toMatch(
      /## Could not be imported\n[^#]*- `pull-request-title-pattern`: the title of the release pull request is no setting here\n/,
    );
    expect(run.stderr).toBe('Next: `shiplock plan` shows the next release; commit both files to see it on every push.\n');
  });

  it('and compared', () => {
    expect(run.stdout).toContain('Since v1.2.0. Both would release the same version, though they do not read every change alike.');
    expect(run.stdout).toContain('| release-please | 2.0.0 | major |\n| Shiplock | 2.0.0 | major |');
    expect(run.stdout).toContain(
      '#### Only Shiplock releases: 1 change\n\n- #2 fix: calm seas\n  - release-please drops it: its parser stumbles over the line `MIN(COALESCE(a, b))` (no release)',
    );
  });

  it('is not imported over what is there, unless it is to be', () => {
    const before = read(repository.dir, '.github/shiplock.yml');
    writeFileSync(join(repository.dir, '.github/shiplock.yml'), '# mine\n');
    const refused = init(repository.dir, '--from', 'release-please');
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toContain('exist already');
    expect(read(repository.dir, '.github/shiplock.yml')).toBe('# mine\n');
    expect(init(repository.dir, '--from', 'release-please', '--force').status).toBe(0);
    expect(read(repository.dir, '.github/shiplock.yml')).toBe(before);
  });

  it('of which the workflow says where it is', () => {
    const other = repositoryWith(
      {
        '.github/workflows/release.yml':
          'on: push\njobs:\n  r:\n    steps:\n      - uses: googleapis/release-please-action@v4\n        with:\n          config-file: ci/rp.json\n          manifest-file: ci/versions.json\n',
        'ci/rp.json': '{\n  // the only package\n  "packages": { "lib": { "component": "lib", "release-type": "simple" } }\n}\n',
        'ci/versions.json': '{ "lib": "0.4.0" }',
      },
      ['lib-v0.4.0'],
      (story) => {
        story.commit('feat: here', { files: { 'lib/a': '1' } });
        story.commit('feat: elsewhere', { files: { 'docs/a': '1' } });
      },
    );
    const { stdout, status } = init(other.dir, '--from', 'release-please', '--dry-run');
    expect(status).toBe(0);
    expect(stdout).toContain('read from `ci/rp.json` and `ci/versions.json`');
    expect(stdout).toContain('{ name: lib, path: lib, tag: "lib-v{version}" }');
    expect(stdout).toContain('### lib\n\nSince lib-v0.4.0. Both would release the same version.');
    expect(stdout).toContain('| release-please | 0.5.0 | minor |');
    expect(existsSync(join(other.dir, '.github/shiplock.yml'))).toBe(false);
  });

  it('that is nothing but a release type in a workflow', () => {
    const other = repositoryWith(
      {
        '.github/workflows/release.yaml':
          'jobs:\n  r:\n    steps:\n      - uses: google-github-actions/release-please-action@v3\n        with: { release-type: simple, bump-minor-pre-major: true }\n',
      },
      [],
      (story) => {
        story.commit('fix: a');
      },
    );
    expect(init(other.dir, '--from', 'release-please')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('| release-please | 1.0.0 | minor |\n| Shiplock | 1.0.0 |'),
    });
    expect(policyIn(other.dir).release).toMatchObject({ tag: 'v{version}', files: ['version.txt'] });
  });
});

describe('semantic-release', () => {
  it('is imported from package.json, where nothing is run', () => {
    const repository = repositoryWith(
      {
        'package.json': json({
          name: 'kit',
          version: '0.0.0-development',
          release: {
            branches: ['main', { name: 'beta', prerelease: true }],
            plugins: ['@semantic-release/commit-analyzer', ['@semantic-release/exec', { publishCmd: 'touch ran' }]],
          },
        }),
      },
      ['v3.0.0'],
      (story) => {
        story.commit('feat(api)!: drop v1 (#8)');
        story.commit('fix: a (#9)');
      },
    );
    const { status, stdout } = init(repository.dir, '--from', 'semantic-release');
    expect(status).toBe(0);
    expect(policyIn(repository.dir).lines).toEqual([{ branch: 'main' }, { branch: 'beta', prerelease: 'beta' }]);
    expect(stdout).toContain('`plugin @semantic-release/exec`: publishCmd not run here');
    expect(stdout).toContain('| semantic-release | 3.0.1 | patch |\n| Shiplock | 4.0.0 | major |');
    expect(stdout).toContain('- #8 feat(api)!: drop v1\n  - semantic-release drops it: the angular preset has no `!`');
    expect(existsSync(join(repository.dir, 'ran'))).toBe(false);
  });

  it('in YAML is imported for a prerelease branch', () => {
    const repository = repositoryWith(
      { '.releaserc': 'branches:\n  - main\n  - name: next\n    prerelease: rc\n' },
      ['v1.0.0'],
      (story) => {
        story.on('next');
        story.commit('feat: a');
        story.tag('v1.1.0-rc.1');
        story.commit('fix: b');
      },
    );
    repository.git('checkout', '--quiet', 'next');
    const { stdout } = init(repository.dir, '--from', 'semantic-release', '--dry-run');
    expect(stdout).toContain('Since v1.1.0-rc.1. Both would release the same version.');
    expect(stdout).toContain('| semantic-release | 1.1.0-rc.2 | patch |\n| Shiplock | 1.1.0-rc.2 |');
  });

  it('that is a program is not run, and how to get at its value is told', () => {
    const dir = newFolder();
    makeRepository().git('init', '--quiet', dir);
    writeFileSync(join(dir, 'release.config.cjs'), "require('fs').writeFileSync(__dirname + '/ran', ''); module.exports = {};\n");
    const { status, stdout, stderr } = init(dir, '--from', 'semantic-release');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('release.config.cjs is a program, which is not run here.');
    expect(stderr).toContain('.releaserc.json');
    expect(readdirSync(dir).sort()).toEqual(['.git', 'release.config.cjs']);
  });

  it('without a configuration has its defaults where package.json names it', () => {
    const repository = repositoryWith(
      { 'package.json': json({ devDependencies: { 'semantic-release': '^25.0.0' } }) },
      ['v1.0.0'],
      (story) => {
        story.commit('fix: a');
      },
    );
    expect(init(repository.dir, '--from', 'semantic-release').stdout).toContain('Both would release the same version.');
    expect(policyIn(repository.dir).lines.map(({ branch }) => branch)).toContain('next-major');
  });
});

it('release-drafter is imported, with its labels, and what they would have said is not guessed', () => {
  const repository = repositoryWith(
    {
      '.github/workflows/draft.yml':
        'jobs:\n  d:\n    steps:\n      - uses: release-drafter/release-drafter@v6\n        with: { config-name: drafter.yml }\n',
      '.github/drafter.yml': [
        "tag-template: '$RESOLVED_VERSION'",
        'categories:',
        '  - { title: New, labels: [enhancement] }',
        '  - { title: Fixed, label: regression }',
        'exclude-labels: [internal]',
        'version-resolver: { minor: { labels: [enhancement] }, default: patch }',
        'template: |',
        '  $CHANGES',
        '',
        '  https://github.com/$OWNER/$REPOSITORY/compare/$PREVIOUS_TAG...$RESOLVED_VERSION',
        '',
      ].join('\n'),
    },
    ['2.0.0'],
    (story) => {
      story.commit('Add a (#1)');
      story.commit('Fix b (#2)');
      story.commit('Fix c');
    },
  );
  repository.git('remote', 'add', 'origin', 'https://github.com/acme/kit.git');
  const { status, stdout } = init(repository.dir, '--from', 'release-drafter');
  expect(status).toBe(0);
  expect(policyIn(repository.dir)).toMatchObject({
    release: { mode: 'draft', tag: '{version}' },
    classify: { labels: { regression: 'bug', internal: 'none', enhancement: 'feature' } },
    notes: { template: '{changes}\n\n{compare}' },
  });
  expect(stdout).toContain('read from `.github/drafter.yml`');
  expect(stdout).toContain('| release-drafter | 2.0.1 | patch |\n| Shiplock | 2.1.0 | minor |');
  expect(stdout).toContain('On 2 changes the word of release-drafter is not in a clone.');
  expect(stdout).toContain('Labels are not in a clone');
});

it('changesets is imported with its workspace, and its change files are held against each package', () => {
  const repository = repositoryWith(
    {
      '.changeset/config.json': json({
        $schema: 'https://unpkg.com/@changesets/config@3.1.1/schema.json',
        changelog: '@changesets/cli/changelog',
        commit: false,
        fixed: [],
        linked: [],
        access: 'public',
        baseBranch: 'main',
        ignore: [],
      }),
      '.changeset/README.md': '# Changesets\n',
      'package.json': json({ name: 'root', private: true }),
      'pnpm-workspace.yaml': 'packages:\n  - packages/*\n  - "!packages/old"\n  - tools/**\n',
      'packages/core/package.json': json({ name: '@acme/core', version: '1.0.0' }),
      'packages/cli/package.json': json({ name: '@acme/cli', version: '2.3.0', dependencies: { '@acme/core': 'workspace:*' } }),
      'packages/old/package.json': json({ name: '@acme/old', version: '1.0.0' }),
      'tools/deep/er/package.json': json({ name: 'tool', version: '0.1.0', private: true }),
      'node_modules/x/package.json': json({ name: 'x', version: '1.0.0' }),
    },
    ['@acme/core@1.0.0', '@acme/cli@2.3.0'],
    (story) => {
      story.commit('feat: grow (#1)', {
        files: { 'packages/core/a.ts': '1', '.changeset/brave-lions.md': '---\n"@acme/core": minor\n---\n\nGrows.\n' },
      });
      story.commit('fix: mend (#2)', { files: { 'packages/core/a.ts': '2' } });
    },
  );
  const { status, stdout } = init(repository.dir, '--from', 'changesets');
  expect(status).toBe(0);
  expect(policyIn(repository.dir).packages).toEqual([
    { name: '@acme/cli', path: 'packages/cli', tag: '{name}@{version}' },
    { name: '@acme/core', path: 'packages/core', tag: '{name}@{version}' },
  ]);
  expect(stdout).toContain('The two agree on 1 of 2 packages.');
  expect(stdout).toContain('tool at tools/deep/er is private');
  const [, cli = '', core = ''] = stdout.split(/^### .*$/m);
  expect(cli).toContain('| changesets | 2.3.1 | patch |\n| Shiplock | none | none |');
  expect(core).toContain('| changesets | 1.1.0 | minor |\n| Shiplock | 1.1.0 | minor |');
  expect(core).toContain('- #2 fix: mend\n  - changesets knows nothing of it: it brought no change file (no release)');
});

describe('what goes wrong', () => {
  const empty = makeRepository();

  it.each<[string, readonly string[], RegExp]>([
    [
      'a tool that is misspelt',
      ['--from', 'relase-please'],
      /^`init` cannot import from "relase-please"\. Did you mean `--from release-please`\?\n$/,
    ],
    ['a tool that is none', ['--from', 'lerna'], /It reads release-please, semantic-release, release-drafter, changesets\.\n$/],
    ['two sources', ['--from', 'changesets', '--learn'], /either --from or --learn/],
    ['no value', ['--from'], /--from/],
    [
      'no configuration of release-please',
      ['--from', 'release-please'],
      /^No configuration of release-please was found\. Looked for release-please-config\.json, .*release-type\. /,
    ],
    [
      'no configuration of semantic-release',
      ['--from', 'semantic-release'],
      /Looked for `release` in package\.json, \.releaserc, .*release\.config\.js/,
    ],
    ['no configuration of release-drafter', ['--from', 'release-drafter'], /Looked for \.github\/release-drafter\.yml/],
    ['no configuration of changesets', ['--from', 'Changesets'], /Looked for \.changeset\/config\.json/],
  ])('%s is answered in words, and nothing is written', (_, args, says) => {
    const { status, stdout, stderr } = init(empty.dir, ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(existsSync(join(empty.dir, '.github'))).toBe(false);
  });

  function folderWith(path: string, text: string): string {
    const { dir } = makeRepository();
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
    return dir;
  }

  it('a file that cannot be read is told with its place', () => {
    const { status, stderr } = init(folderWith('release-please-config.json', '{ "packages": {\n  ".": {'), '--from', 'release-please');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^The configuration of release-please cannot be read:\nrelease-please-config\.json:2:\d+: /);
  });

  it('a file that is too large is not read', () => {
    const { status, stderr } = init(
      folderWith('.github/release-drafter.yml', `template: ${'x'.repeat(300_000)}\n`),
      '--from',
      'release-drafter',
    );
    expect(status).toBe(2);
    expect(stderr).toContain('.github/release-drafter.yml is 293 KiB long');
  });

  it('a file that lies outside of the tree is not read', () => {
    const outside = newFolder();
    writeFileSync(join(outside, 'config.json'), '{"packages":{}}');
    const { dir } = makeRepository();
    symlinkSync(join(outside, 'config.json'), join(dir, 'release-please-config.json'));
    expect(init(dir, '--from', 'release-please')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('No configuration of release-please was found'),
    });
  });

  it('a repository without commits has its files, and no comparison', () => {
    const dir = folderWith('.releaserc.json', '{ "branches": "main" }');
    const { status, stdout } = init(dir, '--from', 'semantic-release');
    expect(status).toBe(0);
    expect(policyIn(dir).lines).toEqual([{ branch: 'main' }]);
    expect(stdout).toContain('## The next release\n\nIt could not be compared: ');
  });
});
