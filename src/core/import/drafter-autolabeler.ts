// release-drafter's autolabeler → what of it can be read off titles, branches and paths without any label being set.

import type { PolicyOverrides } from '../policy/overrides.ts';
import { DEFAULT_POLICY, type Meaning } from '../policy.ts';
import { clip, isMap, listAt, type Place, type Raw, shownValue, tellUnknown, textsAt, valueAt } from './config.ts';
import { beyondBuiltIn, builtInLabel, meaningIn } from './sections.ts';

/** The autolabeler sets labels by title, branch and files; what is as plain as a type or a prefix is read here without a label. */
export function importAutolabeler(config: Raw, labels: Readonly<Record<string, Meaning>>, place: Place): PolicyOverrides {
  const { ledger } = place;
  const list = listAt(config, 'autolabeler', place);
  if (list === null) return {};
  const tables: Record<'types' | 'branches' | 'paths', Record<string, Meaning>> = { types: {}, branches: {}, paths: {} };
  for (const [index, entry] of list.entries()) {
    const at = `autolabeler[${index}].`;
    const label = isMap(entry) ? valueAt(entry, 'label') : undefined;
    if (!isMap(entry) || typeof label !== 'string') {
      ledger.cannot.push({ key: at.slice(0, -1), says: `should have a \`label\`, but is ${shownValue(entry)}` });
      continue;
    }
    const inner = { ledger, at };
    tellUnknown(entry, ['label', 'files', 'branch', 'title', 'body'], inner, 'release-drafter');
    const means = meaningIn(labels, label) ?? builtInLabel(label);
    const cannot = (key: string, text: string, why: string) => ledger.cannot.push({ key: at + key, says: `${shownValue(text)} ${why}` });
    for (const text of textsAt(entry, 'body', inner))
      cannot('body', text, 'looks for words in the description, which is not read for them here');
    if (means === undefined) {
      ledger.cannot.push({
        key: `${at}label`,
        says: `${shownValue(label)} is in no category and has no meaning here, so what it is set for was left out`,
      });
      continue;
    }
    for (const text of textsAt(entry, 'title', inner))
      take(tables.types, typesIn(text), means, () =>
        cannot('title', text, 'is more than a commit type at the start, and only such are read here'),
      );
    for (const text of textsAt(entry, 'branch', inner))
      take(tables.branches, prefixIn(text), means, () =>
        cannot('branch', text, 'is more than the beginning of a branch name, and only such are read here'),
      );
    for (const glob of textsAt(entry, 'files', inner))
      take(tables.paths, glob.startsWith('!') ? [] : [globOf(glob)], means, () =>
        cannot('files', glob, 'excludes files, which classify.paths does not'),
      );
  }
  const own = {
    types: beyondBuiltIn(tables.types, DEFAULT_POLICY.classify.types),
    branches: beyondBuiltIn(tables.branches, DEFAULT_POLICY.classify.branches),
    paths: beyondBuiltIn(tables.paths, DEFAULT_POLICY.classify.paths),
  };
  const filled = Object.entries(own).filter(([, table]) => Object.keys(table).length > 0);
  for (const [name, table] of filled)
    ledger.did.push({
      key: 'autolabeler',
      says: `classify.${name}: { ${Object.entries(table)
        .map(([key, means]) => `${clip(key)}: ${means}`)
        .join(', ')} }`,
    });
  ledger.cannot.push({
    key: 'autolabeler',
    says: 'labels are not set here: what they would have said is read off title and branch; of paths, every file of a change must match, where release-drafter takes one',
  });
  return { classify: Object.fromEntries(filled) };
}

function take(table: Record<string, Meaning>, names: readonly string[], means: Meaning, otherwise: () => void): void {
  if (names.length === 0) otherwise();
  for (const name of names) if (!Object.hasOwn(table, name)) table[name] = means;
}

/** `/^feat/i`, `/^(fix|bug)(\(.+\))?:/` → the types they begin with. */
function typesIn(pattern: string): string[] {
  const found = /^\/?\^\(?(?:\?:)?([A-Za-z]{1,30}(?:\|[A-Za-z]{1,30}){0,20})\)?(?=$|[/:([\\!]|\/[a-z]*$)/.exec(pattern);
  return found?.[1]?.toLowerCase().split('|') ?? [];
}

/** `/^feature\//`, `/docs{0,1}\/.+/` → the beginning of a branch name. */
function prefixIn(pattern: string): string[] {
  const found = /^\/?\^?([A-Za-z]{1,30}?)(?:(s)(?:\{0,1\}|\?))?(?:\\?[/_-]|\[[^\]]{1,20}\])/.exec(pattern);
  if (found?.[1] === undefined) return [];
  return found[2] === undefined ? [found[1].toLowerCase()] : [found[1].toLowerCase(), `${found[1].toLowerCase()}s`];
}

/** As .gitignore reads them: a name without a slash is found in every folder, a folder is all that it holds. */
function globOf(glob: string): string {
  const bare = glob.replace(/^\//, '');
  const deep = bare.endsWith('/') ? `${bare}**` : bare;
  return deep.slice(0, -1).includes('/') || glob.startsWith('/') ? deep : `**/${deep}`;
}
