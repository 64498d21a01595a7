// conventional-changelog as its command line runs it: finds the last tag by itself and writes the notes of what came after it.
import { ConventionalChangelog } from 'conventional-changelog';

const [directory] = process.argv.slice(2);
const generator = new ConventionalChangelog(directory)
  .loadPreset('conventional-changelog-conventionalcommits-10')
  .readRepository()
  .context({ version: 'next' })
  .options({ outputUnreleased: true });
for await (const chunk of generator.write()) process.stdout.write(chunk);
