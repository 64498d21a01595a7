// `/classify` is remembered as a label: what such labels settle, where they contradict each other, and that our own verdict is never read.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../../src/core/classify.ts';
import { type ClassifyPolicy, DEFAULT_POLICY } from '../../src/core/policy.ts';
import { labelsToShow, SHOWN, settledOf, settlingLabel, settlingLabels } from '../../src/core/settled.ts';

const { labels: mapped } = DEFAULT_POLICY.classify;
const KINDS = ['maintenance', 'feature', 'breaking', 'security', 'none'] as const;

describe('one label settles the kind, and nothing outranks it', () => {
  it.each<[string, (typeof KINDS)[number], string, string]>([
    ['release: maintenance', 'maintenance', 'maintenance', 'patch'],
    ['release: feature', 'feature', 'feature', 'minor'],
    ['release: breaking', 'breaking', 'feature', 'major'],
    ['release: security', 'security', 'maintenance', 'patch'],
    ['release: none', 'none', 'none', 'none'],
    ['Release: FEATURE', 'feature', 'feature', 'minor'],
  ])('%s', (label, as, kind, bump) => {
    expect(settledOf(['bug', label], mapped)).toEqual({ as, by: `the label "${label}"` });
    const result = classify({ title: 'feat!: everything', labels: ['bug', label], commits: ['feat!: more of it'] });
    expect(result).toMatchObject({ status: kind === 'none' ? 'excluded' : 'classified', kind, bump });
    expect(result.because[0]).toMatchObject({ source: 'override', says: `settled as ${as} by the label "${label}"` });
  });

  it('a security label makes a security fix', () => {
    expect(classify({ title: 'fix: it', labels: ['release: security'] })).toMatchObject({ subkind: 'security', section: 'security' });
  });

  it('a person’s word that is told beside it comes first', () => {
    const result = classify({ title: 'x', labels: ['release: none'], override: { as: 'feature', by: 'ada' } });
    expect(result.because[0]?.says).toBe('settled as feature by ada');
  });
});

describe('what is no such label', () => {
  it.each([
    ['none at all'],
    [
      'another form',
      'release:feature',
      'release:  feature',
      'release - feature',
      'type: feature',
      'release: features',
      ' release: feature',
    ],
    ['a kind that cannot be settled', 'release: bug', 'release: dependency'],
    ['our own verdict', 'shiplock: feature'],
  ])('%s', (_name, ...labels) => expect(settledOf(labels, mapped)).toBeUndefined());

  it('one that the policy gives a meaning is a label like any other, in whatever case', () => {
    const policy: ClassifyPolicy = { ...DEFAULT_POLICY.classify, labels: { ...mapped, 'Release: Feature': 'maintenance' } };
    expect(settledOf(['release: feature'], policy.labels)).toBeUndefined();
    const result = classify({ title: 'x', labels: ['release: feature'] }, policy);
    expect(result).toMatchObject({ kind: 'maintenance' });
    expect(result.because[0]?.source).toBe('label');
    // It disputes as labels do, and leaves the other forms as they are.
    expect(classify({ title: 'feat: x', labels: ['release: feature'] }, policy).status).toBe('disputed');
    expect(settledOf(['release: feature', 'release: none'], policy.labels)).toMatchObject({ as: 'none' });
  });
});

describe('labels that contradict each other', () => {
  it('are disputed, with all of them named and the most of it assumed', () => {
    const labels = ['release: none', 'release: breaking', 'release: maintenance'];
    expect(settledOf(labels, mapped)).toBe('contradictory');
    const result = classify({ title: 'fix: x', labels });
    expect(result).toMatchObject({ status: 'disputed', breaking: true, bump: 'major' });
    expect(result.because.map((one) => one.says)).toEqual([
      'the label "release: breaking" settles it as breaking',
      'the label "release: maintenance" settles it as maintenance',
      'the label "release: none" settles it as none',
    ]);
  });

  it('not where they say the same twice', () => {
    expect(settledOf(['release: none', 'RELEASE: None'], mapped)).toMatchObject({ as: 'none' });
  });
});

describe('our own verdict on a pull request', () => {
  it('is never read, not even where a policy maps its name', () => {
    const labels: ClassifyPolicy['labels'] = { ...mapped, ...Object.fromEntries(SHOWN.map((one) => [`shiplock: ${one}`, 'breaking'])) };
    for (const one of SHOWN) {
      const proposal = { title: 'fix: x' };
      const policy = { ...DEFAULT_POLICY.classify, labels };
      expect(classify({ ...proposal, labels: [`shiplock: ${one}`, `Shiplock: ${one}`] }, policy)).toEqual(classify(proposal, policy));
    }
  });

  it.each([
    [[], 'feature', ['shiplock: feature'], []],
    [['bug', 'shiplock: feature'], 'feature', [], []],
    [['Shiplock: Feature'], 'feature', [], []],
    [['shiplock: none', 'bug', 'shiplock: disputed'], 'breaking', ['shiplock: breaking'], ['shiplock: none', 'shiplock: disputed']],
    [['shiplock: none', 'release: none'], null, [], ['shiplock: none']],
    [['shiplock: else'], 'none', ['shiplock: none'], []],
  ] as const)('of %j, to show %s: adds %j, takes off %j', (labels, shown, add, remove) => {
    expect(labelsToShow(labels, shown)).toEqual({ add, remove });
  });

  it('showing it twice is showing it once', () => {
    const label = fc.oneof(fc.constantFrom(...SHOWN.map((one) => `shiplock: ${one}`), 'bug', 'release: none'), fc.string());
    fc.assert(
      fc.property(fc.array(label), fc.constantFrom(...SHOWN, null), (labels, shown) => {
        const { add, remove } = labelsToShow(labels, shown);
        const after = [...labels.filter((one) => !remove.includes(one)), ...add];
        expect(labelsToShow(after, shown)).toEqual({ add: [], remove: [] });
      }),
    );
  });
});

it('whatever the labels are, an answer comes, and without one of ours it is as before', () => {
  const ours = fc.constantFrom(...KINDS.map(settlingLabel));
  fc.assert(
    fc.property(fc.array(fc.oneof(ours, fc.string())), (labels) => {
      const result = classify({ title: 'fix: x', labels });
      const settling = settlingLabels(labels, mapped);
      expect(result.because[0]?.source === 'override').toBe(settling.length > 0);
    }),
  );
  expect(classify({ title: 'x', labels: ['release: '.padEnd(20_000, 'a'), 'release: '.repeat(2_000)] }).because[0]?.source).toBe('default');
});
