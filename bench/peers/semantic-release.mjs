// semantic-release's two plugins that correspond to a plan: the commit analyzer and the notes generator, given the range and its commits.
// The rest of semantic-release (tags, branches, plugins, the push check) is left out in its favour.
import { analyzeCommits } from '@semantic-release/commit-analyzer';
import { generateNotes } from '@semantic-release/release-notes-generator';
import { readCommits } from './commits.mjs';

const [directory, from, preset] = process.argv.slice(2);
const commits = await readCommits(directory, from ? `${from}..HEAD` : 'HEAD');
const logger = { log() {}, error() {}, success() {}, warn() {} };
const cwd = import.meta.dirname;
const type = await analyzeCommits({ preset }, { commits, logger, cwd });
const notes = await generateNotes(
  { preset },
  {
    commits,
    logger,
    cwd,
    lastRelease: { gitTag: from || undefined, version: '1.0.0' },
    nextRelease: { gitTag: 'next', version: 'next', type },
    options: { repositoryUrl: 'https://github.com/example/example.git' },
  },
);
console.log(JSON.stringify({ commits: commits.length, type, notes }));
