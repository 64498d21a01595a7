// The requirement `approvals`: so many people, each counted once by the latest opinion, have approved this very commit for this
// environment, none of them a part in what they approve. Whoever cannot be told apart from an author is no approver.

import type { ApprovalsPolicy } from '../policy/environment.ts';
import { approversText, ROLES } from '../role.ts';
import { instantOf } from './clock.ts';
import type { Account, ApprovalFact, GateFacts } from './facts.ts';
import { type Code, type Finding, type Judged, judged, listed, notAsked } from './finding.ts';

type Known = 'yes' | 'no' | 'unknown';

/** One person's word on this commit, and what it is worth here. */
interface Opinion {
  readonly by: Account;
  readonly is: 'approve' | 'reject' | 'none' | 'unclear';
  /** Whether the policy counts this person, and whether it bars them. */
  readonly counts: Known;
  readonly barred: Known;
  readonly why: string;
  /** Their latest word that counted when it was given, whatever counts now. */
  readonly given: Read | null;
  /** Milliseconds since 1970; null: not told. */
  readonly at: number | null;
  /** An approval by an account that is not surely a person's: it counts for nothing, and might be one. */
  readonly byBot: boolean;
  /** Any of their words may count, if some should prove to be about something else. */
  readonly mayCount: boolean;
}

export function judgeApprovals(policy: ApprovalsPolicy, facts: GateFacts): Judged {
  const { count, except } = policy;
  const requirement = count === 1 ? 'approval' : `${count} approvals`;
  const finding = (code: Code, says: string, more: Pick<Finding, 'who'> & { final?: boolean } = {}): Judged =>
    judged('approvals', requirement, code, says, more);
  const { approvals } = facts;
  if (approvals === undefined) return notAsked('approvals', requirement, `Approval by ${people(count)}`);
  if (!approvals.known) return finding('approvals-unseen', `The approvals could not be seen: ${approvals.why}`);

  const opinions = opinionsOf(approvals.value, policy, facts);
  const against = opinions.filter((one) => one.counts === 'yes' && one.is === 'reject');
  if (against.length > 0) {
    const says = `${logins(against)} rejected this commit for ${facts.environment}. Only their own approval takes it back.`;
    return finding('rejected-by-person', says, { who: namesOf(against), final: true });
  }
  const left = opinions.filter((one) => one.counts === 'no' && one.given?.is === 'reject');
  const standing = left.filter((one) => overruled(one, opinions) === 'no');
  if (standing.length > 0) {
    const says = `${logins(standing)} rejected this commit for ${facts.environment} and may no longer approve. An approval that is given after that, by somebody who may, takes it back.`;
    return finding('rejected-by-person', says, { who: namesOf(standing), final: true });
  }
  const unclear = [
    ...left.filter((one) => overruled(one, opinions) === 'unknown'),
    ...opinions.filter((one) => mayBeNo(one) && !left.includes(one)),
  ];
  if (unclear.length > 0) {
    return finding('approver-unclear', `What ${logins(unclear)} said may be a no: ${(unclear[0] as Opinion).why}`, {
      who: namesOf(unclear),
    });
  }
  const nobody = unattributed(policy, facts);
  if (nobody.length > 0) {
    const says = `GitHub knows no account for ${listed(nobody)}, who made a change, so nobody can show that the approvers are others. Add the commit’s e-mail address to the account it belongs to.`;
    return finding('separation-unproven', says);
  }
  const approved = opinions.filter((one) => one.is === 'approve');
  const counted = approved.filter((one) => one.counts === 'yes' && one.barred === 'no');
  if (counted.length >= count) return finding('approved', `${logins(counted)} approved.`, { who: namesOf(counted) });
  const open = approved.filter((one) => one.counts !== 'no' && one.barred !== 'yes' && !counted.includes(one));
  if (counted.length + open.length >= count) {
    const blind = unseenPeople(policy, facts);
    if (blind !== null) return finding('people-unseen', `${blind} Approvals by ${listed(except)} do not count.`, { who: namesOf(open) });
    return finding('approver-unclear', `Whether ${logins(open)} may approve could not be seen: ${(open[0] as Opinion).why}`, {
      who: namesOf(open),
    });
  }
  return finding('approvals-missing', missingText(policy, counted, approved), { who: namesOf(counted) });
}

function missingText({ count, from }: ApprovalsPolicy, counted: readonly Opinion[], approved: readonly Opinion[]): string {
  const left = count - counted.length;
  const whom = from.length === 0 ? 'anyone with write access' : whomText(from);
  const so = counted.length === 0 ? '' : `${logins(counted)} approved; `;
  const others = approved.filter((one) => !counted.includes(one)).slice(0, 3);
  const aside = others.map((one) => ` @${one.by.login} approved too, but ${one.why}`).join('');
  const asked = `${so === '' ? '' : 'still '}needs approval by ${so === '' ? people(left) : morePeople(left)}, from ${whom}.`;
  return `${so === '' ? `N${asked.slice(1)}` : `${so}${asked}`}${aside}`;
}

/** The latest word of each person; of words of the same time, or whose times cannot be read, the least favourable. */
function opinionsOf(approvals: readonly ApprovalFact[], policy: ApprovalsPolicy, facts: GateFacts): Opinion[] {
  const byPerson = new Map<number, ApprovalFact[]>();
  for (const one of approvals) {
    if (one.sha !== facts.sha || !isForHere(one, facts.environment)) continue;
    const same = byPerson.get(one.by.id);
    if (same === undefined) byPerson.set(one.by.id, [one]);
    else same.push(one);
  }
  return [...byPerson.values()].map((words) => {
    const latest = latestOf(words);
    const each = words.map((word) => countsOf(word, policy, facts));
    const counts = together(each, latest.is);
    const mayCount = each.some((one) => one.is !== 'no');
    const barred = barredOf(latest.word.by, policy, facts);
    const why = latest.is === 'unclear' ? latest.why : counts.is !== 'yes' ? counts.why : barred.why;
    const entitled = words.filter((word) => word.entitled === true);
    const given = entitled.length === 0 ? null : latestOf(entitled);
    const { by, bot, state, at } = latest.word;
    const byBot = bot && state === 'approve';
    return { by, is: latest.is, counts: counts.is, barred: barred.is, why, given, at: instantOf(at), byBot, mayCount };
  });
}

function mayBeNo({ counts, is, given }: Opinion): boolean {
  const words = [...(counts === 'no' ? [] : [is]), ...(counts === 'yes' || given === null ? [] : [given.is])];
  return words.includes('unclear') || words.includes('reject');
}

/** Whoever has lost the right to speak cannot take their no back: somebody who may approve, and speaks after it, can. */
function overruled({ given }: Opinion, opinions: readonly Opinion[]): Known {
  const said = instantOf(given?.word.at ?? '');
  const isAfter = ({ at }: Opinion) => (at === null || said === null ? null : at > said);
  if (opinions.some((one) => one.is === 'approve' && one.counts === 'yes' && one.barred === 'no' && isAfter(one) === true)) return 'yes';
  const may = opinions.some((one) => {
    return (one.is === 'approve' || one.is === 'unclear' || one.byBot) && one.mayCount && one.barred !== 'yes' && isAfter(one) !== false;
  });
  return may ? 'unknown' : 'no';
}

/** A review is for every environment; for all others an environment that is not told may be this one. */
function isForHere({ environment }: ApprovalFact, here: string): boolean {
  return environment === null || environment.toLowerCase() === here.toLowerCase();
}

type Read = { readonly word: ApprovalFact; readonly is: Opinion['is']; readonly why: string };

function read(word: ApprovalFact): Read {
  const unclear = (why: string): Read => ({ word, is: 'unclear', why });
  const { state, source, environment, bot } = word;
  if (source !== 'command' && source !== 'deployment-review' && source !== 'review') return unclear(`where it was said is not known.`);
  if (environment === null && source !== 'review') return unclear('which environment it was about is not known.');
  if (bot && state !== 'dismissed') {
    return state === 'approve' ? { word, is: 'none', why: '' } : unclear('whether it was a person is not known.');
  }
  if (state === 'approve') return { word, is: 'approve', why: '' };
  // A review that asks for changes takes its author's approval back; only a word about the environment itself rejects.
  if (state === 'reject') return { word, is: source === 'review' ? 'none' : 'reject', why: '' };
  return state === 'dismissed' ? { word, is: 'none', why: '' } : unclear(`"${state}" is no opinion that is known.`);
}

const WORST_FIRST = ['unclear', 'reject', 'none', 'approve'] as const;

function latestOf(words: readonly ApprovalFact[]): Read {
  const placed = words.map((word) => ({ at: instantOf(word.at), read: read(word) }));
  const worst = (some: readonly { readonly read: Read }[]) =>
    WORST_FIRST.flatMap((is) => some.filter((one) => one.read.is === is))[0]?.read as Read;
  if (placed.some(({ at }) => at === null) && placed.length > 1) {
    const least = worst(placed);
    return least.is === 'approve' ? least : { ...least, is: 'unclear', why: 'when it was said cannot be read.' };
  }
  const last = Math.max(...placed.map(({ at }) => at ?? 0));
  return worst(placed.filter(({ at }) => (at ?? 0) === last));
}

/** What a person's word would be worth to a requirement, whatever they say. */
export interface Standing {
  /** Whether the policy counts this person, and whether it bars them for their part in what is deployed. */
  readonly counts: Known;
  readonly barred: Known;
  /** Where it is no plain yes: `is an author.`, of either. */
  readonly why: string;
}

export function standingOf(person: Pick<ApprovalFact, 'by' | 'role'>, policy: ApprovalsPolicy, facts: GateFacts): Standing {
  const counts = countsOf(person, policy, facts);
  const barred = barredOf(person.by, policy, facts);
  return { counts: counts.is, barred: barred.is, why: counts.is === 'yes' ? barred.why : counts.why };
}

const LEAST = rankOf('write');

/** Below all of them: a word that is no role. */
function rankOf(role: string): number {
  return (ROLES as readonly string[]).indexOf(role);
}

interface Answer {
  readonly is: Known;
  readonly why: string;
}

/** What all of a person's words say of whether they count: an approval needs each of them to, a no any of them. */
function together(answers: readonly Answer[], is: Opinion['is']): Answer {
  const order = is === 'approve' ? (['no', 'unknown', 'yes'] as const) : (['yes', 'unknown', 'no'] as const);
  return order.flatMap((known) => answers.filter((one) => one.is === known))[0] as Answer;
}

function countsOf({ by, role }: Pick<ApprovalFact, 'by' | 'role'>, { from }: ApprovalsPolicy, facts: GateFacts): Answer {
  const rank = role.known ? rankOf(role.value) : -1;
  if (role.known && rank >= 0 && rank < LEAST) return { is: 'no', why: `has no write access to the repository (${role.value}).` };
  const places = from.map((one) => isOf(one, by, rank, facts));
  if (from.length > 0 && places.every((one) => one === false)) return { is: 'no', why: `is none of ${whomText(from)}.` };
  if (rank < 0) return { is: 'unknown', why: role.known ? `the role "${role.value}" is not known.` : role.why };
  return from.length === 0 || places.includes(true) ? YES : { is: 'unknown', why: membersUnseen(from, facts) };
}

const YES: Answer = { is: 'yes', why: '' };

/** Null: not known. */
function isOf(source: string, by: Account, rank: number, { teams, owners }: GateFacts): boolean | null {
  if (source === 'owners') return isAmong(by, owners);
  if (source.includes('/')) return isAmong(by, teamOf(source, teams));
  if (source.startsWith('@')) return source.slice(1).toLowerCase() === by.login.toLowerCase();
  return rank < 0 ? null : rank >= rankOf(source);
}

function isAmong(by: Account, members: GateFacts['owners']): boolean | null {
  return members?.known === true ? members.value.some(({ id }) => id === by.id) : null;
}

function teamOf(name: string, teams: GateFacts['teams']): GateFacts['owners'] {
  const key = name.toLowerCase();
  return teams !== undefined && Object.hasOwn(teams, key) ? teams[key] : undefined;
}

function membersUnseen(from: readonly string[], { teams, owners }: GateFacts): string {
  const whys = from.flatMap((one) => {
    const members = one === 'owners' ? owners : one.includes('/') ? teamOf(one, teams) : null;
    if (members === null || members?.known === true) return [];
    return [
      members === undefined ? `who belongs to ${one} was not looked for.` : `who belongs to ${one} could not be seen: ${members.why}`,
    ];
  });
  return whys[0] as string;
}

function barredOf(by: Account, { except }: ApprovalsPolicy, facts: GateFacts): Answer {
  const parts = except.map((part) => ({ part, accounts: accountsOf(part, facts) }));
  const own = parts.find(({ accounts }) => accounts?.some(({ id }) => id === by.id) === true);
  if (own !== undefined) return { is: 'yes', why: `is ${own.part === 'author' ? 'an' : 'a'} ${own.part}.` };
  const unseen = parts.find(({ accounts }) => accounts === null);
  return unseen === undefined ? { is: 'no', why: '' } : { is: 'unknown', why: `who the ${unseen.part} is could not be seen.` };
}

/** Null: not known. Every commit has an author and a committer, and every run somebody who began it: where none is told, it is not known who. */
function accountsOf(part: ApprovalsPolicy['except'][number], { people, run }: GateFacts): readonly Account[] | null {
  if (part === 'deployer') return someOf(run?.initiators);
  if (people?.known !== true) return null;
  const { authors, coauthors, committers, pushers, unattributed } = people.value;
  if (part === 'pusher') return someOf(pushers);
  const accounts = part === 'author' ? [...authors, ...coauthors] : committers;
  return unattributed.some(({ as }) => as === part) ? accounts : someOf(accounts);
}

function someOf(accounts: readonly Account[] | null | undefined): readonly Account[] | null {
  return accounts?.length ? accounts : null;
}

/** Who took a part that the policy bars, and is nobody on GitHub. */
function unattributed({ except }: ApprovalsPolicy, { people }: GateFacts): string[] {
  if (people?.known !== true) return [];
  return people.value.unattributed.filter(({ as }) => except.includes(as)).map(({ name }) => name);
}

function unseenPeople({ except }: ApprovalsPolicy, facts: GateFacts): string | null {
  const part = except.find((one) => accountsOf(one, facts) === null);
  if (part === undefined) return null;
  const { people } = facts;
  if (part === 'deployer') return 'Who deploys is not known.';
  if (people?.known === false) return `Who the ${part} is could not be seen: ${people.why}`;
  return people === undefined || (part === 'pusher' && people.value.pushers === null)
    ? `Who the ${part} is was not looked for.`
    : `Who the ${part} is is not told: nobody is named.`;
}

/** In the order of the alphabet. */
function whomText(from: readonly string[]): string {
  const all = [...new Set(from)].sort().map((one) => approversText(one));
  return all.length > MOST ? `${all.slice(0, MOST).join(', ')} or ${all.length - MOST} more` : all.join(' or ');
}

const MOST = 5;

function people(count: number): string {
  return count === 1 ? 'one person' : `${count} people`;
}

function morePeople(count: number): string {
  return count === 1 ? 'one more person' : `${count} more people`;
}

function namesOf(opinions: readonly Opinion[]): string[] {
  return opinions.map(({ by }) => by.login).sort();
}

function logins(opinions: readonly Opinion[]): string {
  return listed(opinions.map(({ by }) => `@${by.login}`));
}
