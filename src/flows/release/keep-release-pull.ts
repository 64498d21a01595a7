// The release pull request of a line: version files and changelog on a branch of their own, in commits that GitHub signs, kept at what the
// plan says. People's text around ours and people's commits on the branch stay.

import { readFence } from '../../core/fence.ts';
import { updateChangelog } from '../../core/files/changelog.ts';
import { lockfilesOf, parseVersionFile, updateVersionFile } from '../../core/files/version-file.ts';
import { type PullText, pullText, releaseBranch } from '../../core/release-pull.ts';
import { type FileWrite, type GitHubPort, GitHubProblem, type PullSeen } from '../github-port.ts';
import type { GitHubPlan, GitHubSituation } from './plan-github.ts';

type Say = (says: string) => void;

export interface KeptPull {
  readonly number: number;
  readonly url: string;
}

/** Opens, updates or closes it; writes nothing where nothing differs. */
export async function keepReleasePull(
  github: GitHubPort,
  situation: GitHubSituation,
  planned: GitHubPlan,
  { today }: { readonly today: string },
  say: Say,
): Promise<KeptPull | null> {
  const { scene, line } = situation;
  const { plan, notes, head } = planned;
  const open =
    scene.releasePulls.filter((pull) => pull.state === 'open' && pull.base === scene.branch.name).sort((a, b) => a.number - b.number)[0] ??
    null;
  if (plan.version === null) {
    if (open === null || plan.kind !== 'none') return open === null ? null : { number: open.number, url: open.url };
    await github.updatePull(open.number, { state: 'closed' });
    say(`Closed #${open.number}: there is nothing to release.`);
    return null;
  }
  const branch = releaseBranch(line.name);
  const before = open === null ? null : (readFence(open.body)?.state ?? null);
  // The branch was made for this head and version already: only its text may be behind.
  const current = open !== null && before?.sha === head && before.version === plan.version;
  let tip: string | null = open?.head.sha ?? null;
  if (!current) {
    const people = open === null ? false : await hasPeoplesCommits(github, situation, open);
    tip = await writeBranch(github, situation, planned, { branch, today, open, people, pending: before?.version ?? null }, say);
  }
  const text = pullText(plan, head, notes, open?.body ?? null, tip) as PullText;
  if (open === null) {
    const made = await github.openPull({ ...text, head: branch, base: scene.branch.name });
    say(`Opened #${made.number} for ${plan.tag}.`);
    return { number: made.number, url: made.url };
  }
  if (open.title !== text.title || open.body.replaceAll('\r\n', '\n') !== text.body.replaceAll('\r\n', '\n')) {
    const title = isOurTitle(open.title) ? text.title : open.title;
    await github.updatePull(open.number, { title, body: text.body });
    say(`Updated #${open.number} for ${plan.tag}.`);
  }
  return { number: open.number, url: open.url };
}

function isOurTitle(title: string): boolean {
  return title.startsWith('chore(release): ');
}

/** True if the branch holds a commit that is not ours: then it is added to, never made anew. */
async function hasPeoplesCommits(github: GitHubPort, { scene }: GitHubSituation, open: PullSeen): Promise<boolean> {
  const seen = await github.pull(open.number);
  // What cannot be seen is taken for somebody's work.
  if (!seen.known) return true;
  const { self } = scene.repository;
  return seen.value.commits.some(
    ({ subject, author }) =>
      !subject.startsWith('chore(release): ') || (self !== null && plain(author.login ?? author.name) !== plain(self)),
  );
}

/** A bot's commits have no account, but its name, with or without `[bot]`. */
function plain(login: string): string {
  return login.replace(/\[bot\]$/, '').toLowerCase();
}

interface BranchWrite {
  readonly branch: string;
  readonly today: string;
  readonly open: PullSeen | null;
  readonly people: boolean;
  readonly pending: string | null;
}

/** The branch's new head; null where it moved while it was written, so that nobody knows what it is. */
async function writeBranch(
  github: GitHubPort,
  situation: GitHubSituation,
  planned: GitHubPlan,
  write: BranchWrite,
  say: Say,
): Promise<string | null> {
  const { plan, head } = planned;
  const from = write.people && write.open !== null ? write.open.head.sha : head;
  const files = await releaseFiles(github, situation, planned, { ...write, from }, say);
  const message = { headline: `chore(release): ${plan.tag}` };
  if (write.people) {
    const added = files.length === 0 ? from : await github.commit({ branch: write.branch, expected: from, message, files });
    if (added === null) say(`${write.branch} moved while it was written; the next run brings it up to date.`);
    return added;
  }
  if (files.length === 0 && write.open === null) {
    throw new GitHubProblem(
      'refused',
      `No file of ${situation.line.name} would change for ${plan.tag}, so GitHub has nothing to open a release pull request for. If one was merged for it already and its text was removed, tag its merge yourself; else name a changelog or version files under \`release\` in the policy, or release in the mode \`draft\`.`,
    );
  }
  // Built aside and moved in one step: a branch without a difference would close its pull request for a moment.
  const scratch = `${write.branch}-next`;
  await github.putBranch(scratch, head);
  const made = files.length === 0 ? head : await github.commit({ branch: scratch, expected: head, message, files });
  if (made === null) {
    say(`${scratch} moved while it was written; the next run brings it up to date.`);
    return null;
  }
  await github.putBranch(write.branch, made);
  await github.deleteBranch(scratch);
  return made;
}

async function releaseFiles(
  github: GitHubPort,
  situation: GitHubSituation,
  { plan, notes }: GitHubPlan,
  { from, today, pending }: BranchWrite & { readonly from: string },
  say: Say,
): Promise<FileWrite[]> {
  const { files: entries, changelog } = situation.policy.release;
  const version = plan.version as string;
  const { host, owner, name } = situation.scene.repository;
  const compareUrl =
    plan.since === null
      ? null
      : `https://${host}/${owner}/${name}/compare/${encodeURIComponent(plan.since.tag)}...${encodeURIComponent(plan.tag as string)}`;
  const parsed = entries.map((entry) => parseVersionFile(entry));
  const paths = parsed.flatMap((one) => ('problem' in one ? [] : [one.path]));
  const locks = lockfilesOf(paths);
  const texts = await github.files(from, [...new Set([...paths, ...locks, ...(changelog === null ? [] : [changelog])])]);
  const beside = new Map([...texts].flatMap(([path, text]): [string, string][] => (text === null ? [] : [[path, text]])));
  const writes = new Map<string, string>();
  // The built-in default names package.json, which not every repository has, or has without a version: only named files are missed aloud.
  const byDefault = (entry: string | undefined) => situation.scene.policy === null || entry === 'package.json';
  for (const [index, file] of parsed.entries()) {
    const entry = entries[index] as string;
    if ('problem' in file) {
      say(file.problem);
      continue;
    }
    const text = writes.get(file.path) ?? texts.get(file.path) ?? null;
    if (text === null) {
      if (!byDefault(entry)) say(`${file.path} is not there, so no version is written to it.`);
      continue;
    }
    const updated = updateVersionFile({ entry, path: file.path, text, version, beside });
    if ('text' in updated) writes.set(file.path, updated.text);
    else if (!byDefault(entry)) say(updated.problem);
  }
  for (const path of locks) {
    const text = texts.get(path) ?? null;
    if (text === null) continue;
    const updated = updateVersionFile({ entry: path, path, text, version, beside });
    if ('text' in updated) writes.set(path, updated.text);
    else say(updated.problem);
  }
  if (changelog !== null) {
    writes.set(
      changelog,
      updateChangelog({
        text: texts.get(changelog) ?? null,
        version,
        tag: plan.tag as string,
        date: today,
        notes,
        ...(compareUrl === null ? {} : { compareUrl }),
        ...(pending === null ? {} : { pending }),
      }),
    );
  }
  return [...writes].filter(([path, text]) => texts.get(path) !== text).map(([path, text]) => ({ path, text }));
}
