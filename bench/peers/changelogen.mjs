// changelogen's own steps for a preview: read, parse, bump, write. Its look-up of every author's account over the network is answered at
// once with nothing, so that the network is not measured.
globalThis.fetch = async () => ({ json: async () => ({ user: null }) });
const { determineSemverChange, generateMarkDown, getGitDiff, loadChangelogConfig, parseCommits } = await import('changelogen');

const [directory, from] = process.argv.slice(2);
const config = await loadChangelogConfig(directory, { ...(from ? { from } : {}), to: 'HEAD', noAuthors: true });
const raw = await getGitDiff(config.from, config.to, directory);
const commits = parseCommits(raw, config).filter((commit) => config.types[commit.type]);
const type = determineSemverChange(commits, config);
const notes = await generateMarkDown(commits, config);
console.log(JSON.stringify({ commits: raw.length, type, notes }));
