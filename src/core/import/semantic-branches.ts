// semantic-release's `branches` → the policy's lines. https://semantic-release.gitbook.io/semantic-release/usage/workflow-configuration

import { slotOf } from '../line-range.ts';
import { listed } from '../notes/line.ts';
import type { LinePolicy } from '../policy.ts';
import { branchPattern, globPattern, isGlob } from './branches.ts';
import { clip, isMap, type Place, shownValue, tellUnknown, valueAt } from './config.ts';

const MAINTENANCE = '+([0-9])?(.{+([0-9]),x}).x';

/** What holds where `branches` is not configured. */
export function standardBranches(defaultBranch: string): readonly unknown[] {
  const main = defaultBranch === 'master' || defaultBranch === 'main' ? [defaultBranch] : ['master', 'main'];
  return [MAINTENANCE, ...main, 'next', 'next-major', { name: 'beta', prerelease: true }, { name: 'alpha', prerelease: true }];
}

/** The lines of the branches, in their order; those that have no counterpart are told and left out. */
export function linesOf(branches: readonly unknown[], { ledger }: Place): LinePolicy[] {
  const lines: LinePolicy[] = [];
  const releasing: string[] = [];
  for (const [index, entry] of branches.entries()) {
    const at = `branches[${index}]`;
    const branch = isMap(entry) ? entry : { name: entry };
    const name = valueAt(branch, 'name');
    if (typeof name !== 'string' || name === '') {
      ledger.cannot.push({ key: at, says: `names no branch: it is ${shownValue(entry)}` });
      continue;
    }
    tellUnknown(branch, ['name', 'channel', 'range', 'prerelease'], { ledger, at: `${at}.` }, 'semantic-release');
    const pattern = isGlob(name) ? globPattern(name) : branchPattern(name);
    if (pattern === null) {
      ledger.cannot.push({ key: at, says: `${shownValue(name)} has no counterpart among the patterns of lines[].branch` });
      continue;
    }
    const asked = valueAt(branch, 'prerelease');
    const id = asked === true ? name : typeof asked === 'string' ? asked : null;
    if (id !== null && !/^[0-9A-Za-z-]+$/.test(id)) {
      ledger.cannot.push({
        key: `${at}.prerelease`,
        says: `${shownValue(id)} is made for each branch there; here a prerelease line has one name, so ${clip(name)} is no line`,
      });
      continue;
    }
    tellRange(name, valueAt(branch, 'range'), at, { ledger, at });
    const channel = valueAt(branch, 'channel');
    if (typeof channel === 'string')
      ledger.cannot.push({
        key: `${at}.channel`,
        says: `the channel ${shownValue(channel)} is a tag of the registry, which packages are not published to here`,
      });
    const isMaintenance =
      typeof valueAt(branch, 'range') === 'string' || name === MAINTENANCE || slotOf(name) !== null || (isGlob(name) && /\.x/.test(name));
    if (id === null && !isMaintenance) releasing.push(name);
    if (lines.some((one) => one.branch === pattern))
      ledger.cannot.push({ key: at, says: `${shownValue(name)} is there twice: the first counts` });
    else lines.push(id === null ? { branch: pattern } : { branch: pattern, prerelease: id });
  }
  if (releasing.length > 1) {
    ledger.cannot.push({
      key: 'branches',
      says: `${listed(releasing.slice(1).map(clip))} release${releasing.length === 2 ? 's' : ''} stable versions ahead of ${clip(releasing[0] ?? '')} there, on a channel of the registry; here each is a line, whose numbers must only not be taken`,
    });
  }
  if (lines.length > 0) {
    const told = lines.map(({ branch, prerelease }) =>
      prerelease === undefined ? clip(branch) : `${clip(branch)} (${clip(prerelease)} prereleases)`,
    );
    ledger.did.push({ key: 'branches', says: `lines: ${told.join(', ')}` });
  }
  return lines;
}

function tellRange(name: string, range: unknown, at: string, { ledger }: Place): void {
  if (typeof range !== 'string' || range === name) return;
  const own = slotOf(name);
  const wanted = slotOf(range);
  if (own !== null && wanted !== null && own.major === wanted.major && own.minor === wanted.minor) return;
  ledger.cannot.push({
    key: `${at}.range`,
    says: `${shownValue(range)} is read off the branch's name here, which ${own === null ? 'says no range' : 'says another'}: a branch named ${clip(range)} would have it`,
  });
}
