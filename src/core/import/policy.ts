// Imported settings → a policy file that is sure to be read: what another tool allows and this file does not is taken out, and told.

import { parsePolicy } from '../policy/file.ts';
import { overridesOf, type PolicyOverrides } from '../policy/overrides.ts';
import { policyText } from '../policy/text.ts';
import type { Policy } from '../policy.ts';
import type { Remark } from './report.ts';

export interface SettledPolicy {
  /** The file. */
  readonly text: string;
  readonly policy: Policy;
  /** What had to be taken out. */
  readonly refused: readonly Remark[];
}

export function settlePolicy(overrides: PolicyOverrides): SettledPolicy {
  const refused: Remark[] = [];
  const whole = readBack(overrides);
  const sound = whole.ok ? overrides : soundOf(overrides, refused);
  const parsed = readBack(sound);
  // Only what differs from the defaults is written.
  if (parsed.ok) return { text: policyText(overridesOf(parsed.policy)), policy: parsed.policy, refused };
  // Each setting is sound by itself and no two of them speak of the same: this is not what a configuration can bring about.
  throw new Error(`The imported policy cannot be read back: ${parsed.problems.map(({ path, says }) => `${path}: ${says}`).join('; ')}`);
}

function readBack(overrides: PolicyOverrides): ReturnType<typeof parsePolicy> {
  return parsePolicy(policyText(overrides, { comments: false }));
}

/** The settings that can be read, each tried alone; of lists and tables the entries that can. */
function soundOf(overrides: PolicyOverrides, refused: Remark[]): PolicyOverrides {
  const kept: Record<string, unknown> = {};
  for (const [section, value] of Object.entries(overrides)) {
    if (Array.isArray(value)) {
      const list = soundValue(value, (inner) => ({ [section]: inner }), section, refused);
      if (list !== undefined) kept[section] = list;
      continue;
    }
    const inner: Record<string, unknown> = {};
    for (const [key, setting] of Object.entries(value as object)) {
      const sound = soundValue(setting, (one) => ({ [section]: { [key]: one } }), `${section}.${key}`, refused);
      if (sound !== undefined) inner[key] = sound;
    }
    if (Object.keys(inner).length > 0) kept[section] = inner;
  }
  return kept;
}

function soundValue(value: unknown, within: (value: unknown) => PolicyOverrides, key: string, refused: Remark[]): unknown {
  const refuse = (says: string) => refused.push({ key, says: `was taken out, since it ${says}` });
  const problems = problemsOf(within(value));
  if (problems.length === 0) return value;
  if (typeof value !== 'object' || value === null) {
    refuse(problems.join('; '));
    return undefined;
  }
  const isSound = (entry: unknown): boolean => {
    const wrong = problemsOf(within(entry));
    if (wrong.length > 0) refuse(wrong.join('; '));
    return wrong.length === 0;
  };
  const some = Array.isArray(value)
    ? (value as unknown[]).filter((one) => isSound([one]))
    : Object.fromEntries(Object.entries(value).filter(([name, one]) => isSound({ [name]: one })));
  const left = problemsOf(within(some));
  if (left.length > 0) refuse(left.join('; '));
  return left.length > 0 || Object.keys(some).length === 0 ? undefined : some;
}

function problemsOf(overrides: PolicyOverrides): readonly string[] {
  const parsed = readBack(overrides);
  return parsed.ok ? [] : parsed.problems.map(({ says }) => says);
}
