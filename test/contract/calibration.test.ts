// The checker is held against real recordings first: a checker that rejects what GitHub really said would only teach us to ignore it.
// Every recording it does reject is listed here with the reason; one that is not listed is a failure, and so is one that passes again.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findOperation, requestProblems, responseProblems } from '../support/github/contract/rest.ts';
import { deliveryProblems } from '../support/github/contract/webhook.ts';

const require = createRequire(import.meta.url);

interface Recording {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
  readonly response: unknown;
  readonly reqheaders: Record<string, string>;
  readonly headers: Record<string, string>;
}

const laterField = 'GitHub added a required field after the recording';
const removed = 'classic projects were removed from the API';
const byId = 'GitHub redirects to /repositories/{id}, which the description does not list';
const RESPONSES: Record<string, string> = {
  'branch-protection 2': `${laterField}: a team's type`,
  'get-organization 0': `${laterField}: archived_at`,
  'get-repository 0': `${laterField}: has_discussions`,
  'rename-repository 0': `${laterField}: has_discussions`,
  'release-assets 1': `${laterField}: digest`,
  'release-assets 2': `${laterField}: digest`,
  'release-assets 3': `${laterField}: digest`,
  'release-assets 4': `${laterField}: digest`,
  'release-assets-conflict 2': `${laterField}: digest`,
  'release-assets-conflict 4': `${laterField}: digest`,
  'search-issues 0': `${laterField}: search_type`,
};
const OPERATIONS: Record<string, string> = {
  'get-archive 1': 'codeload.github.com is not the API',
  'git-refs 0': 'listing all of git/refs is gone; git/matching-refs replaced it',
  'git-refs 3': 'listing all of git/refs is gone; git/matching-refs replaced it',
  ...Object.fromEntries([1, 2, 3, 4].map((n) => [`paginate-issues ${n}`, byId])),
  'rename-repository 2': byId,
  'rename-repository 4': byId,
  ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => [`project-cards ${n}`, removed])),
};
const REQUESTS: Record<string, string> = {};

describe('recorded REST exchanges (@octokit/fixtures)', () => {
  const found = readRecordings().map(([name, recording]) => {
    const url = new URL(recording.path, 'https://api.github.com');
    const body = recording.body === '' ? undefined : recording.body;
    const request = { method: recording.method, path: url.pathname, query: url.searchParams, headers: recording.reqheaders, body };
    const contentType = recording.headers['content-type'] ?? '';
    const answered = contentType.includes('json') && recording.response !== '' ? recording.response : undefined;
    const known = findOperation(recording.method, url.pathname) !== null;
    const response = responseProblems(request, { status: recording.status, contentType, body: answered });
    return { name, known, request: known ? requestProblems(request) : [], response };
  });

  it('are 71 exchanges, of which all but the listed answers pass', () => {
    expect(found).toHaveLength(71);
    expect(failing(found, (one) => one.response.length > 0)).toEqual(Object.keys(RESPONSES).sort());
    expect(found.filter((one) => one.response.length === 0)).toHaveLength(60);
  });

  it('are of operations that GitHub still documents, except those listed', () => {
    expect(failing(found, (one) => !one.known)).toEqual(Object.keys(OPERATIONS).sort());
  });

  it('are asked as GitHub documents it, except those listed', () => {
    expect(failing(found, (one) => one.request.length > 0)).toEqual(Object.keys(REQUESTS).sort());
  });
});

describe('recorded webhook payloads (@octokit/webhooks-examples)', () => {
  const events = JSON.parse(readFileSync(require.resolve('@octokit/webhooks-examples/api.github.com/index.json'), 'utf8')) as {
    name: string;
    examples: unknown[];
  }[];
  const payloads = events.flatMap(({ name, examples }) => examples.map((payload) => ({ name, problems: deliveryProblems(name, payload) })));

  it('are 329 of 58 events, and 276 pass', () => {
    expect(events).toHaveLength(58);
    expect(payloads).toHaveLength(329);
    expect(payloads.filter((one) => one.problems.length === 0)).toHaveLength(276);
  });

  it('fail in the listed payloads only', () => {
    const failed = payloads.filter((one) => one.problems.length > 0).map((one) => one.name);
    const expected = [...LATER_FIELDS, 'check_run', 'check_run']; // check_run: one lacks a later field, two write a time without a zone
    expect(failed.sort()).toEqual(expected.sort());
  });

  it('fail for a field required later, or for the listed reasons', () => {
    const words = payloads.flatMap((one) => one.problems.map((problem) => problem.replace(/^webhook |; got.*$/g, '')));
    const others = new Set(words.filter((problem) => !problem.includes('must have required property')));
    expect([...others].sort()).toEqual([...OTHER_REASONS].sort());
  });
});

// One payload each, most of them for the repository's is_template, topics, visibility or custom_properties.
const LATER_FIELDS = `branch_protection_rule check_run check_suite code_scanning_alert commit_comment create delete dependabot_alert
  deploy_key deployment deployment_status discussion discussion_comment fork gollum installation installation_repositories issue_comment
  issues label member merge_group meta milestone package page_build ping project project_card project_column public pull_request
  pull_request_review pull_request_review_comment pull_request_review_thread push release repository repository_dispatch
  repository_import repository_vulnerability_alert security_advisory sponsorship star status team team_add watch workflow_dispatch
  workflow_job workflow_run`.split(/\s+/);

const OTHER_REASONS = [
  // Recorded on an old GitHub Enterprise Server: "2018-04-25 20:42:10".
  ...['check_run/check_suite/app', 'check_run/app'].flatMap((app) =>
    ['created_at', 'updated_at'].map((field) => `check_run.rerequested: /${app}/${field} must match format "date-time"`),
  ),
  // Fields that the schemas never listed, or know only as null.
  ...['updated_at', 'fixed_at'].map((field) => `code_scanning_alert.reopened: /alert must NOT have additional properties (${field})`),
  ...['tags', 'help'].map((field) => `code_scanning_alert.reopened: /alert/rule/${field} must be null`),
  'pull_request.opened: /pull_request/head/repo must be null',
  // A release published from a bare tag has no name and no body, as REST's description allows.
  ...['name', 'body'].map((field) => `release.published: /release/${field} must be string`),
];

function failing<T extends { name: string }>(all: readonly T[], wrong: (one: T) => boolean): string[] {
  return all
    .filter(wrong)
    .map((one) => one.name)
    .sort();
}

function readRecordings(): [name: string, Recording][] {
  const folder = join(dirname(require.resolve('@octokit/fixtures/package.json')), 'scenarios', 'api.github.com');
  return readdirSync(folder).flatMap((scenario) => {
    const recordings = JSON.parse(readFileSync(join(folder, scenario, 'normalized-fixture.json'), 'utf8')) as Recording[];
    return recordings.map((one, index): [string, Recording] => [`${scenario} ${index}`, one]);
  });
}
