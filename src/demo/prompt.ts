// After the story: a prompt at which a newcomer plays on. What people would type on GitHub is typed here as one of them; what Shiplock then
// says is shown as it comes.

import { createInterface } from 'node:readline';
import type { Terminal } from '../cli/terminal.ts';
import { nearest } from '../core/nearest.ts';
import { tellWhatIsWhere } from './closing.ts';
import { PEOPLE, WORKFLOWS } from './harbour.ts';
import { type Shown, showNews, skipNews } from './news.ts';
import type { Scene } from './scene.ts';
import { timeText } from './stage.ts';

/** Who speaks, and where, unless a line says otherwise. */
interface Place {
  who: string;
  on: number;
}

interface Move {
  /** As `help` shows it. */
  readonly form: string;
  readonly says: string;
  readonly pattern: RegExp;
  readonly play: (scene: Scene, place: Place, words: readonly (string | undefined)[]) => Promise<void>;
}

const MOVES: readonly Move[] = [
  {
    form: 'as WHO: TEXT',
    says: 'comments as one of the people: `as dan: /approve production`, `as dan on #2: …`',
    pattern: /^as\s+@?([\w-]+)(?:\s+on\s+#?(\d+))?\s*:\s*(.+)$/i,
    play: async (scene, place, [who = '', on, text = '']) => {
      place.who = personOf(who);
      if (on !== undefined) place.on = Number(on);
      await comment(scene, place, text);
    },
  },
  {
    form: '/COMMAND …',
    says: 'the same, as whoever spoke last; `/help` lists what Shiplock understands',
    pattern: /^(\/.+)$/,
    play: (scene, place, [text = '']) => comment(scene, place, text),
  },
  {
    form: 'open TITLE',
    says: 'opens a pull request of ada’s: `open fix: mend the crane`; `open as ben: TITLE`',
    pattern: /^open\s+(?:as\s+@?([\w-]+)\s*:\s*)?(.+)$/i,
    play: async ({ github, stage }, place, [who = 'ada', title = '']) => {
      const author = personOf(who);
      place.on = await github.openPull({ author, title });
      stage.person(author, `opens #${place.on}`, title);
    },
  },
  {
    form: 'merge #N',
    says: 'merges a pull request, as carol',
    pattern: /^merge\s+#?(\d+)$/i,
    play: async ({ github, stage }, _, [number]) => {
      await github.merge(Number(number), 'carol');
      stage.person('carol', `merges #${number}`);
    },
  },
  {
    form: 'close #N',
    says: 'closes an issue, as carol',
    pattern: /^close\s+#?(\d+)$/i,
    play: async ({ github, stage }, _, [number]) => {
      await github.closeIssue(Number(number), 'carol');
      stage.person('carol', `closes #${number}`);
    },
  },
  {
    form: 'show #N',
    says: 'a pull request or issue and what was said there; comments go there then',
    pattern: /^show\s+#?(\d+)$/i,
    play: async ({ github, stage }, place, [number]) => {
      const thread = await github.thread(Number(number));
      if (thread === null) throw new Error(`There is no #${number}.`);
      place.on = thread.number;
      stage.quoted(`#${thread.number} ${thread.title} (${thread.state}), by ${thread.author}`, thread.body);
      for (const { by, body } of thread.said) stage.quoted(by, body);
    },
  },
  {
    form: 'clock +24h',
    says: 'lets time pass: s, m, h or d',
    pattern: /^clock\s+\+?(\d+[smhd])$/i,
    play: async (scene, _, [duration = '1h']) => {
      scene.stage.tell(`It is ${timeText(Date.parse(await scene.advance(duration.toLowerCase())))}.`);
    },
  },
  {
    form: 'suite fails',
    says: 'the next regression suite fails; `suite again` runs the last one again',
    pattern: /^suite\s+(fails|again)$/i,
    play: async ({ github, stage }, _, [what]) => {
      if (what?.toLowerCase() === 'fails') {
        await github.failNextSuite(['regression / api']);
        return stage.tell('The next regression suite will fail.');
      }
      const suite = (await github.runs()).find((one) => one.file === WORKFLOWS.regression);
      if (suite === undefined) throw new Error('No regression suite has run yet: it runs when a release is published.');
      await github.rerun(suite.id, 'ben');
    },
  },
  { form: 'status', says: 'what is where, what waits, what is open', pattern: /^status$/i, play: (scene) => showStatus(scene) },
  { form: 'help', says: 'this', pattern: /^(?:help|\?)$/i, play: async ({ stage }, place) => showHelp(stage, place) },
];

/** Resolves when it is left. */
export async function playOn(scene: Scene, terminal: Terminal, on: number): Promise<void> {
  const { stage, urls, token } = scene;
  const place: Place = { who: 'carol', on };
  const shown: Shown = new Map();
  await skipNews(scene, shown);
  stage.title('Your turn');
  stage.tell(`The App at ${urls.app} and the simulated GitHub at ${urls.github} go on running. Look for yourself, too:`);
  stage.lines([`curl -A me -H "authorization: Bearer ${token}" \\`, `  ${urls.github}/api/v3/repos/${scene.repository}/releases`]);
  showHelp(stage, place);
  const { input } = terminal;
  const isTerminal = input.isTTY === true && process.stdout.isTTY === true;
  const reader = createInterface({ input, output: process.stdout, terminal: isTerminal, completer, historySize: 200 });
  reader.on('SIGINT', () => reader.close());
  // What Shiplock says by itself, between two lines.
  const prompt = () => {
    if (isTerminal) reader.setPrompt(`\n${place.who} on #${place.on}> `);
    if (isTerminal) reader.prompt();
  };
  prompt();
  for await (const line of reader) {
    const typed = line.trim();
    if (/^(?:quit|exit|q)$/i.test(typed)) break;
    if (typed !== '') await play(scene, terminal, { place, shown }, typed);
    prompt();
  }
  reader.close();
}

async function play(
  scene: Scene,
  terminal: Terminal,
  { place, shown }: { readonly place: Place; readonly shown: Shown },
  typed: string,
): Promise<void> {
  const [move] = MOVES.filter((one) => one.pattern.test(typed));
  if (move === undefined) {
    const words = MOVES.map((one) => one.form.split(' ')[0] ?? '');
    const meant = nearest(typed.split(/\s/)[0] ?? '', words);
    return terminal.warn(`That is none of what can be done here. ${meant === null ? 'Type `help`.' : `Did you mean \`${meant}\`?`}`);
  }
  try {
    await move.play(scene, place, (move.pattern.exec(typed) ?? []).slice(1));
    await showNews(scene, shown);
  } catch (error) {
    terminal.warn((error as Error).message);
  }
}

async function comment(scene: Scene, { who, on }: Place, text: string): Promise<void> {
  scene.stage.person(who, `on #${on}`, text);
  await scene.github.comment(on, who, text);
}

async function showStatus(scene: Scene): Promise<void> {
  const { github, stage } = scene;
  stage.tell(`It is ${timeText(github.now())}.`);
  await tellWhatIsWhere(scene);
  const draft = (await github.releases()).find((one) => one.draft);
  stage.tell(`The next release: ${draft === undefined ? 'nothing is drafted' : `${draft.tag}, a draft`}.`);
  stage.tell('Pull requests and issues:');
  stage.lines((await github.threads()).map((one) => `#${one.number}`.padEnd(5) + one.state.padEnd(8) + one.title));
  stage.tell(
    `People: ${Object.entries(PEOPLE)
      .map(([login, role]) => `${login} (${role})`)
      .join(', ')}.`,
  );
}

function showHelp(stage: Scene['stage'], { who, on }: Place): void {
  const width = Math.max(...MOVES.map((one) => one.form.length));
  stage.tell(`You speak as ${who} on #${on}:`);
  stage.lines([...MOVES.map(({ form, says }) => `${form.padEnd(width)}  ${says}`), `${'quit'.padEnd(width)}  ends it`]);
}

function personOf(login: string): string {
  const known = Object.keys(PEOPLE);
  const name = login.toLowerCase();
  if (!known.includes(name)) throw new Error(`There is no ${login} here. There are ${known.join(', ')}.`);
  return name;
}

const BEGINNINGS: readonly string[] = [
  ...Object.keys(PEOPLE).map((login) => `as ${login}: `),
  ...['/release plan', '/release publish', '/deploy qa', '/deploy production', '/approve production', '/why production', '/why qa'],
  ...[
    '/hold production ',
    '/unhold production',
    '/rollback production',
    '/help',
    'open ',
    'merge #',
    'show #',
    'clock +24h',
    'status',
    'help',
    'quit',
  ],
];

function completer(line: string): [string[], string] {
  return [BEGINNINGS.filter((one) => one.startsWith(line)), line];
}
