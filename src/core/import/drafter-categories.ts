// release-drafter's categories, version resolver and label filters, brought into the one form that its version 7 has for them.
// https://github.com/release-drafter/release-drafter/blob/main/src/actions/drafter/config/schemas/config.schema.ts

import { clip, isMap, listAt, mapAt, type Place, type Raw, shownValue, tellUnknown, textAt, textsAt, valueAt } from './config.ts';

export type Increment = 'major' | 'minor' | 'patch';
export type Mode = 'any' | 'all' | 'only' | 'exactly';

/** What a change must be for a category to have it: all of it. */
export interface DrafterCondition {
  readonly labels: readonly string[];
  readonly labelsMode: Mode;
  readonly paths: readonly string[];
  readonly pathsMode: Mode;
  /** Null: nothing is asked of the title. */
  readonly conventional: {
    readonly types: readonly string[];
    readonly scopes: readonly string[];
    readonly breaking: boolean | null;
  } | null;
}

export interface DrafterCategory {
  readonly type: 'changelog' | 'pre-include' | 'pre-exclude' | 'version-resolver';
  readonly title: string | null;
  readonly increment: Increment;
  /** True where the configuration says the increment, and it is not the patch that holds otherwise. */
  readonly told: boolean;
  readonly exclusive: boolean;
  /** Any of these; none: whatever no other category has. */
  readonly when: readonly DrafterCondition[];
  /** Its key, for remarks. */
  readonly at: string;
}

const CATEGORY_KEYS = ['title', 'type', 'exclusive', 'collapse-after', 'semver-increment', 'labels', 'label', 'when'];
const CONDITION_KEYS = ['conventional', 'label', 'labels', 'labels-mode', 'path', 'paths', 'paths-mode'];
const CONVENTIONAL_KEYS = ['type', 'types', 'scope', 'scopes', 'breaking'];
const TYPES = ['changelog', 'pre-include', 'pre-exclude', 'version-resolver'] as const;

/** Every category, and those that the older keys stand for. */
export function categoriesIn(config: Raw, place: Place): DrafterCategory[] {
  const own = (listAt(config, 'categories', place) ?? []).flatMap((entry, index) => readCategory(entry, `categories[${index}]`, place));
  const filters = (['pre-exclude', 'pre-include'] as const).flatMap((type) => {
    const key = type.slice(4);
    const labels = textsAt(config, `${key}-labels`, place);
    const paths = textsAt(config, `${key}-paths`, place);
    return labels.length === 0 && paths.length === 0
      ? []
      : [made(type, 'patch', [conditionOf(labels, paths)], labels.length > 0 ? `${key}-labels` : `${key}-paths`)];
  });
  return [...own, ...filters, ...resolverIn(config, place)];
}

function resolverIn(config: Raw, place: Place): DrafterCategory[] {
  const resolver = mapAt(config, 'version-resolver', place);
  if (resolver === null) return [];
  const at = { ledger: place.ledger, at: 'version-resolver.' };
  tellUnknown(resolver, ['major', 'minor', 'patch', 'default'], at, 'release-drafter');
  const levels = (['major', 'minor', 'patch'] as const).flatMap((level) => {
    const labels = textsAt(mapAt(resolver, level, at) ?? {}, 'labels', { ledger: place.ledger, at: `version-resolver.${level}.` });
    return labels.length === 0 ? [] : [made('version-resolver', level, [conditionOf(labels, [])], `version-resolver.${level}`)];
  });
  const otherwise = incrementOf(valueAt(resolver, 'default'));
  if (otherwise === null && valueAt(resolver, 'default') !== undefined) {
    place.ledger.cannot.push({
      key: 'version-resolver.default',
      says: `${shownValue(valueAt(resolver, 'default'))} is none of major, minor and patch`,
    });
  }
  return otherwise === null ? levels : [...levels, made('version-resolver', otherwise, [], 'version-resolver.default')];
}

function made(type: DrafterCategory['type'], increment: Increment, when: readonly DrafterCondition[], at: string): DrafterCategory {
  return { type, title: null, increment, told: true, exclusive: false, when, at };
}

function conditionOf(labels: readonly string[], paths: readonly string[]): DrafterCondition {
  return { labels, labelsMode: 'any', paths, pathsMode: 'any', conventional: null };
}

function incrementOf(value: unknown): Increment | null {
  return value === 'major' || value === 'minor' || value === 'patch' ? value : null;
}

function readCategory(entry: unknown, at: string, { ledger }: Place): DrafterCategory[] {
  if (!isMap(entry)) {
    ledger.cannot.push({ key: at, says: `should hold a map of keys, but is ${shownValue(entry)}` });
    return [];
  }
  const place = { ledger, at: `${at}.` };
  tellUnknown(entry, CATEGORY_KEYS, place, 'release-drafter');
  const written = valueAt(entry, 'type') ?? 'changelog';
  const type = TYPES.find((one) => one === written);
  if (type === undefined) {
    ledger.cannot.push({ key: `${at}.type`, says: `${shownValue(written)} is none of ${TYPES.join(', ')}` });
    return [];
  }
  const told = valueAt(entry, 'semver-increment');
  const shared = [...textsAt(entry, 'labels', place), ...textsAt(entry, 'label', place)];
  const when = valueAt(entry, 'when');
  const list: readonly unknown[] = when === undefined ? [] : Array.isArray(when) ? when : [when];
  const conditions = (list.length === 0 && shared.length > 0 ? [{}] : list).flatMap((one, index) =>
    readCondition(one, Array.isArray(when) ? `${at}.when[${index}]` : `${at}.when`, shared, place),
  );
  return [
    {
      type,
      title: textAt(entry, 'title', place),
      increment: incrementOf(told) ?? 'patch',
      told: incrementOf(told) !== null,
      exclusive: valueAt(entry, 'exclusive') === true,
      when: conditions,
      at,
    },
  ];
}

function readCondition(condition: unknown, at: string, shared: readonly string[], { ledger }: Place): DrafterCondition[] {
  if (!isMap(condition)) {
    ledger.cannot.push({ key: at, says: `should hold a map of keys, but is ${shownValue(condition)}` });
    return [];
  }
  const place = { ledger, at: `${at}.` };
  tellUnknown(condition, CONDITION_KEYS, place, 'release-drafter');
  const labels = [...shared, ...textsAt(condition, 'labels', place), ...textsAt(condition, 'label', place)];
  const paths = [...textsAt(condition, 'paths', place), ...textsAt(condition, 'path', place)];
  const title = valueAt(condition, 'conventional');
  const conventional = isMap(title) ? title : title === true ? {} : null;
  if (conventional !== null) tellUnknown(conventional, CONVENTIONAL_KEYS, { ledger, at: `${at}.conventional.` }, 'release-drafter');
  if (labels.length === 0 && paths.length === 0 && conventional === null) return [];
  const inner = { ledger, at: `${at}.conventional.` };
  const breaking = conventional === null ? undefined : valueAt(conventional, 'breaking');
  return [
    {
      labels,
      labelsMode: modeAt(condition, 'labels-mode', place),
      paths,
      pathsMode: modeAt(condition, 'paths-mode', place),
      conventional:
        conventional === null
          ? null
          : {
              types: [...textsAt(conventional, 'types', inner), ...textsAt(conventional, 'type', inner)],
              scopes: [...textsAt(conventional, 'scopes', inner), ...textsAt(conventional, 'scope', inner)],
              breaking: typeof breaking === 'boolean' ? breaking : null,
            },
    },
  ];
}

function modeAt(map: Raw, key: string, { ledger, at }: Place): Mode {
  const value = valueAt(map, key) ?? 'any';
  if (value === 'any' || value === 'all' || value === 'only' || value === 'exactly') return value;
  ledger.cannot.push({ key: at + key, says: `${clip(String(value))} is none of any, all, only and exactly` });
  return 'any';
}
