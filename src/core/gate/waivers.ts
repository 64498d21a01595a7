// Break-glass: a waiver makes one finding of exactly this commit and this environment met, with its own words and those of what it covers.
// Whether its author may is checked when it is given; here it counts only while it is signed, reasoned, and not over.

import { instantOf, instantText } from './clock.ts';
import type { GateFacts, WaiverFact } from './facts.ts';
import type { Judged } from './finding.ts';

/** Unknown waivers waive nothing. Instants at which one begins or ends are told even where it covers nothing now. */
export function waived(all: readonly Judged[], facts: GateFacts, now: number): { readonly judged: Judged[]; readonly turns: number[] } {
  const waivers = facts.waivers?.known === true ? facts.waivers.value.filter((one) => isFor(one, facts)) : [];
  const spans = waivers.flatMap((waiver) => {
    const [from, until] = [instantOf(waiver.at), instantOf(waiver.until)];
    return from === null || until === null ? [] : [{ waiver, from, until }];
  });
  const last = spans.filter(({ from, until }) => from <= now && now < until).toSorted((a, b) => b.until - a.until);
  return {
    judged: all.map((one) => {
      const by = last.find(({ waiver }) => covers(waiver, one));
      return one.finding.verdict === 'met' || by === undefined ? one : withWords(one, by.waiver, by.until);
    }),
    turns: spans.flatMap(({ from, until }) => [from, until]),
  };
}

function isFor({ sha, environment, by, reason }: WaiverFact, facts: GateFacts): boolean {
  return sha === facts.sha && environment.toLowerCase() === facts.environment.toLowerCase() && by.trim() !== '' && reason.trim() !== '';
}

function covers({ requirement }: WaiverFact, { finding }: Judged): boolean {
  return requirement === 'all' || requirement === finding.asks || requirement === finding.requirement;
}

function withWords({ finding, turns = [] }: Judged, { by, reason }: WaiverFact, until: number): Judged {
  const { asks, requirement, says } = finding;
  const words = `Waived by @${by} until ${instantText(until)}: ${reason}. Without it: ${says}`;
  return { finding: { asks, requirement, verdict: 'met', code: 'waived', says: words, who: [by] }, turns };
}
