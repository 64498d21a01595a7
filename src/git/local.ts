// The git port over a local clone.
import type { GitPort } from '../flows/ports.ts';
import { readAncestors, readMerged, resolve } from './ancestry.ts';
import { readAuthors } from './authors.ts';
import { readFiles } from './files.ts';
import { readWholeHistory } from './history.ts';
import { readPatchIds } from './patch-id.ts';
import { readRemote, readRoot } from './place.ts';
import { readRange } from './range.ts';
import { readRefs } from './refs.ts';

export const localGit: GitPort = {
  readRefs,
  readRemote,
  readRoot,
  readRange,
  readFiles,
  readPatchIds,
  readAncestors,
  readMerged,
  resolve,
  readWholeHistory,
  readAuthors,
};
