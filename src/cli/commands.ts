// The one table of commands: the parser, the help and the documentation read it.

import type { Command, Option } from './arguments.ts';

const REPO: Option = { type: 'string', value: 'DIR', says: 'the clone to read (default: this folder)' };
const POLICY: Option = { type: 'string', value: 'FILE', says: 'the policy (default: .github/shiplock.yml if it is there)' };
const JSON_OUT: Option = { type: 'boolean', says: 'print JSON on stdout, and nothing else there' };

export const COMMANDS: readonly Command[] = [
  {
    name: 'plan',
    says: 'the next release of a local clone: maintenance or feature, version, notes, and why',
    options: {
      repo: REPO,
      line: { type: 'string', value: 'NAME', says: 'plan this branch’s line (default: the branch that is checked out)' },
      since: { type: 'string', value: 'TAG', says: 'plan from this tag (default: the line’s last release)' },
      to: { type: 'string', value: 'REF', says: 'plan up to this revision (default: the branch)' },
      'release-as': { type: 'string', value: 'X', says: 'ask for this version; never at or below the last release' },
      newcomers: { type: 'boolean', says: 'name first-time contributors in the notes (reads the whole history)' },
      policy: POLICY,
      json: JSON_OUT,
    },
    examples: ['shiplock plan', 'shiplock plan --line 1.x --json', 'shiplock plan --repo ../app --release-as 2.0.0'],
    load: () => import('./plan.ts'),
  },
  {
    name: 'classify',
    says: 'changes as JSON lines on stdin; one classification a line, with its evidence',
    options: { policy: POLICY, json: JSON_OUT },
    examples: [`echo '{"title":"feat!: drop Node 18","labels":["bug"]}' | shiplock classify --json`],
    load: () => import('./classify.ts'),
  },
  {
    name: 'notes',
    says: 'the release notes of any range, as Markdown',
    options: {
      repo: REPO,
      since: { type: 'string', value: 'TAG', says: 'from this tag (default: the line’s last release)' },
      to: { type: 'string', value: 'REF', says: 'up to this revision (default: HEAD)' },
      policy: POLICY,
      json: JSON_OUT,
    },
    examples: ['shiplock notes --since v1.2.0 --to v1.3.0', 'shiplock notes > NOTES.md'],
    load: () => import('./notes.ts'),
  },
  {
    name: 'backtest',
    says: 'replay a clone’s own releases: how often this policy would have chosen what was really released',
    options: {
      repo: REPO,
      learn: { type: 'boolean', says: 'propose the policy that agrees best with the older half, scored on the newer' },
      policy: POLICY,
      json: JSON_OUT,
    },
    examples: ['shiplock backtest', 'shiplock backtest --repo ../app --learn'],
    load: () => import('./backtest.ts'),
  },
  {
    name: 'init',
    says: 'write a policy file and a workflow',
    options: {
      repo: REPO,
      from: {
        type: 'string',
        value: 'TOOL',
        says: 'import from release-please, semantic-release, release-drafter or changesets, and compare the next release',
      },
      learn: { type: 'boolean', says: 'learn the policy from the repository’s own releases' },
      force: { type: 'boolean', says: 'overwrite files that are there' },
      'dry-run': { type: 'boolean', says: 'print what would be written' },
    },
    examples: ['shiplock init', 'shiplock init --learn', 'shiplock init --from release-please --dry-run'],
    load: () => import('./init.ts'),
  },
  {
    name: 'gate',
    says: 'the decision about one deployment, from a policy and a file of facts: open, or why not',
    options: {
      policy: { type: 'string', value: 'FILE', says: 'the policy whose gate it is' },
      environment: { type: 'string', value: 'ENV', says: 'the environment that is to be entered' },
      facts: { type: 'string', value: 'FILE', says: 'what was seen, as JSON (`-`: from stdin)' },
      json: JSON_OUT,
    },
    examples: ['shiplock gate --policy .github/shiplock.yml --environment production --facts facts.json'],
    load: () => import('./gate.ts'),
  },
  {
    name: 'verify',
    says: 'check an exported record: its chain, and that each decision follows from its facts',
    words: ['file'],
    options: {
      witness: {
        type: 'string',
        value: 'HASH',
        says: 'an entry must have this hash, or one that begins so: as a status on GitHub told it',
      },
      json: JSON_OUT,
    },
    examples: ['shiplock verify record.jsonl', 'shiplock verify record.jsonl --witness 4f8ac2b19d03'],
    load: () => import('./verify.ts'),
  },
  {
    name: 'record',
    says: 'export a repository’s record from the App’s store, as JSON lines',
    options: {
      repo: { type: 'string', value: 'OWNER/NAME', says: 'whose record, or its key repo:ID (default: the only one there is)' },
      sha: { type: 'string', value: 'SHA', says: 'only what is about this commit' },
      'without-texts': { type: 'boolean', says: 'leave out reasons and other free texts of people' },
      to: { type: 'string', value: 'FILE', says: 'write there, where no file is yet (default: stdout)' },
      attach: {
        type: 'string',
        value: 'TAG',
        says: 'instead, attach what is about this release’s commit to it on GitHub, with the token in GITHUB_TOKEN',
      },
      erase: { type: 'string', value: 'SEQ', says: 'instead, erase the free texts of this entry for good; the record stays sound' },
    },
    examples: ['shiplock record --repo acme/app > record.jsonl', 'DATABASE_URL=postgres://… shiplock record --to record.jsonl'],
    load: () => import('./record.ts'),
  },
  {
    name: 'calendar',
    says: 'windows, freezes and trains of the days to come, as an agenda, JSON or iCalendar',
    options: {
      policy: POLICY,
      from: { type: 'string', value: 'DATE', says: 'from this day or instant, in UTC (default: today)' },
      days: { type: 'string', value: 'N', says: 'so many days, 366 at most (default: 30)' },
      json: JSON_OUT,
      ics: { type: 'boolean', says: 'print iCalendar, for calendar programs' },
    },
    examples: ['shiplock calendar', 'shiplock calendar --from 2026-12-01 --days 60', 'shiplock calendar --ics > releases.ics'],
    load: () => import('./calendar.ts'),
  },
  {
    name: 'doctor',
    says: 'what keeps the gates from guarding: the policy, the workflows and GitHub’s settings held against one another',
    options: {
      repo: { type: 'string', value: 'OWNER/NAME', says: 'ask GitHub, with the token in GITHUB_TOKEN (default: this clone’s files alone)' },
      app: {
        type: 'string',
        value: 'SLUG',
        says: 'which App is your Shiplock, by its slug or id (default: APP_ID, or one called shiplock)',
      },
      json: JSON_OUT,
    },
    examples: ['shiplock doctor', 'GITHUB_TOKEN=$(gh auth token) shiplock doctor --repo acme/app'],
    load: () => import('./doctor.ts'),
  },
  {
    name: 'metrics',
    says: 'DORA’s four keys of a repository’s environments, from its deployments on GitHub',
    options: {
      repo: { type: 'string', value: 'OWNER/NAME', says: 'the repository (default: GITHUB_REPOSITORY)' },
      environment: { type: 'string', value: 'ENV', says: 'this environment alone (default: each of them)' },
      days: { type: 'string', value: 'N', says: 'of the last so many days, 366 at most (default: 90)' },
      json: JSON_OUT,
    },
    examples: [
      'GITHUB_TOKEN=… shiplock metrics --repo acme/app',
      'shiplock metrics --repo acme/app --environment production --days 30 --json',
    ],
    load: () => import('./metrics.ts'),
  },
  {
    name: 'serve',
    says: 'the App: takes GitHub’s webhooks and works on them; without credentials it sets itself up in the browser',
    options: {},
    examples: ['shiplock serve', 'PORT=8080 HOST=0.0.0.0 DATABASE_URL=postgres://… shiplock serve'],
    load: () => import('./serve.ts'),
  },
  {
    name: 'demo',
    says: 'a story without credentials: the App against a simulated GitHub, then ready for your own commands',
    options: {
      script: { type: 'boolean', says: 'end with the story: 0 if all came about as it is told, else 1' },
      keep: { type: 'string', value: 'DIR', says: 'keep there what the App stores, its log and the record (default: removed at the end)' },
    },
    examples: ['shiplock demo', 'shiplock demo --script', 'shiplock demo --keep ./demo'],
    load: () => import('./demo.ts'),
  },
  {
    name: 'inbox',
    says: 'what the App gave up after failures, and beginning it anew',
    options: { replay: { type: 'string', value: 'ID|all', says: 'begin one of them anew, or all' }, json: JSON_OUT },
    examples: ['shiplock inbox', 'DATABASE_URL=postgres://… shiplock inbox --replay all'],
    load: () => import('./inbox.ts'),
  },
  {
    name: 'store',
    says: 'everything that the App remembers: `export` it, or `import` it into an empty store of either engine',
    words: ['what', 'file'],
    options: {},
    examples: [
      'shiplock store export backup.jsonl',
      'DATABASE_URL=postgres://… shiplock store import backup.jsonl',
      'shiplock store export - | gzip > backup.gz',
    ],
    load: () => import('./store.ts'),
  },
];
