// The laws of every gate, over any policy and any facts: it opens exactly where all that is asked is met; knowing less never opens it; the
// same facts give the same decision, in whatever order they are listed; and until the time that is told nothing changes by itself.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GateFacts } from '../../../src/core/gate/facts.ts';
import { CODES, mayOpen } from '../../../src/core/gate/finding.ts';
import { decide } from '../../../src/core/gate.ts';
import { gateFacts, gates, unwaived, vaguer } from '../../support/gate-arbitraries.ts';

/** Fewer for each mutant of the gate, of which there are more than a thousand. */
const RUNS = Number(process.env.GATE_LAW_RUNS ?? 10_000);
const LONG = 120_000;

describe('any gate', () => {
  it(
    'S-35: approves exactly where every finding is met, and there is at least one',
    () => {
      const outcomes = { approve: 0, reject: 0, wait: 0 };
      const codes = new Set<string>();
      fc.assert(
        fc.property(gates, gateFacts, (gate, facts) => {
          const { outcome, findings } = decide(gate, facts);
          expect(outcome === 'approve').toBe(findings.length > 0 && findings.every(({ verdict }) => verdict === 'met'));
          for (const { code, verdict, says } of findings) {
            expect(verdict).toBe(CODES[code].verdict);
            expect(says).toMatch(/^\S.*[^\s.]\.?$/s);
            codes.add(code);
          }
          outcomes[outcome] += 1;
        }),
        { numRuns: RUNS },
      );
      // The law says nothing where everything is the same.
      if (RUNS >= 10_000) expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(RUNS / 200);
      if (RUNS >= 10_000) expect(codes.size).toBeGreaterThan(45);
    },
    LONG,
  );

  it(
    'S-04, S-25, S-35: is never opened by knowing less',
    () => {
      let shut = 0;
      fc.assert(
        fc.property(gates, gateFacts, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (gate, facts, picks) => {
          if (decide(gate, facts).outcome === 'approve') return;
          shut += 1;
          let known = facts;
          for (const pick of picks) {
            const ways = [...vaguer(known), ...unwaived(known)];
            known = ways[pick % ways.length] as GateFacts;
            expect(decide(gate, known).outcome).not.toBe('approve');
          }
        }),
        { numRuns: RUNS },
      );
      expect(shut).toBeGreaterThan(RUNS / 2);
    },
    LONG,
  );

  it(
    'never rejects for what is not known',
    () => {
      fc.assert(
        fc.property(gates, gateFacts, fc.nat(), (gate, facts, pick) => {
          if (decide(gate, facts).outcome === 'reject') return;
          const ways = vaguer(facts);
          expect(decide(gate, ways[pick % ways.length] as GateFacts).outcome).not.toBe('reject');
        }),
        { numRuns: RUNS / 2 },
      );
    },
    LONG,
  );

  it(
    'decides the same again, from JSON, and in another order',
    () => {
      fc.assert(
        fc.property(gates, gateFacts, (gate, facts) => {
          const decision = decide(gate, facts);
          expect(decide(JSON.parse(JSON.stringify(gate)), JSON.parse(JSON.stringify(facts)))).toEqual(decision);
          const turned = decide(gate, reversed(facts));
          expect(turned.outcome).toBe(decision.outcome);
          expect(turned.findings.map(({ code }) => code)).toEqual(decision.findings.map(({ code }) => code));
        }),
        { numRuns: RUNS / 5 },
      );
    },
    LONG,
  );

  it(
    'changes by the clock alone no earlier than it says, and that is yet to come',
    () => {
      let turns = 0;
      fc.assert(
        fc.property(gates, gateFacts, fc.double({ min: 0, max: 1, noNaN: true }), (gate, facts, share) => {
          const decision = decide(gate, facts);
          const now = Date.parse(facts.now);
          const { again } = decision;
          if (again !== null) expect(Date.parse(again)).toBeGreaterThan(now);
          turns += again === null ? 0 : 1;
          const end = again === null ? now + 20 * 86_400_000 : Date.parse(again) - 1;
          const later = decide(gate, { ...facts, now: new Date(now + Math.floor((end - now) * share)).toISOString() });
          expect({ ...later, again }).toEqual(decision);
        }),
        { numRuns: RUNS / 2 },
      );
      expect(turns).toBeGreaterThan(RUNS / 8);
    },
    LONG,
  );

  it('waits for something that can come, or says that it cannot', () => {
    fc.assert(
      fc.property(gates, gateFacts, (gate, facts) => {
        const decision = decide(gate, facts);
        if (mayOpen(decision)) expect(decision.outcome).toBe('wait');
      }),
      { numRuns: RUNS / 10 },
    );
  });
});

function reversed(facts: GateFacts): GateFacts {
  const turn = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turn).reverse();
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, turn(one)]));
  };
  return turn(facts) as GateFacts;
}
