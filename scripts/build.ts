// Builds dist/ from the sources. With --check it touches nothing and fails where dist/ is not what the sources build.
import { join } from 'node:path';
import { bundle, staleness, staticClosure, writeBundle } from './bundle.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const built = await bundle(root);

if (process.argv.includes('--check')) {
  const differences = await staleness(dist, built);
  if (differences.length > 0) {
    console.error(`dist/ is stale: run npm run build and commit\n${differences.map((says) => `  ${says}`).join('\n')}`);
    process.exitCode = 1;
  } else console.log(`dist/ is fresh: ${built.files.size} files as the sources build them`);
} else {
  await writeBundle(dist, built);
  for (const [name, { entryPoint }] of Object.entries(built.metafile.outputs)) {
    if (entryPoint === undefined) continue;
    const loaded = staticClosure(built.metafile, name);
    const bytes = loaded.reduce((sum, file) => sum + (built.metafile.outputs[file]?.bytes ?? 0), 0);
    console.log(`${name}  ${(bytes / 1024).toFixed(1)} KiB in ${loaded.length} file(s) before any import()  ← ${entryPoint}`);
  }
  console.log(`dist/: ${built.files.size} files`);
}
