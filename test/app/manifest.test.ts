// What the App asks of whoever installs it: nothing that it does not use, nothing that could change its own fences, and every line explained.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manifestFor, missingOf, readManifest } from '../../src/app/manifest.ts';

const ROOT = join(import.meta.dirname, '../..');
const manifest = readManifest();
const docs = readFileSync(join(ROOT, 'docs/app.md'), 'utf8');

const openapi = createRequire(import.meta.url)('@octokit/openapi/generated/api.github.com.json') as {
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly properties: Readonly<Record<string, { enum: string[] }>> }>>;
  };
  readonly 'x-webhooks': object;
};

describe('app.yml', () => {
  it.each(['administration', 'workflows', 'secrets', 'environments', 'organization_administration', 'repository_hooks', 'packages'])(
    'does not ask for %s (S-03)',
    (permission) => expect(Object.keys(manifest.default_permissions)).not.toContain(permission),
  );

  it('asks for permissions that GitHub has, at levels that they have', () => {
    const known = openapi.components.schemas['app-permissions']?.properties ?? {};
    for (const [name, level] of Object.entries(manifest.default_permissions)) expect(known[name]?.enum, name).toContain(level);
  });

  it('hears events that GitHub sends, each once', () => {
    const known = new Set(Object.keys(openapi['x-webhooks']).map((name) => name.replaceAll('-', '_')));
    for (const event of manifest.default_events) {
      expect(
        [...known].some((name) => name === event || name.startsWith(`${event}_`)),
        event,
      ).toBe(true);
    }
    expect(new Set(manifest.default_events).size).toBe(manifest.default_events.length);
    // These come to every App by themselves, and subscribing to them is refused.
    for (const own of ['installation', 'installation_repositories', 'github_app_authorization', 'ping']) {
      expect(manifest.default_events).not.toContain(own);
    }
  });

  it('has the permission that each of its events needs (docs: "Webhook events and payloads")', () => {
    const needs: Readonly<Record<string, string>> = {
      push: 'contents',
      create: 'contents',
      delete: 'contents',
      release: 'contents',
      pull_request: 'pull_requests',
      pull_request_review: 'pull_requests',
      issue_comment: 'issues',
      issues: 'issues',
      repository: 'metadata',
      check_run: 'checks',
      status: 'statuses',
      deployment: 'deployments',
      deployment_status: 'deployments',
      deployment_review: 'deployments',
      deployment_protection_rule: 'deployments',
      workflow_run: 'actions',
    };
    for (const event of manifest.default_events) {
      expect(Object.keys(needs), event).toContain(event);
      expect(Object.keys(manifest.default_permissions)).toContain(needs[event]);
    }
  });

  it('is not offered to the whole world by whoever registers it', () => expect(manifest.public).toBe(false));

  it('is explained, line by line, in docs/app.md', () => {
    for (const [name, level] of Object.entries(manifest.default_permissions)) {
      const shown = name.replaceAll('_', ' ');
      expect(docs.toLowerCase()).toMatch(new RegExp(`\\| ${shown} \\| ${level} \\|`));
    }
    for (const event of manifest.default_events) expect(docs).toContain(`\`${event}\``);
  });
});

it('what is registered has our address and our way back, and nothing else of ours', () => {
  const made = JSON.parse(
    manifestFor(manifest, { name: 'My Shiplock', address: 'https://s.example', redirect: 'http://localhost:3000/setup/done' }),
  );
  expect(made).toMatchObject({
    name: 'My Shiplock',
    hook_attributes: { url: 'https://s.example/api/github/webhooks', active: true },
    redirect_url: 'http://localhost:3000/setup/done',
    public: false,
    default_permissions: manifest.default_permissions,
    default_events: manifest.default_events,
  });
});

it('what a registered App lacks is named; more than is used is none of our business', () => {
  const seen = {
    id: 1,
    slug: 's',
    url: '',
    permissions: { ...manifest.default_permissions },
    events: [...manifest.default_events, 'star'],
  };
  expect(missingOf(seen, manifest)).toEqual([]);
  const less = { ...seen, permissions: { ...seen.permissions, checks: 'read' }, events: seen.events.filter((one) => one !== 'push') };
  expect(missingOf(less, manifest)).toEqual(['permission checks: write', 'event push']);
});
