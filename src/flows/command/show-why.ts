// `/why`: the gate as it would be decided now for the commit that is meant, with every requirement and what was seen. It changes nothing.

import { whereTable } from '../../core/answer/where.ts';
import { whyPage } from '../../core/answer/why.ts';
import { readPlaces } from '../deployment/what-is-where.ts';
import { POLICY_FILE } from '../policy-problem.ts';
import { type Answer, type Ask, refused } from './answer.ts';
import { aimAt } from './gate-subject.ts';
import { seeArrival } from './see-arrival.ts';
import { viewGate } from './view-gate.ts';

export async function showWhy(ask: Ask): Promise<Answer> {
  const aimed = await aimAt(ask, ask.call.arguments.environment ?? '', { anywhere: true });
  if ('says' in aimed) return refused(aimed.says);
  const { subject } = aimed;
  const { spot, scene, waiting, learnt } = subject;
  const { decision, facts, run } = await viewGate(ask, subject);
  const { host, owner, name } = scene.repository;
  const base = `https://${host}/${owner}/${name}`;
  const places = await readPlaces(ask.situation.notes, ask.situation.repository);
  const says = whyPage({
    spot,
    decision,
    facts,
    policy: { path: POLICY_FILE, branch: scene.branch.name, sha: scene.branch.sha, file: scene.policy !== null },
    waits: waiting === null ? null : { url: run?.url ?? `${base}/actions/runs/${waiting.run}`, since: waiting.since },
    arrival: waiting === null ? await seeArrival(ask.situation, places, spot) : null,
    base,
    where: whereTable(places, base),
    limit: ask.room,
  });
  return { done: true, says, notes: learnt() };
}
