// The Action as GitHub runs it: the built bundle in a process of its own, with the runner's variables and files, over real repositories. The
// log and the files are read as the runner reads them.
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Bundle, bundle, ENTRIES, staticClosure, writeBundle } from '../../scripts/bundle.ts';
import { INPUTS, TASKS } from '../../src/action/inputs.ts';
import type { PlanJson } from '../../src/core/plan-json.ts';
import { makeRepository, newFolder, type Repository, removeRepositories, type Story } from '../support/git.ts';
import { leaksOf } from '../support/markdown.ts';
import { commandsOf, outputsOf } from '../support/runner.ts';

const ROOT = join(import.meta.dirname, '../..');
const SECRET = 'ghs_16C7e42F292c6912E7710c838347Ae178B4a';

let built: Bundle;
let action: string;
let files: string;

beforeAll(async () => {
  built = await bundle(ROOT);
  action = mkdtempSync(join(tmpdir(), 'shiplock-action-'));
  files = mkdtempSync(join(tmpdir(), 'shiplock-runner-'));
  await writeBundle(join(action, 'dist'), built);
}, 60_000);
afterAll(() => {
  removeRepositories();
  for (const folder of [action, files]) rmSync(folder, { recursive: true, force: true });
});

if (!process.version.startsWith('v24.')) console.warn(`The Action is run with Node ${process.version}; GitHub runs it with Node 24.`);

interface Run {
  readonly status: number | null;
  readonly log: string;
  readonly commands: ReturnType<typeof commandsOf>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

let runs = 0;

/** Runs the Action in a checkout, as the runner does for a push to `main`. */
function run(dir: string, inputs: Readonly<Record<string, string>> = {}, env: Readonly<Record<string, string | undefined>> = {}): Run {
  runs += 1;
  const [output, summary] = [join(files, `output-${runs}`), join(files, `summary-${runs}`)];
  for (const file of [output, summary]) writeFileSync(file, '');
  const all: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('GIT_'))),
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: dir,
    GITHUB_REPOSITORY: 'acme/lock',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
    'INPUT_GITHUB-TOKEN': SECRET,
    ...env,
  };
  for (const [name, value] of Object.entries(inputs)) all[`INPUT_${name.toUpperCase()}`] = value;
  const given = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const result = spawnSync(process.execPath, [join(action, 'dist/action.js')], { cwd: dir, env: given, encoding: 'utf8' });
  expect(result.stderr).toBe('');
  const [written, page] = [readFileSync(output, 'utf8'), readFileSync(summary, 'utf8')];
  for (const text of [result.stdout, written, page]) expect(text).not.toContain(SECRET);
  return { status: result.status, log: result.stdout, commands: commandsOf(result.stdout), outputs: outputsOf(written), summary: page };
}

/** v1.2.3, and what the messages say after it. */
function released(...messages: readonly string[]): (story: Story) => void {
  return (story) => {
    story.commit('feat: begin');
    story.tag('v1.2.3');
    for (const message of messages) story.commit(message);
  };
}

function write(repository: Repository, path: string, text: string): void {
  mkdirSync(dirname(join(repository.dir, path)), { recursive: true });
  writeFileSync(join(repository.dir, path), text);
}

const planOf = (result: Run) => JSON.parse(result.outputs.plan ?? '') as PlanJson;

describe('a plan', () => {
  it.each([
    [
      'maintenance',
      ['fix: close the valve (#7)'],
      { kind: 'maintenance', bump: 'patch', version: '1.2.4', tag: 'v1.2.4' },
      '## Maintenance release 1.2.4',
    ],
    [
      'a feature',
      ['fix: close the valve (#7)', 'feat: open the gate (#8)'],
      { kind: 'feature', bump: 'minor', version: '1.3.0', tag: 'v1.3.0' },
      '## Feature release 1.3.0',
    ],
    [
      'a breaking change',
      ['feat!: drop the old keys (#9)'],
      { kind: 'feature', bump: 'major', version: '2.0.0', tag: 'v2.0.0' },
      'a major bump with 1 breaking change',
    ],
    ['nothing to release', ['docs: tell of it (#10)'], { kind: 'none', bump: 'none', version: '', tag: '' }, '## Nothing to release'],
    ['nothing at all', [], { kind: 'none', bump: 'none', version: '', tag: '' }, 'No changes since `v1.2.3` on `main`.'],
  ])('of %s is in the outputs, the summary and the log', (_, messages, outputs, words) => {
    const result = run(makeRepository(released(...messages)).dir);
    expect(result.status).toBe(0);
    expect(result.commands).toEqual([]);
    expect(result.outputs).toMatchObject({ ...outputs, 'previous-tag': 'v1.2.3' });
    expect(result.summary).toContain(words);
    expect(result.log).toContain('since v1.2.3 on main');
  });

  it('of a first release has no tag before it', () => {
    const result = run(makeRepository((story) => story.commit('feat: begin (#1)')).dir);
    expect(result.outputs).toMatchObject({
      version: '0.1.0',
      'previous-tag': '',
      reasons: 'Nothing was released before, so the first version is 0.1.0.',
    });
  });

  it('has notes that link into the repository, though the clone has no remote', () => {
    const result = run(makeRepository(released('feat: open the gate (#8)')).dir);
    expect(result.outputs.notes).toContain('open the gate ([#8](https://github.com/acme/lock/pull/8))');
    expect(result.outputs.notes).toContain('https://github.com/acme/lock/compare/v1.2.3...v1.3.0');
    expect(result.summary).toContain('[#8](https://github.com/acme/lock/pull/8)');
  });

  it('is the same JSON that the command line prints', ({ skip }) => {
    skip(!existsSync(join(ROOT, ENTRIES.cli ?? '')), 'src/cli.ts is not there yet');
    const { dir } = makeRepository(released('fix: close the valve (#7)', 'docs: x', 'feat(gate)!: open the gate (#8)\n\nCloses #3'));
    const cli = spawnSync(process.execPath, [join(action, 'dist/cli.js'), 'plan', '--json', '--repo', dir], { encoding: 'utf8' });
    const result = run(dir, {}, { GITHUB_REPOSITORY: undefined });
    expect(cli.stderr).toBe('');
    expect(result.outputs.plan).toBe(JSON.stringify(JSON.parse(cli.stdout)));
  });

  it('follows `release-as`', () => {
    const { dir } = makeRepository(released('fix: x'));
    expect(run(dir, { 'release-as': ' 3.0.0 ', 'dry-run': 'True' }).outputs.version).toBe('3.0.0');
  });

  it('writes exactly the outputs that action.yml declares', () => {
    const { outputs } = run(makeRepository(released('fix: x')).dir);
    expect(Object.keys(outputs).sort()).toEqual(Object.keys(described.outputs).sort());
  });

  it('of a monorepo has every package in the notes, the reasons and the JSON', () => {
    const repository = makeRepository((story) => {
      story.commit('feat: begin', { files: { 'packages/core/a': '', 'packages/ui/a': '' } });
      story.tag('core-v1.0.0');
      story.tag('ui-v2.0.0');
      story.commit('fix: mend (#1)', { files: { 'packages/core/b': '' } });
      story.commit('feat!: break (#2)', { files: { 'packages/ui/b': '' } });
    });
    write(
      repository,
      '.github/shiplock.yml',
      'version: 1\npackages:\n  - { name: core, path: packages/core }\n  - { name: ui, path: packages/ui }\n',
    );
    const result = run(repository.dir);
    expect(result.status).toBe(0);
    expect(result.outputs).toMatchObject({ kind: 'feature', bump: 'major', version: '', tag: '', 'previous-tag': '' });
    expect(result.outputs.notes?.match(/^# .*/gm)).toEqual(['# core 1.0.1', '# ui 3.0.0']);
    expect(result.outputs.reasons).toMatch(/^core: .*\nui: /);
    expect(planOf(result).packages?.map((one) => [one.package, one.version])).toEqual([
      ['core', '1.0.1'],
      ['ui', '3.0.0'],
    ]);
    expect(result.summary).toMatch(/^## 2 of 2 packages to release\n/);
  });
});

describe('the line', () => {
  const lines = (story: Story) => {
    story.commit('feat: begin');
    story.tag('v1.2.3');
    story.on('1.2.x');
    story.commit('fix: old (#5)');
    story.on('main');
    story.commit('feat: new (#6)');
    story.tag('v1.3.0');
    story.commit('feat: newer (#8)');
  };

  it('is that of the branch that is checked out, or of the input `line`', () => {
    const { dir } = makeRepository(lines);
    expect(run(dir).outputs.version).toBe('1.4.0');
    expect(run(dir, { line: '1.2.x' }).outputs.version).toBe('1.2.4');
    expect(run(dir, { line: 'refs/heads/1.2.x' }).outputs['previous-tag']).toBe('v1.2.3');
  });

  it('of a pull request is the one that it would be merged to, and the plan has its commits', () => {
    const repository = makeRepository((story) => {
      lines(story);
      story.on('1.2.x');
      story.on('topic');
      story.commit('fix: a topic');
    });
    repository.git('checkout', '-q', '--detach', '1.2.x');
    repository.git('merge', '-q', '--no-ff', '-m', `Merge ${repository.sha('topic')} into ${repository.sha('1.2.x')}`, 'topic');
    const plan = planOf(run(repository.dir, {}, { GITHUB_REF: 'refs/pull/5/merge', GITHUB_BASE_REF: '1.2.x' }));
    expect(plan).toMatchObject({ line: '1.2.x', version: '1.2.4', remarks: [] });
    expect(plan.changes.map((change) => change.title)).toEqual(['fix: a topic', 'fix: old']);
  });

  it('of a detached HEAD is that of the branch that the run is about', () => {
    const repository = makeRepository(lines);
    repository.git('checkout', '-q', '--detach', '1.2.x');
    expect(planOf(run(repository.dir, {}, { GITHUB_REF: 'refs/heads/1.2.x' })).line).toBe('1.2.x');
  });

  it('of a merge queue is the one behind the queue', () => {
    const repository = makeRepository(lines);
    repository.git('checkout', '-q', '-b', `gh-readonly-queue/1.2.x/pr-7-${repository.sha('1.2.x')}`, '1.2.x');
    expect(planOf(run(repository.dir, {}, { GITHUB_REF: 'refs/heads/gh-readonly-queue/1.2.x/pr-7-abc' }))).toMatchObject({
      line: '1.2.x',
      version: '1.2.4',
    });
  });

  it('is the default branch of the event where the clone does not say which that is', () => {
    const repository = makeRepository((story) => {
      story.commit('feat: begin');
      story.tag('v1.2.3');
      story.on('trunk');
      story.commit('feat: next');
    });
    repository.git('checkout', '-q', 'trunk');
    const event = join(files, 'event.json');
    writeFileSync(event, JSON.stringify({ repository: { default_branch: 'trunk' } }));
    const told = run(repository.dir, {}, { GITHUB_EVENT_PATH: event });
    expect(planOf(told)).toMatchObject({ line: 'trunk', remarks: [] });
    writeFileSync(event, '[{]');
    expect(run(repository.dir, {}, { GITHUB_EVENT_PATH: event }).status).toBe(0);
  });

  it('that is not in the checkout is a wrong input', () => {
    const result = run(makeRepository(released()).dir, { line: '9.x' });
    expect(result.status).toBe(2);
    expect(result.commands).toMatchObject([{ name: 'error', data: expect.stringContaining('no branch "9.x" in this checkout') }]);
    expect(result.outputs).toEqual({});
  });
});

describe('an objection', () => {
  const objected = () => {
    const repository = makeRepository((story) => {
      story.commit('feat: begin');
      story.tag('v1.2.3');
      story.on('1.2.x');
      story.commit('feat: a feature on an old line (#5)');
      story.on('main');
      story.commit('feat: new (#6)');
      story.tag('v1.3.0');
    });
    return run(repository.dir, { line: '1.2.x' });
  };

  it('fails the step and says why in an annotation, the summary and the reasons', () => {
    const result = objected();
    expect(result.status).toBe(1);
    const [objection] = planOf(result).objections;
    expect(objection?.code).toBe('feature-on-maintenance-line');
    expect(result.commands).toEqual([{ name: 'error', properties: { title: 'Objection' }, data: objection?.says }]);
    expect(result.outputs.reasons).toContain(objection?.says);
    expect(result.summary).toContain('> [!CAUTION]\n> **1 objection holds this release back.**');
  });

  it('leaves the outputs to see, without a version', () => {
    expect(objected().outputs).toMatchObject({ kind: 'feature', bump: 'minor', version: '', tag: '', 'previous-tag': 'v1.2.3' });
  });

  it('comes of a version that goes backwards', () => {
    const result = run(makeRepository(released('fix: x')).dir, { 'release-as': '1.0.0' });
    expect([result.status, planOf(result).objections[0]?.code]).toEqual([1, 'release-as-backwards']);
  });
});

it('an alarm is a warning, and fails nothing', () => {
  const result = run(makeRepository(released('chore(release): 1.2.4', 'fix: x')).dir);
  expect(result.status).toBe(0);
  expect(result.commands).toMatchObject([{ name: 'warning', data: expect.stringContaining('no tag v1.2.4 exists') }]);
  expect(result.summary).toContain('> [!WARNING]');
});

describe('the policy', () => {
  const policy = 'version: 1\nclassify:\n  types: { chore: feature }\n';

  it('is read from .github/shiplock.yml', () => {
    const repository = makeRepository(released('chore: x'));
    write(repository, '.github/shiplock.yml', policy);
    expect(run(repository.dir).outputs.version).toBe('1.3.0');
  });

  it('is read from the file that `policy` names', () => {
    const repository = makeRepository(released('chore: x'));
    write(repository, 'ci/release.yml', policy);
    expect(run(repository.dir, { policy: 'ci/release.yml' }).outputs.version).toBe('1.3.0');
    expect(run(repository.dir, { policy: join(repository.dir, 'ci/release.yml') }).outputs.version).toBe('1.3.0');
    expect(run(repository.dir).outputs.version).toBe('1.2.4');
  });

  it('with problems is not used: each is an annotation at its place', () => {
    const repository = makeRepository(released('fix: x'));
    write(repository, '.github/shiplock.yml', 'version: 1\nrelase: {}\nrelease:\n  mode: fast\n');
    const result = run(repository.dir);
    expect(result.status).toBe(2);
    expect(result.outputs).toEqual({});
    expect(result.commands.map(({ name, properties: { file, line, col } }) => [name, file, line, col])).toEqual([
      ['error', '.github/shiplock.yml', '2', '1'],
      ['error', '.github/shiplock.yml', '4', '9'],
    ]);
    expect(result.commands[0]?.data).toContain('release');
    expect(result.summary).toMatch(/\*\*\.github\/shiplock\.yml has 2 problems, so it is not used at all\.\*\*\n>\n> - `2:1` /);
  });

  it.each([
    ['is not there', 'policy.yml', 'is not in the checkout'],
    ['lies outside', '../policy.yml', 'lies outside of the checkout'],
    ['lies outside by its full name', '/etc/passwd', 'lies outside of the checkout'],
    ['is the checkout itself', '.', 'lies outside of the checkout'],
    ['is within .git', '.git/config', 'lies outside of the checkout'],
    ['is a folder', 'folder', 'is not a file'],
    ['is a link that leads outside', 'link.yml', 'lies outside of the checkout'],
    ['is behind a linked folder', 'linked/passwd', 'lies outside of the checkout'],
  ])('that %s is a wrong input', (_, path, says) => {
    const repository = makeRepository(released('fix: x'));
    mkdirSync(join(repository.dir, 'folder'));
    symlinkSync('/etc/passwd', join(repository.dir, 'link.yml'));
    symlinkSync('/etc', join(repository.dir, 'linked'));
    const result = run(repository.dir, { policy: path });
    expect(result.status).toBe(2);
    expect(result.commands).toMatchObject([{ name: 'error', data: expect.stringContaining(says) }]);
    expect(result.log).not.toContain('root:');
  });

  it('of a stranger cannot be a link to a file of the machine', () => {
    const repository = makeRepository(released('fix: x'));
    mkdirSync(join(repository.dir, '.github'));
    symlinkSync('../.git/config', join(repository.dir, '.github/shiplock.yml'));
    const result = run(repository.dir);
    expect(result.status).toBe(2);
    expect(result.log + result.summary).not.toContain('repositoryformatversion');
  });
});

// With a token the plan would be read from GitHub instead (action-plan.test.ts).
const NO_TOKEN = { 'github-token': '' };

describe('what keeps it from an answer', () => {
  it('is a shallow clone: it says `fetch-depth: 0`', () => {
    const shallow = makeRepository(released('fix: x', 'fix: y')).clone('--depth=1');
    const result = run(shallow.dir, NO_TOKEN);
    expect(result.status).toBe(3);
    expect(result.outputs).toEqual({});
    expect(result.commands).toMatchObject([{ name: 'error', data: expect.stringContaining('fetch-depth: 0') }]);
    expect(result.summary).toContain('`fetch-depth: 0`');
  });

  it('is a workspace without a checkout: it says actions/checkout', () => {
    const result = run(newFolder(), NO_TOKEN);
    expect(result.status).toBe(3);
    expect(result.commands).toMatchObject([{ name: 'error', data: expect.stringContaining('actions/checkout') }]);
  });

  it('is a repository without commits', () => {
    expect(run(makeRepository().dir)).toMatchObject({ status: 3, commands: [{ name: 'error' }], outputs: {} });
  });

  it('is a machine without git', () => {
    const result = run(makeRepository(released()).dir, {}, { PATH: newFolder() });
    expect(result).toMatchObject({ status: 3, commands: [{ name: 'error', data: expect.stringContaining('git was not found') }] });
  });

  it.each(['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'])('is a file of the runner that cannot be written: %s', (name) => {
    const result = run(makeRepository(released('fix: x')).dir, {}, { [name]: join(files, 'nowhere/file') });
    expect(result.status).toBe(3);
    expect(result.commands).toMatchObject([{ name: 'error', data: expect.stringContaining(join(files, 'nowhere/file')) }]);
  });

  it.each([
    [{ task: 'paln' }, 'Did you mean `plan`?'],
    [{ task: 'relase' }, 'Did you mean `release`?'],
    [{ task: 'x\n::error::y' }, 'Set `task` to one of: `plan`, `classify`, `release`, `gate`.'],
    [{ 'dry-run': 'maybe' }, 'Set it to `true` or `false`.'],
    [{ 'wait-minutes': 'soon' }, 'Set it to a number of minutes from 0 to 1440.'],
    [{ 'wait-minutes': '1441' }, 'Set it to a number of minutes from 0 to 1440.'],
    [{ 'wait-minutes': '-1' }, 'Set it to a number of minutes from 0 to 1440.'],
    [{ task: 'release', policy: 'mine.yml' }, 'reads .github/shiplock.yml of the default branch'],
    [{ task: 'classify', policy: 'mine.yml' }, 'reads .github/shiplock.yml of the default branch'],
    [{ task: 'gate', policy: 'mine.yml' }, 'reads .github/shiplock.yml of the default branch'],
  ])('is a wrong input: %j', (inputs, says) => {
    const result = run(makeRepository(released()).dir, inputs);
    expect(result.status).toBe(2);
    expect(result.commands).toMatchObject([{ name: 'error', data: expect.stringContaining(says) }]);
    expect(result.summary).toContain('[!CAUTION]');
  });

  it('is not a checkout of another user, as container jobs have it', ({ skip }) => {
    skip(process.getuid?.() !== 0, 'only root can give a folder away');
    const version = spawnSync('git', ['--version'], { encoding: 'utf8' }).stdout;
    const [major = 0, minor = 0] = (/\d+\.\d+/.exec(version)?.[0] ?? '').split('.').map(Number);
    skip(major < 2 || (major === 2 && minor < 38), `git takes safe.directory from its environment from 2.38 on; this is ${version.trim()}`);
    const repository = makeRepository(released('fix: x'));
    for (const path of [repository.dir, join(repository.dir, '.git')]) chownSync(path, 12_345, 12_345);
    expect(run(repository.dir).outputs.version).toBe('1.2.4');
    const untrusted = run(repository.dir, {}, { GITHUB_ACTIONS: undefined });
    expect(untrusted).toMatchObject({ status: 3, commands: [{ name: 'error', data: expect.stringContaining('safe.directory') }] });
    const more = run(repository.dir, {}, { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.quotePath', GIT_CONFIG_VALUE_0: 'false' });
    expect(more.outputs.version, 'settings that were there stay').toBe('1.2.4');
  });
});

describe('hostile text', () => {
  const HOSTILE = [
    'fix: ::set-output name=version::9.9.9',
    '::set-output name=version::9.9.9',
    '::error file=a,line=1::forged',
    'fix: ##[set-output name=version]9.9.9 (#2)',
    'fix: x%0A::error::forged%0D%0A::stop-commands::x',
    'feat: version<<EOF',
    'EOF',
    'fix: end-0 ghadelimiter_x',
    'feat: hello @acme/team see #1 GH-2 </details></summary><img src=x onerror=alert(1)> <!-- x',
    'fix: | a | b | `c|d`',
    'fix: [x](javascript:alert(1)) ![y](https://evil.example/z)',
    'fix: \u001b[31mred\u202egnp.exe\u200b',
    'feat!: break\n\nBREAKING CHANGE: upgrade\r\n::error::forged\r\nversion<<EOF\r\n9.9.9\r\nEOF\r\n</details>\r\n## Forged',
    `fix: ${'('.repeat(20_000)}`,
  ];

  const result = () => {
    const repository = makeRepository((story) => {
      released()(story);
      for (const message of HOSTILE) story.commit(message, { author: '::error::forged <@acme/team%0A::x@example.com>' });
    });
    return run(repository.dir);
  };

  it('commands the runner nothing and forges no output', () => {
    const { status, commands, outputs, log } = result();
    expect(status).toBe(0);
    expect(commands).toEqual([]);
    expect(Object.keys(outputs).sort()).toEqual(Object.keys(described.outputs).sort());
    expect(outputs).toMatchObject({ version: '2.0.0', tag: 'v2.0.0', 'previous-tag': 'v1.2.3' });
    expect(planOf({ outputs } as Run).changes).toHaveLength(HOSTILE.length);
    expect(log.split('\n')).toHaveLength(2);
  });

  it('pings nobody, links nowhere and opens no HTML on the summary and in the notes', () => {
    const { summary, outputs } = result();
    const page = summary.replace(/^(?:<\/?details>|<summary>(?:\d+ changes? left out|Release notes)<\/summary>)$/gm, '');
    for (const text of [page, outputs.notes ?? '']) expect(leaksOf(text, ['https://github.com/acme/lock/'])).toEqual([]);
    expect(summary.match(/^<details>$/gm)).toHaveLength(summary.match(/^<\/details>$/gm)?.length ?? 0);
    expect(summary).not.toMatch(/^## Forged/m);
  });

  it('in a branch, a tag and the policy stays text, too', () => {
    const repository = makeRepository((story) => {
      story.commit('feat: begin');
      story.tag('v1.2.3');
      story.commit('fix: x');
    });
    repository.git('checkout', '-q', '-b', 'x%0A;;error@team');
    const branch = run(repository.dir);
    expect([branch.status, branch.commands]).toEqual([0, []]);
    write(repository, '.github/shiplock.yml', 'version: 1\n"::error::forged\\n::error::again": 1\n"@team ##[error]x": 2\n');
    const policy = run(repository.dir);
    expect(policy.commands.map(({ name, properties }) => [name, properties.line])).toEqual([
      ['error', '2'],
      ['error', '3'],
    ]);
    expect(leaksOf(policy.summary)).toEqual([]);
  });

  it('never brings a token out of the clone', () => {
    const repository = makeRepository(released('fix: x'));
    repository.git('remote', 'add', 'origin', `https://x-access-token:${SECRET}@github.com/acme/lock.git`);
    repository.git('config', 'http.https://github.com/.extraheader', `AUTHORIZATION: basic ${SECRET}`);
    expect(run(repository.dir).status).toBe(0);
    rmSync(join(repository.dir, '.git/HEAD'));
    expect(run(repository.dir).status).toBe(3);
  });
});

describe('by hand', () => {
  it('prints what it would have written', () => {
    const { dir } = makeRepository(released('feat: open the gate (#8)'));
    const none = Object.fromEntries(
      ['ACTIONS', 'WORKSPACE', 'OUTPUT', 'STEP_SUMMARY', 'REPOSITORY', 'REF'].map((name) => [`GITHUB_${name}`, undefined]),
    );
    const result = run(dir, {}, none);
    expect(result.status).toBe(0);
    expect(result.log).toContain('\nversion: 1.3.0\n');
    expect(result.log).toContain('\nnotes: (');
    expect(result.log).toContain('\n## Feature release 1.3.0\n');
    expect(result.log).toContain('\n| feature | feat: open the gate | #8 |');
  });
});

describe('the start', () => {
  it('loads for a plan without a policy file neither the parser of YAML nor that of schemas', () => {
    const loaded = staticClosure(built.metafile, 'dist/action.js');
    const sources = loaded.flatMap((file) => Object.keys(built.metafile.outputs[file]?.inputs ?? {}));
    expect(sources).toContain('src/flows/clone/plan.ts');
    expect(sources.filter((path) => /node_modules\/(?:yaml|zod|commander|semver|@octokit)\/|^src\/github\//.test(path))).toEqual([]);
    expect(bytesOf(loaded)).toBeLessThan(200_000);
    const tasks = staticClosure(built.metafile, 'dist/chunks/tasks.js');
    console.log(`A plan loads ${bytesOf(loaded)} bytes; the tasks that ask GitHub load ${bytesOf(tasks)} more.`);
  });

  it('loads for a plan of a checkout one file of dist/, by what V8 has run', () => {
    const { dir } = makeRepository(released('feat: open the gate'));
    const traces = newFolder();
    expect(run(dir, {}, { NODE_V8_COVERAGE: traces, NODE_DISABLE_COMPILE_CACHE: '1' }).outputs.version).toBe('1.3.0');
    const urls = readdirSync(traces).flatMap((name) => {
      const { result } = JSON.parse(readFileSync(join(traces, name), 'utf8')) as { result: readonly { readonly url: string }[] };
      return result.map(({ url }) => url);
    });
    expect(urls.filter((url) => url.includes('/dist/')).map((url) => url.slice(url.indexOf('/dist/')))).toEqual(['/dist/action.js']);
  });
});

const bytesOf = (files: readonly string[]) => files.reduce((sum, file) => sum + (built.metafile.outputs[file]?.bytes ?? 0), 0);

interface Described {
  readonly inputs: Readonly<Record<string, { description: string; default?: string; required?: boolean }>>;
  readonly outputs: Readonly<Record<string, { description: string }>>;
  readonly runs: { readonly using: string; readonly main: string };
}

const described = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as Described;

describe('action.yml', () => {
  it('runs the bundle with Node 24', () => {
    expect(described.runs).toEqual({ using: 'node24', main: 'dist/action.js' });
    expect(ENTRIES.action).toBe('src/action.ts');
  });

  it('declares the inputs that the code reads, and names the tasks that there are', () => {
    expect(Object.keys(described.inputs)).toEqual([...INPUTS]);
    expect(described.inputs.task?.description.split('. ')[0]).toBe(`What to do: ${TASKS.map((task) => `\`${task}\``).join(', ')}`);
    expect(described.inputs.task?.default).toBe('plan');
  });

  it('is what docs/action.md says', () => {
    const page = readFileSync(join(ROOT, 'docs/action.md'), 'utf8');
    for (const [name, { description }] of Object.entries({ ...described.inputs, ...described.outputs })) {
      expect(page).toContain(`| \`${name}\` | ${description} |`);
    }
  });
});
