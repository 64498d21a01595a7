// `/release draft` brings a line's draft, or its release pull request, up to date; `/release as` asks for its version first. Neither
// publishes: where the policy releases directly, what they keep is a draft.

import { cannotReleaseAsText, draftedText, releaseAsText, releaseAutoText } from '../../core/answer/publish.ts';
import { AUTO } from '../../core/command.ts';
import { joined } from '../../core/summary/page.ts';
import { type GitHubSituation, observeGitHub, planOnGitHub } from '../release/plan-github.ts';
import { releaseOnGitHub, withheldOf } from '../release/release.ts';
import { noWishNote, type Wish, wished, wishNote, wishOf } from '../release/wish.ts';
import { type Answer, type Ask, branchOf, refused, spelled, todayOf } from './answer.ts';

/** `/release draft`. */
export async function draftRelease(ask: Ask): Promise<Answer> {
  const place = await branchOf(ask);
  if ('unseen' in place) return refused(place.unseen);
  const { github, notes, repository, readPolicy } = ask.situation;
  const seen = await observeGitHub(github, { readPolicy, ...lineAsked(place) });
  const wish = await wishOf(notes, repository, seen.line.name, seen.tags);
  return bringUpToDate(ask, seen, wish);
}

/** `/release as VERSION`. */
export async function releaseAs(ask: Ask): Promise<Answer> {
  const place = await branchOf(ask);
  if ('unseen' in place) return refused(place.unseen);
  const { situation, errand, call } = ask;
  if (call.arguments.version === AUTO) return releaseByChanges(ask, place);
  const { github, repository, readPolicy } = situation;
  const version = (call.arguments.version ?? '').replace(/^v(?=\d)/i, '');
  const request = { readPolicy, ...lineAsked(place), releaseAs: version };
  const seen = await observeGitHub(github, request);
  const withheld = withheldOf(seen);
  if (withheld !== null) return refused(withheld.says);
  const { plan } = await planOnGitHub(github, seen, request);
  if (plan.version === null || plan.tag === null) {
    const says = plan.objections.filter((one) => one.code !== 'disputed').map((one) => one.says);
    return refused(cannotReleaseAsText(version, says));
  }
  const drafted = await bringUpToDate(ask, seen, { version });
  const wish = { version: plan.version, by: errand.author.login, comment: errand.comment };
  return {
    ...drafted,
    says: joined([releaseAsText(plan.line, plan.tag, spelled(ask, `release as ${AUTO}`)), drafted.says]),
    notes: [wishNote(repository, plan.line, wish)],
  };
}

/** `/release as auto`. */
async function releaseByChanges(ask: Ask, place: { readonly branch: string | undefined }): Promise<Answer> {
  const { github, notes, repository, readPolicy } = ask.situation;
  const request = { readPolicy, ...lineAsked(place) };
  const seen = await observeGitHub(github, request);
  const withheld = withheldOf(seen);
  if (withheld !== null) return refused(withheld.says);
  const before = await wishOf(notes, repository, seen.line.name, seen.tags);
  const { plan } = await planOnGitHub(github, seen, request);
  const drafted = await bringUpToDate(ask, seen, null);
  const says = releaseAutoText(plan.line, before?.version ?? null, plan.tag);
  return { ...drafted, says: joined([says, drafted.says]), notes: [noWishNote(repository, plan.line)] };
}

function lineAsked({ branch }: { readonly branch: string | undefined }): { readonly line?: string } {
  return branch === undefined ? {} : { line: branch };
}

async function bringUpToDate({ situation, policy }: Ask, observed: GitHubSituation, wish: Pick<Wish, 'version'> | null): Promise<Answer> {
  const { github, readPolicy } = situation;
  const { withheld, draft, pull, plan } = await releaseOnGitHub(github, {
    readPolicy,
    line: observed.scene.branch.name,
    observed,
    ...wished(wish),
    mode: policy.release.mode === 'pull-request' ? 'pull-request' : 'draft',
    today: todayOf(situation),
  });
  if (withheld !== null) return refused(withheld.says);
  const waits =
    pull !== null
      ? ({ name: `#${pull.number}`, url: pull.url, kind: 'pull' } as const)
      : draft !== null
        ? ({ name: draft.tag, url: draft.url, kind: 'draft' } as const)
        : null;
  const held = plan.objections.map((one) => one.says);
  return { done: true, says: draftedText(waits, { line: plan.line, since: plan.since?.tag ?? null, held }) };
}
