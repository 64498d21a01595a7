// The plugins of a semantic-release configuration: what each of them does that is done here otherwise, or not at all.

import { clip, isMap, type Raw, shownValue, valueAt } from './config.ts';
import type { Ledger } from './report.ts';

export interface Plugin {
  readonly name: string;
  /** Its own options over those that the whole configuration has for all plugins. */
  readonly options: Raw;
}

export const STANDARD_PLUGINS: readonly string[] = [
  '@semantic-release/commit-analyzer',
  '@semantic-release/release-notes-generator',
  '@semantic-release/npm',
  '@semantic-release/github',
];

/** A plugin is a name, a name with options, or a map with a `path`. */
export function pluginsIn(list: readonly unknown[], shared: Raw, ledger: Ledger, key = 'plugins'): Plugin[] {
  return list.flatMap((entry, index) => {
    const [name, own]: unknown[] = Array.isArray(entry) ? (entry as unknown[]) : isMap(entry) ? [valueAt(entry, 'path'), entry] : [entry];
    if (typeof name !== 'string') {
      ledger.cannot.push({ key: `${key}[${index}]`, says: `names no plugin: it is ${shownValue(entry)}` });
      return [];
    }
    return [{ name, options: { ...shared, ...(isMap(own) ? own : {}) } }];
  });
}

/** Plugins whose work is settings here, and so is told where those are read. */
const READ = [
  '@semantic-release/commit-analyzer',
  '@semantic-release/release-notes-generator',
  '@semantic-release/changelog',
  '@semantic-release/git',
];

const OTHERS: Readonly<Record<string, string>> = {
  '@semantic-release/gitlab': 'releases are made on GitHub here',
  '@semantic-release/apm': 'packages are not published here: let a workflow do that when a release is published',
  '@semantic-release/error': 'is no plugin',
  '@semantic-release-plus/docker': 'images are not built and pushed here: let a workflow do that when a release is published',
  '@codedependant/semantic-release-docker': 'images are not built and pushed here: let a workflow do that when a release is published',
  'semantic-release-slack-bot': 'messages to Slack are not sent here; `notify` mentions people on GitHub',
  'semantic-release-major-tag': 'a tag that moves along with a major version (v1) is not made here',
  'semantic-release-monorepo': 'packages of a monorepo are `packages` here, which this configuration does not list',
  'semantic-release-replace-plugin': 'text in files is not replaced here; release.files lists those that hold the version',
  '@google/semantic-release-replace-plugin': 'text in files is not replaced here; release.files lists those that hold the version',
  '@saithodev/semantic-release-backmerge': 'branches are not merged back here',
};

/** Plugins that are known not to decide about versions. */
const HARMLESS = [...Object.keys(OTHERS), '@semantic-release/npm', '@semantic-release/github', '@semantic-release/exec', ...READ];

/** A sentence about each plugin that is not read as settings; gives the names of those that might decide about versions. */
export function tellPlugins(plugins: readonly Plugin[], ledger: Ledger): string[] {
  for (const { name, options } of plugins) {
    if (READ.includes(name)) continue;
    if (name === '@semantic-release/npm') tellNpm(options, ledger);
    else if (name === '@semantic-release/github') tellGithub(options, ledger);
    else if (name === '@semantic-release/exec') tellExec(options, ledger);
    else {
      const says = Object.hasOwn(OTHERS, name) ? OTHERS[name] : undefined;
      ledger.cannot.push({ key: `plugin ${clip(name)}`, says: says ?? 'a plugin is a program, which is not run here' });
    }
  }
  return plugins.map(({ name }) => name).filter((name) => !HARMLESS.includes(name));
}

function tellNpm(options: Raw, ledger: Ledger): void {
  const key = 'plugin @semantic-release/npm';
  if (valueAt(options, 'npmPublish') === false) {
    ledger.did.push({
      key,
      says: 'needs no setting: it publishes nothing; the version in package.json is release.files, in pull-request mode',
    });
    return;
  }
  ledger.cannot.push({ key, says: 'packages are not published here: let a workflow run `npm publish` when a release is published' });
}

function tellGithub(options: Raw, ledger: Ledger): void {
  const key = 'plugin @semantic-release/github';
  ledger.did.push({ key, says: 'needs no setting: every release is a GitHub release here' });
  for (const [option, says] of Object.entries(GITHUB)) {
    const value = valueAt(options, option);
    if (value !== undefined && value !== false) ledger.cannot.push({ key: `${key}, ${option}`, says });
  }
}

const GITHUB: Readonly<Record<string, string>> = {
  assets: 'files are not added to a release here: let a workflow upload them while the release is a draft',
  successComment: 'comments on what was released have words of their own here',
  failComment: 'a failed release is told in words of its own here',
  failTitle: 'a failed release is told in words of its own here',
  labels: 'no labels are set when a release fails here',
  assignees: 'nobody is assigned when a release fails here',
  releasedLabels: 'what was released is not labelled here',
  addReleases: 'links to other places of a release are not added here',
  draftRelease: 'with `release.mode: draft` the release is a draft here, too; it is imported as direct',
  discussionCategoryName: 'no discussion is opened for a release here',
  releaseNameTemplate: 'the name of the GitHub release is no setting here',
  releaseBodyTemplate: 'notes.template says how the notes look here, in other words',
};

function tellExec(options: Raw, ledger: Ledger): void {
  const commands = Object.keys(options).filter((option) => /Cmd$/.test(option));
  const what = commands.length === 0 ? 'commands' : commands.map(clip).join(', ');
  ledger.cannot.push({
    key: 'plugin @semantic-release/exec',
    says: `${what} not run here: let a workflow run them when a release is published`,
  });
}
