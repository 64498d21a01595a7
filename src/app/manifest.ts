// The App's own description, app.yml: what set-up registers at GitHub, and what a registered App is compared with.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { AppSeen } from './probot.ts';

export interface Manifest {
  readonly name: string;
  readonly url: string;
  readonly description: string;
  readonly public: boolean;
  readonly default_permissions: Readonly<Record<string, 'read' | 'write'>>;
  readonly default_events: readonly string[];
}

/** From beside the sources, or beside dist/. */
export function readManifest(): Manifest {
  const places = ['../../app.yml', '../app.yml', './app.yml'].map((one) => fileURLToPath(new URL(one, import.meta.url)));
  const file = places.find((one) => existsSync(one));
  if (file === undefined) throw new Error(`app.yml is not where it belongs (${places.join(', ')}): this installation is not whole.`);
  return parse(readFileSync(file, 'utf8')) as Manifest;
}

/** What GitHub takes (docs: "Registering a GitHub App from a manifest"). */
export function manifestFor(
  manifest: Manifest,
  own: { readonly name: string; readonly address: string; readonly redirect: string },
): string {
  return JSON.stringify({
    ...manifest,
    name: own.name,
    hook_attributes: { url: `${own.address}/api/github/webhooks`, active: true },
    redirect_url: own.redirect,
  });
}

/** What a registered App lacks of what this version uses, in words; empty where it has all of it. */
export function missingOf(app: AppSeen, manifest: Manifest): readonly string[] {
  const permissions = Object.entries(manifest.default_permissions).filter(([name, level]) => {
    const has = app.permissions[name];
    return has === undefined || (level === 'write' && has === 'read');
  });
  const events = manifest.default_events.filter((event) => !app.events.includes(event));
  return [...permissions.map(([name, level]) => `permission ${name}: ${level}`), ...events.map((event) => `event ${event}`)];
}
