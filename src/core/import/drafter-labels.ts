// What release-drafter's categories say about labels and titles → what labels and types mean here, and the sections of the notes.

import type { PolicyOverrides } from '../policy/overrides.ts';
import { DEFAULT_POLICY, type Meaning, type SectionPolicy } from '../policy.ts';
import { clip } from './config.ts';
import type { DrafterCategory, Increment } from './drafter-categories.ts';
import type { Ledger } from './report.ts';
import { beyondBuiltIn, builtInLabel, maintenanceMeaning, meaningIn } from './sections.ts';

const RANK = { patch: 1, minor: 2, major: 3 } as const;

/** Words that tell maintenance apart, the most urgent first. */
const FINER: readonly (readonly [RegExp, Meaning])[] = [
  [/secur|vulnerab|cve/i, 'security'],
  [/depend|\bdeps?\b|renovate/i, 'dependency'],
  [/perf|speed|optimi/i, 'performance'],
  [/compat/i, 'compatibility'],
  [/stabil|robust/i, 'stability'],
  [/\bbugs?\b|bugfix|fix/i, 'bug'],
  [/\bdocs?\b|documentation|readme/i, 'documentation'],
];

export interface LabelMeanings {
  /** By the label's name as it is written there. */
  readonly labels: Readonly<Record<string, Meaning>>;
  readonly types: Readonly<Record<string, Meaning>>;
  /** Labels and types of features that make no more than a patch release there, for want of a level. */
  readonly raised: readonly string[];
}

/** What the categories say of a label or a type. */
interface Level {
  readonly level: Increment;
  /** False: no category says a level, and the patch that holds otherwise is all there is. */
  readonly told: boolean;
  readonly title: string;
}

/** What each label and each conventional type comes to. */
export function meaningsOf(categories: readonly DrafterCategory[]): LabelMeanings {
  const levels = new Map<string, Level>();
  const types = new Map<string, Level>();
  const excluded = new Set<string>();
  for (const { type: kind, when, title, increment: level, told } of categories) {
    if (kind === 'pre-include') continue;
    const here = { level, told, title: title ?? '' };
    for (const condition of when) {
      if (isLabelsOnly(condition)) {
        for (const label of condition.labels) {
          if (kind === 'pre-exclude') excluded.add(label);
          else levels.set(label, higher(levels.get(label), here));
        }
      } else if (kind !== 'pre-exclude' && isTypesOnly(condition) && condition.conventional?.breaking !== true) {
        for (const type of condition.conventional?.types ?? []) types.set(type, higher(types.get(type), here));
      }
    }
  }
  const raised: string[] = [];
  const means = (name: string, { level, told }: Level, byName: Meaning, finest: Meaning): Meaning => {
    if (told) return level === 'major' ? 'breaking' : level === 'minor' ? 'feature' : finest;
    // A level that nobody told is no word against a name: what is called a feature is one.
    if (byName === 'feature' || byName === 'breaking') raised.push(name);
    return byName;
  };
  const labels = [...levels].map(
    ([label, one]) => [label, means(label, one, meaningByName(label, one.title), finer(label, one.title))] as const,
  );
  const read = [...types].map(([type, one]) => [type, means(type, one, byType(type), maintenanceMeaning(type))] as const);
  return {
    labels: Object.fromEntries([...labels, ...[...excluded].map((label) => [label, 'none'] as const)]),
    types: Object.fromEntries(read),
    raised: raised.filter((name) => !excluded.has(name)),
  };
}

function higher(before: Level | undefined, now: Level): Level {
  if (before === undefined) return now;
  const title = before.title || now.title;
  if (before.told !== now.told) return { ...(before.told ? before : now), title };
  return { ...(RANK[now.level] > RANK[before.level] ? now : before), title };
}

function isLabelsOnly({ labels, labelsMode, paths, conventional }: DrafterCategory['when'][number]): boolean {
  return (
    labels.length > 0 &&
    (labelsMode === 'any' || labels.length === 1) &&
    labelsMode !== 'only' &&
    labelsMode !== 'exactly' &&
    paths.length === 0 &&
    conventional === null
  );
}

function isTypesOnly({ labels, paths, conventional }: DrafterCategory['when'][number]): boolean {
  return conventional !== null && labels.length === 0 && paths.length === 0 && conventional.scopes.length === 0;
}

function finer(label: string, title: string): Meaning {
  const builtIn = builtInLabel(label);
  if (builtIn !== undefined && builtIn !== 'feature' && builtIn !== 'breaking' && builtIn !== 'none') return builtIn;
  for (const text of [label, title]) for (const [pattern, means] of FINER) if (pattern.test(text.slice(0, 200))) return means;
  return 'maintenance';
}

/** Without a level a label's name, and the title of its category, are all that say what its changes are. */
function meaningByName(label: string, title: string): Meaning {
  const builtIn = builtInLabel(label);
  if (builtIn !== undefined) return builtIn;
  for (const text of [label, title]) {
    if (/break|\bmajor\b/i.test(text.slice(0, 200))) return 'breaking';
    if (/feat|enhanc|\bnew\b|\badded\b/i.test(text.slice(0, 200))) return 'feature';
  }
  return finer(label, title);
}

function byType(type: string): Meaning {
  return /^feat(?:ure)?$/i.test(type) ? 'feature' : maintenanceMeaning(type);
}

/** The settings that the categories come to, with a word about each of their parts. */
export function importCategories(categories: readonly DrafterCategory[], ledger: Ledger): PolicyOverrides {
  const means = meaningsOf(categories);
  const labels = beyondBuiltIn(means.labels, DEFAULT_POLICY.classify.labels);
  const types = beyondBuiltIn(means.types, DEFAULT_POLICY.classify.types);
  const told = (table: Readonly<Record<string, Meaning>>) =>
    Object.entries(table)
      .map(([name, one]) => `${clip(name)}: ${one}`)
      .join(', ');
  if (Object.keys(means.labels).length > 0)
    ledger.did.push({ key: 'categories, version-resolver, exclude-labels', says: `classify.labels: { ${told(means.labels)} }` });
  if (Object.keys(means.types).length > 0)
    ledger.did.push({ key: 'categories[].when.conventional', says: `classify.types: { ${told(means.types)} }` });
  if (means.raised.length > 0) {
    const names = means.raised.slice(0, 10).map((name) => `\`${clip(name)}\``);
    const says = `no level is told for ${names.join(', ')}, so that such changes make a patch release there; here they make a feature release, as they are called`;
    ledger.cannot.push({ key: 'version-resolver', says });
  }
  tellConditions(categories, ledger);
  const unrecognised = otherwiseOf(categories, ledger);
  const sections = sectionsIn(categories, means, ledger);
  return {
    classify: {
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...(Object.keys(types).length === 0 ? {} : { types }),
      ...(unrecognised === null ? {} : { unrecognised }),
    },
    ...(sections.length === 0 ? {} : { notes: { sections } }),
  };
}

function otherwiseOf(categories: readonly DrafterCategory[], ledger: Ledger): 'maintenance' | 'feature' | null {
  const rest = categories.filter((one) => one.when.length === 0 && (one.type === 'version-resolver' || one.type === 'changelog'));
  const most = rest.reduce((level, one) => Math.max(level, RANK[one.increment]), 1);
  const key = rest.find((one) => RANK[one.increment] === most)?.at ?? 'version-resolver.default';
  if (most === RANK.major) {
    ledger.cannot.push({
      key,
      says: 'a change of which nothing is said counts as major there; here it counts as a feature at most, which is how it was imported',
    });
  } else ledger.did.push({ key, says: `classify.unrecognised: ${most === RANK.minor ? 'feature' : 'maintenance'}` });
  return most === RANK.patch ? 'maintenance' : 'feature';
}

/** What a condition asks that labels and types here cannot say. */
function tellConditions(categories: readonly DrafterCategory[], ledger: Ledger): void {
  for (const { type, when, at, increment } of categories) {
    if (type === 'pre-include') {
      ledger.cannot.push({
        key: at,
        says: 'only changes that match are listed there; here every change of the range is, and `none` takes out what is named',
      });
      continue;
    }
    for (const condition of when) {
      const { labels, paths, conventional, labelsMode } = condition;
      if (labels.length > 0 && !isLabelsOnly(condition)) {
        const how = paths.length > 0 || conventional !== null ? 'together with other conditions' : `with labels-mode ${labelsMode}`;
        ledger.cannot.push({ key: at, says: `labels ${how} are no setting here: a label means the same wherever it stands` });
      } else if (paths.length > 0) {
        ledger.cannot.push({
          key: at,
          says: 'paths decide there whatever a change says; here classify.paths is asked only where labels and title say nothing, and must match every file',
        });
      } else if (conventional !== null && conventional.scopes.length > 0) {
        ledger.cannot.push({
          key: at,
          says: `scopes (${conventional.scopes.map(clip).join(', ')}) are no setting here; \`deps\` and \`security\` are known by themselves`,
        });
      } else if (conventional?.breaking === true && increment !== 'major') {
        ledger.cannot.push({
          key: at,
          says: `a breaking change makes a ${increment} release there; here it is major, and before 1.0 what release.before-1.0 says`,
        });
      } else if (conventional !== null && conventional.breaking === null && conventional.types.length === 0 && increment !== 'patch') {
        ledger.cannot.push({ key: at, says: `any conventional title makes a ${increment} release there; here its type says what it is` });
      }
    }
  }
}

function sectionsIn(categories: readonly DrafterCategory[], means: LabelMeanings, ledger: Ledger): SectionPolicy[] {
  const sections = new Map<string, Meaning[]>();
  const placed = new Map<Meaning, string>();
  let rest: string | null = null;
  for (const { type, title, when, at } of categories) {
    if (type !== 'changelog' || title === null || title.trim() === '') continue;
    if (when.length === 0) {
      rest ??= title;
      if (!sections.has(title)) sections.set(title, []);
    }
    const wanted = new Set(when.flatMap((one) => meaningsIn(one, means)));
    for (const one of wanted) {
      const before = placed.get(one);
      if (one === 'none') {
        ledger.cannot.push({ key: at, says: `"${clip(title)}" lists changes that make no release here, and those are not in the notes` });
      } else if (before === undefined) {
        placed.set(one, title);
        sections.set(title, [...(sections.get(title) ?? []), one]);
      } else if (before !== title) {
        ledger.cannot.push({
          key: at,
          says: `what it lists under "${clip(title)}" is under "${clip(before)}" here: sections go by meaning, and both mean ${one}`,
        });
      }
    }
  }
  if (placed.size === 0) return [];
  const others = OTHERS.filter((one) => !placed.has(one));
  // Changes in no category come first there, under no heading; here everything that is listed has one.
  const title = rest ?? 'Other changes';
  sections.set(title, [...(sections.get(title) ?? []), ...others]);
  const list = [...sections].filter(([, of]) => of.length > 0).map(([heading, of]) => ({ title: heading, of }));
  ledger.did.push({ key: 'categories', says: `notes.sections: ${list.map((one) => clip(one.title)).join(', ')}` });
  return list;
}

const OTHERS: readonly Meaning[] = [
  'breaking',
  'security',
  'feature',
  'bug',
  'performance',
  'compatibility',
  'stability',
  'dependency',
  'documentation',
  'maintenance',
];

function meaningsIn(condition: DrafterCategory['when'][number], means: LabelMeanings): Meaning[] {
  if (isLabelsOnly(condition)) return condition.labels.flatMap((label) => meaningIn(means.labels, label) ?? []);
  if (!isTypesOnly(condition)) return [];
  if (condition.conventional?.breaking === true) return ['breaking'];
  return (condition.conventional?.types ?? []).flatMap((type) => meaningIn(means.types, type) ?? []);
}
