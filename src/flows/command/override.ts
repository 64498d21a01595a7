// `/override`: break-glass. An admin's word makes what is not met of one commit in one environment count as met for an hour, in the open:
// it is a fact that the gate is decided by, is recorded, and has an issue of its own in which it is looked back at.

import {
  LEAST_REASON,
  nothingToOverrideText,
  notWaivableText,
  overriddenText,
  overrideMark,
  reviewIssue,
  shortReasonText,
  tooLateText,
  WAIVER_SECONDS,
} from '../../core/answer/override.ts';
import { noWayBackFinding } from '../../core/answer/rollback.ts';
import { instantOf, instantText } from '../../core/gate/clock.ts';
import type { WaiverFact } from '../../core/gate/facts.ts';
import { decide } from '../../core/gate.ts';
import type { Happening } from '../../core/tell.ts';
import { keepReview } from '../deployment/review.ts';
import { tellTasks } from '../deployment/tell.ts';
import { waiverNote } from '../gate/gate-notes.ts';
import { recordDecision } from '../record/record-decision.ts';
import { type Answer, type Ask, refused } from './answer.ts';
import { aimAt } from './gate-subject.ts';
import { lookTasks, wordOf } from './gate-word.ts';
import { refusedRollback } from './rollback.ts';
import { viewGate } from './view-gate.ts';

export async function override(ask: Ask): Promise<Answer> {
  const { situation, errand, call } = ask;
  const { repository, now } = situation;
  const reason = call.arguments.reason ?? '';
  if (reason.length < LEAST_REASON) return refused(shortReasonText(reason));
  const aimed = await aimAt(ask, call.arguments.environment ?? '');
  if ('says' in aimed) return refused(aimed.says);
  const { subject } = aimed;
  const { spot, scene, tag, waiting } = subject;
  const { environment, sha } = spot;
  // From when it was written, whenever it is read: the same each time that it is tried.
  const from = instantOf(errand.at) ?? now;
  const until = instantText(from + WAIVER_SECONDS * 1_000);
  if (from + WAIVER_SECONDS * 1_000 <= now) return refused(tooLateText(spot, until));
  const { decision: judged, gate, facts } = await viewGate(ask, subject);
  // A rollback that was refused for want of a safe way is a requirement, too, though not of a gate.
  const refusedBack = await refusedRollback(situation.notes, repository, environment, from - WAIVER_SECONDS * 1_000);
  const decision = refusedBack === null ? judged : { ...judged, findings: [...judged.findings, noWayBackFinding(refusedBack)] };
  const open = decision.findings.filter(({ verdict }) => verdict !== 'met').length;
  if (open === 0) return refused(nothingToOverrideText(spot));
  const broken = decision.findings.find(({ code }) => code === 'record-broken');
  if (broken !== undefined) return refused(notWaivableText(spot, broken.says));
  const { host, owner, name } = scene.repository;
  const base = `https://${host}/${owner}/${name}`;
  const by = errand.author.login;
  const done = { spot, by, reason, at: errand.at, until };
  const issue = reviewIssue({
    override: done,
    decision,
    comment: { id: errand.comment, issue: errand.issue, url: `${base}/issues/${errand.issue}#issuecomment-${errand.comment}` },
    runUrl: waiting === null ? null : `${base}/actions/runs/${waiting.run}`,
    to: gate.entry?.review?.to ?? [],
  });
  const again = { mark: overrideMark(errand.comment), says: issue.body };
  const review = await keepReview(situation, { sha, environment, cause: 'overridden', release: tag, body: issue.body, again });
  const waiver: WaiverFact = { requirement: 'all', by, reason, sha, environment, at: errand.at, until };
  const run = waiting === null ? null : { id: waiting.run, attempt: waiting.attempt };
  const where = { environment, sha, release: tag, run };
  const entry = recordDecision(repository, { what: 'override', ...wordOf(ask), ...where, requirement: 'all', reason, until });
  const opened = recordDecision(repository, { what: 'review', ...wordOf(ask), ...where, issue: review.number });
  const happening: Happening = {
    event: 'overridden',
    sha,
    environment,
    release: tag,
    at: errand.at,
    by,
    url: review.url,
    says: reason,
    once: `comment ${errand.comment}`,
  };
  return {
    done: true,
    says: overriddenText(done, open, decide(gate, { ...facts, waivers: { known: true, value: [waiver] } }), review),
    notes: [waiverNote(repository, waiver), ...review.notes, ...entry.texts, ...opened.texts, ...subject.learnt()],
    entries: [entry, opened],
    tasks: [...lookTasks(ask, environment, sha), ...tellTasks(situation, happening, scene.policy)],
  };
}
