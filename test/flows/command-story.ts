// People command the App in comments: each comment is answered as it came, its outcome is written, and what it asks to be looked at next is
// done by the flows that keep lines and pull requests.
import type { CommandErrand } from '../../src/core/errand.ts';
import type { Situation } from '../../src/flows/app-port.ts';
import { answerComment } from '../../src/flows/command/answer-comment.ts';
import type { Outcome } from '../../src/flows/store-port.ts';
import type { Comment, Issue, Pull } from '../support/github/records.ts';
import { beginKept, type KeptStory } from './kept-story.ts';

export interface CommandStory extends KeptStory {
  /** Somebody comments; nobody has answered yet. */
  readonly says: (on: Pull | Issue, body: string, by?: string) => CommandErrand;
  /** The App answers an errand, once or again; `lost`: it dies before the outcome is written. */
  readonly answers: (errand: CommandErrand, how?: { readonly lost?: boolean }) => Promise<Outcome>;
  /** Both, and the text of the answer; null where there is none. */
  readonly command: (on: Pull | Issue, body: string, by?: string) => Promise<string | null>;
  /** Our answers on it. */
  readonly own: (on: Pull | Issue) => readonly Comment[];
  readonly reactions: (errand: CommandErrand) => readonly string[];
  readonly draft: () => { readonly tag: string; readonly body: string } | undefined;
  readonly tags: () => readonly string[];
}

export interface CommandOptions {
  readonly mode?: 'draft' | 'pull-request' | 'direct';
  readonly policy?: string;
}

/**
 * v1.0.0 is out; since then #1, a feature, was merged, and the line was looked at. `mia` maintains, `ada` may write, `tri` may triage, and
 * `eve` may read what everybody may.
 */
export async function beginCommands({ mode = 'draft', policy = '' }: CommandOptions = {}): Promise<CommandStory & { readonly pull: Pull }> {
  const story = await beginKept(`version: 1\nrelease: { mode: ${mode} }\n${policy}`, {
    collaborators: { mia: 'maintain', ada: 'write', tri: 'triage' },
  });
  const { world, repository } = story;
  const pull = repository.openPull({ title: 'feat: one', author: 'ada' });
  repository.merge(pull, { method: 'squash' });
  if (mode !== 'direct') await story.line();
  world.clock.advance('1m');
  world.expectEffects(world.effects.all.map(() => /^/));
  return { ...story, ...commandsOf(story), pull };
}

export function commandsOf(story: KeptStory): Omit<CommandStory, keyof KeptStory> {
  const { world, repository } = story;
  const situationNow = (): Situation => ({ ...story.situation, now: world.clock.now() });
  const says: CommandStory['says'] = (on, body, by = 'mia') => {
    const { id, createdAt, user } = repository.comment(on, body, { by });
    const issue = 'issue' in on ? on.issue : on;
    return {
      kind: 'command',
      home: story.situation.home,
      comment: id,
      issue: issue.number,
      pull: issue.pull !== null,
      author: { login: user.login, id: user.id, bot: user.type !== 'User' },
      app: null,
      body,
      at: createdAt,
    };
  };
  const answers: CommandStory['answers'] = async (errand, { lost = false } = {}) => {
    const outcome = await answerComment(situationNow(), errand);
    if (lost) return outcome;
    for (const note of outcome.notes ?? []) story.write(note);
    story.tasks.push(...(outcome.tasks ?? []));
    return outcome;
  };
  const own: CommandStory['own'] = (on) => {
    const { comments } = 'issue' in on ? on.issue : on;
    return comments.filter((one) => one.user.login === 'shiplock[bot]' && one.body.startsWith('<!-- shiplock:answer '));
  };
  return {
    says,
    answers,
    own,
    command: async (on, body, by) => {
      const errand = says(on, body, by);
      await answers(errand);
      return own(on).find((one) => one.body.startsWith(`<!-- shiplock:answer ${errand.comment} -->`))?.body ?? null;
    },
    reactions: ({ issue, comment }) => {
      const found = repository.record.issues.get(issue)?.comments.find((one) => one.id === comment);
      return (found?.reactions ?? []).map((one) => one.content);
    },
    draft: () => repository.record.releases.find((one) => one.draft) as { tag: string; body: string } | undefined,
    tags: () => repository.record.git.refs.list('refs/tags/').map((ref) => ref.name.slice('refs/tags/'.length)),
  };
}

/** Everything that commands may have changed, without ids, hashes and times. */
export function lookOf({ repository, tasks, note }: KeptStory): unknown {
  const { record } = repository;
  const plain = (text: string | null | undefined) =>
    (text ?? '')
      .replace(/\b[0-9a-f]{40}\b/g, 'SHA')
      .replace(/`[0-9a-f]{7}`/g, '`sha`')
      .replace(/(shiplock:(?:answer|backport) |"asked":)\d+/g, '$1N')
      .replace(/shiplock:begin [0-9a-f]{14}/g, 'shiplock:begin');
  const issues = [...record.issues.values()];
  return {
    tags: record.git.refs.list('refs/tags/').map((ref) => ref.name),
    branches: record.git.refs.list('refs/heads/').map((ref) => ref.name),
    releases: record.releases.map((one) => [one.tag, one.draft, one.name, plain(one.body)]).sort(),
    issues: issues.map((one) => [one.number, one.state, one.title, plain(one.body), one.labels.map((label) => label.name).sort()]),
    comments: issues.map((one) => [
      one.number,
      one.comments.map((comment) => [plain(comment.body), comment.reactions.map((r) => r.content)]),
    ]),
    tasks: [...new Set(tasks.map((one) => one.unique))].sort(),
    wish: plain(JSON.stringify(note('release-as', 'main'))),
  };
}
