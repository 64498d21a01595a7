// GitHub as the flows know it: the port, put together over one client for one repository.

import type { GitHubPort } from '../flows/github-port.ts';
import { readChecks } from './checks.ts';
import { type ClientOptions, makeClient } from './client.ts';
import { addLabels, deleteComment, readOwnComments, writeComment } from './comments.ts';
import { readFiles } from './files.ts';
import type { Place } from './graphql.ts';
import { createRelease, deleteRelease, updateRelease, uploadAsset } from './publishing.ts';
import { readPull } from './pull.ts';
import { openPull, updatePull } from './pulls.ts';
import { readRange } from './range.ts';
import { createTag, deleteBranch, putBranch, writeCommit } from './refs.ts';
import { readDrafts, readRelease } from './releases.ts';
import { readScene } from './scene.ts';
import { readTag, readTags } from './tags.ts';

export interface GitHubOptions extends ClientOptions {
  readonly owner: string;
  readonly name: string;
  /** Commits that are read where a range has no base; 1,000. */
  readonly historyLimit?: number;
}

/** Everything it does may throw `GitHubProblem`, besides what it returns as `Observed`. */
export function connect(options: GitHubOptions): GitHubPort {
  return portAt(placeOf(options), options);
}

/** The repository with a client of its own. */
export function placeOf(options: GitHubOptions): Place {
  return { ...makeClient(options), owner: options.owner, name: options.name };
}

/** The port on a client that there is already: what else speaks through it shares its patience. */
export function portAt(place: Place, { historyLimit }: Pick<GitHubOptions, 'historyLimit'>): GitHubPort {
  const limit = historyLimit === undefined ? {} : { historyLimit };
  return {
    scene: (request) => readScene(place, request),
    allTags: () => readTags(place),
    range: (base, head, files) => readRange(place, { base, head, files, ...limit }),
    pull: (number) => readPull(place, number),
    files: (ref, paths) => readFiles(place, ref, paths),
    checks: (sha) => readChecks(place, sha),
    ownComments: (numbers) => readOwnComments(place, numbers),
    drafts: () => readDrafts(place),
    tag: (tag) => readTag(place, tag),
    release: (tag) => readRelease(place, tag),
    createRelease: (release) => createRelease(place, release),
    updateRelease: (id, release) => updateRelease(place, id, release),
    deleteRelease: (id) => deleteRelease(place, id),
    uploadAsset: (release, asset) => uploadAsset(place, release, asset),
    createTag: (tag) => createTag(place, tag),
    putBranch: (branch, sha) => putBranch(place, branch, sha),
    deleteBranch: (branch) => deleteBranch(place, branch),
    commit: (write) => writeCommit(place, write),
    openPull: (pull) => openPull(place, pull),
    updatePull: (number, pull) => updatePull(place, number, pull),
    comment: (number, body) => writeComment(place, number, body),
    deleteComment: (id) => deleteComment(place, id),
    addLabels: (number, labels) => addLabels(place, number, labels),
  };
}
