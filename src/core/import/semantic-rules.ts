// The options of semantic-release's commit analyzer → what types mean here, and the rules by which it decides.
// https://github.com/semantic-release/commit-analyzer#options

import type { PolicyOverrides } from '../policy/overrides.ts';
import { DEFAULT_POLICY, type LinePolicy, type Meaning } from '../policy.ts';
import { clip, isMap, mapAt, shownValue, textAt, textsAt, valueAt } from './config.ts';
import type { Ledger } from './report.ts';
import { beyondBuiltIn, CONVENTION, maintenanceMeaning } from './sections.ts';
import type { Plugin } from './semantic-plugins.ts';
import { analyzeCommit, type ReleaseRule, ruleText, type SemanticReleaseRules } from './shadow-semantic-release.ts';

/** How the commit analyzer decides, as far as its options say it. */
export function rulesOf(
  analyzer: Plugin | null,
  lines: readonly LinePolicy[],
  hidden: string | null,
  ledger: Ledger,
): SemanticReleaseRules {
  const options = analyzer?.options ?? {};
  const place = { ledger, at: 'commit-analyzer.' };
  const name =
    textAt(options, 'preset', place)?.toLowerCase() ??
    textAt(options, 'config', place)?.replace(/^conventional-changelog-/, '') ??
    'angular';
  const preset = name === 'angular' || name === 'conventionalcommits' ? name : null;
  const parser = mapAt(options, 'parserOpts', place) ?? {};
  const patterns = Object.keys(parser).filter((key) => key !== 'noteKeywords' && key !== 'issuePrefixes' && key !== 'mergePattern');
  let why = hidden;
  if (preset === null) {
    ledger.cannot.push({
      key: 'commit-analyzer.preset',
      says: `how ${shownValue(name)} reads messages is not known here, where titles are conventional or read for their words`,
    });
    why ??= `How its preset ${shownValue(name)} reads messages is not known here.`;
  }
  if (patterns.length > 0) {
    ledger.cannot.push({
      key: `commit-analyzer.parserOpts`,
      says: `${patterns.map(clip).join(', ')}: patterns of your own for titles are no setting here`,
    });
    why ??= 'It reads messages by patterns of its own (parserOpts), which are not followed here.';
  }
  const written = valueAt(options, 'releaseRules');
  if (typeof written === 'string') {
    ledger.cannot.push({
      key: 'commit-analyzer.releaseRules',
      says: `${shownValue(written)} is a program, which is not run here: write its list into the configuration and import again`,
    });
    why ??= `Its rules are in ${shownValue(written)}, a program, which is not run here.`;
  }
  return {
    tool: 'semantic-release',
    preset,
    presetName: name,
    releaseRules: (Array.isArray(written) ? (written as unknown[]) : []).flatMap((entry, index) => readRule(entry, index, ledger)),
    noteKeywords:
      valueAt(parser, 'noteKeywords') === undefined ? null : textsAt(parser, 'noteKeywords', { ledger, at: 'commit-analyzer.parserOpts.' }),
    hidden: why,
    prereleases: lines.flatMap(({ branch, prerelease }) => (prerelease === undefined ? [] : [{ pattern: branch, id: prerelease }])),
  };
}

function readRule(entry: unknown, index: number, ledger: Ledger): ReleaseRule[] {
  const release = isMap(entry) ? (Object.hasOwn(entry, 'release') ? entry.release : undefined) : undefined;
  if (!isMap(entry) || (typeof release !== 'string' && release !== false && release !== null)) {
    ledger.cannot.push({
      key: `commit-analyzer.releaseRules[${index}]`,
      says: 'has no `release`, without which semantic-release refuses to start',
    });
    return [];
  }
  const { release: _, breaking, revert, ...match } = entry;
  return [{ release, breaking: breaking === true, revert: revert === true, match }];
}

/** What a type comes to, asked of the rules themselves. */
export function meaningOfType(rules: SemanticReleaseRules, type: string): Meaning {
  const commit = { header: `${type}: x`, message: `${type}: x`, type, scope: null, subject: 'x', hash: '', breaking: false };
  const { release } = analyzeCommit({ ...commit, revert: null }, rules.releaseRules);
  if (release === 'major') return 'breaking';
  if (release === 'minor') return 'feature';
  // A revert is what its message says it is, and the rules have a word for that besides those for its type.
  const taken =
    type === 'revert' ? analyzeCommit({ ...commit, revert: { header: 'x', hash: 'x' } }, rules.releaseRules).release : undefined;
  return release === 'patch' || taken === 'patch' ? maintenanceMeaning(type) : 'none';
}

/** The meanings of all types, and a word about each rule that types cannot say. */
export function importRules(rules: SemanticReleaseRules, ledger: Ledger): PolicyOverrides {
  const before1 = before1Of(rules, ledger);
  for (const [index, rule] of rules.releaseRules.entries()) tellRule(rule, `commit-analyzer.releaseRules[${index}]`, ledger);
  if (rules.hidden !== null && rules.releaseRules.length === 0) {
    ledger.cannot.push({ key: 'commit-analyzer', says: `${rules.hidden} The built-in meanings of types and titles hold` });
    return { release: { before1 } };
  }
  const named = rules.releaseRules.flatMap(({ match }) => (typeof match.type === 'string' && isPlainType(match.type) ? [match.type] : []));
  const types = new Set([...CONVENTION, ...named]);
  const table = Object.fromEntries([...types].map((type) => [type, meaningOfType(rules, type)]));
  const own = beyondBuiltIn(table, DEFAULT_POLICY.classify.types);
  const told = Object.entries(own).map(([type, means]) => `${clip(type)}: ${means}`);
  if (told.length > 0)
    ledger.did.push({ key: 'commit-analyzer.releaseRules and its defaults', says: `classify.types: { ${told.join(', ')} }` });
  ledger.did.push({ key: 'commits without a rule', says: 'classify.unrecognised: none, since they make no release there' });
  if (rules.preset === 'angular') {
    const says =
      'the angular preset drops a commit whose type has a `!` (`feat!: …`) and makes no release of it; here it is a breaking change';
    ledger.cannot.push({ key: 'commit-analyzer.preset', says });
  }
  const kept = Object.entries(DEFAULT_POLICY.classify.types).filter(([type, means]) => means !== 'none' && !Object.hasOwn(table, type));
  ledger.cannot.push(
    {
      key: 'commits without a rule',
      says: 'make no release there. Here the words of a title without a type are read ("Fix …", "Add …"), and labels and branches count, too',
    },
    {
      key: 'types without a rule',
      says: `make no release there. Here ${kept.map(([type]) => type).join(', ')} keep their meanings; write \`none\` beside one under classify.types to have it so`,
    },
  );
  return { classify: { ...(told.length > 0 ? { types: own } : {}), unrecognised: 'none' }, release: { before1 } };
}

function isPlainType(type: string): boolean {
  return /^\w{1,40}$/.test(type);
}

/** Its rules know nothing of 0.x; a rule that calms breaking changes down is most often there for it. */
function before1Of(
  rules: SemanticReleaseRules,
  ledger: Ledger,
): { readonly breaking: 'major' | 'minor' | 'patch'; readonly feature: 'minor' } {
  const calm = rules.releaseRules.find(({ breaking, match }) => breaking && Object.keys(match).length === 0)?.release;
  const breaking = calm === 'minor' || calm === 'patch' ? calm : 'major';
  ledger.did.push({ key: 'versions below 1.0', says: `release.before-1.0: { breaking: ${breaking}, feature: minor }` });
  return { breaking, feature: 'minor' };
}

function tellRule(rule: ReleaseRule, key: string, ledger: Ledger): void {
  const { release, breaking, revert, match } = rule;
  const keys = Object.keys(match);
  if (typeof release === 'string' && !['major', 'minor', 'patch'].includes(release)) {
    ledger.cannot.push({ key, says: `${shownValue(release)} releases are made by prerelease lines here, not by rules` });
  } else if (breaking && release !== 'major') {
    const says =
      release === 'minor' || release === 'patch'
        ? `a ${release} release; here it is one below 1.0 (release.before-1.0), and major from there on`
        : 'no release; here it is major';
    ledger.cannot.push({ key, says: `a breaking change${keys.length > 0 ? ` of ${ruleText(rule)}` : ''} makes ${says}` });
  } else if (revert && release !== 'patch') {
    ledger.cannot.push({
      key,
      says: `a revert makes ${release === false || release === null ? 'no' : `a ${release}`} release there; here it leaves with what it takes back, and counts as maintenance where that was released before`,
    });
  } else if (keys.some((one) => one !== 'type') || (typeof match.type === 'string' && !isPlainType(match.type))) {
    ledger.cannot.push({ key, says: `${ruleText(rule)}: only plain types are settings here, whatever their scope and subject` });
  }
}
