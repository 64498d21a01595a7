// The floor: a process that spawns one `git log` of the range with every field a plan needs, reads it and splits it, and does nothing
// else. Plain JavaScript, because stripping types would cost it the time that the others are measured against.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const [task, ...rest] = process.argv.slice(2);

if (task === 'log') {
  const [directory, range] = rest;
  const format = '--format=%H%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%s%x1f%b';
  const git = spawn('git', ['-C', directory, 'log', '-z', format, range], { stdio: ['ignore', 'pipe', 'inherit'] });
  git.stdout.setEncoding('utf8');
  let text = '';
  git.stdout.on('data', (chunk) => {
    text += chunk;
  });
  git.on('close', (code) => {
    let commits = 0;
    for (const record of text.split('\0')) if (record.split('\x1f').length === 7) commits += 1;
    console.log(JSON.stringify({ commits }));
    process.exitCode = code ?? 1;
  });
} else {
  // The floor of `classify`: reads JSON lines and writes one a line.
  const lines = readFileSync(0, 'utf8').split('\n');
  process.stdout.write(lines.map((line) => (line ? `${JSON.stringify({ title: JSON.parse(line).title })}\n` : '')).join(''));
}
