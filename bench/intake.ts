// Compares in one run, in rounds that take every server in turn, the App's durable intake with a bare Probot that stores nothing: how many
// deliveries a second each takes, what CPU a delivery costs it, how late the slowest of a hundred is at half the rate, and the memory over
// 100,000 deliveries. `node bench/intake.ts --help` lists the options; quote the ratios, not the numbers.
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Load, templates } from './intake-load.ts';
import type { Used } from './intake-server.ts';
import { median } from './measure.ts';

const HELP = `node bench/intake.ts [options]
  --rounds N        rounds of every server (default 7)
  --seconds N       of each measurement (default 4)
  --connections N   (default 32)
  --deliveries N    for the memory (default 100000; 0 leaves it out)
  --check           exit 1 where a goal is missed`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '32' },
    deliveries: { type: 'string', default: '100000' },
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Ours to Probot's as it comes, in the same round; both log as they do by default. */
const GOALS = { rate: 0.8, cpu: 1.25, p99: 50 };

const SECRET = 'a secret of the webhook';
const KINDS = ['ours', 'probot', 'silent', 'floor'] as const;
type Kind = (typeof KINDS)[number];

interface Server {
  readonly kind: Kind;
  readonly port: number;
  readonly used: (collect?: boolean) => Promise<Used>;
  readonly stop: () => void;
}

interface Round {
  readonly rate: number;
  /** Microseconds a delivery. */
  readonly cpu: number;
  readonly p50: number;
  readonly p99: number;
}

async function startServer(kind: Kind, folder: string): Promise<Server> {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const script = join(import.meta.dirname, 'intake-server.ts');
  const child: ChildProcess = spawn(process.execPath, ['--expose-gc', '--no-warnings', script, kind, SECRET, privateKey, folder], {
    // Logs cost what they cost, and go nowhere.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    kind,
    port,
    used: async (collect = false) => {
      child.send({ collect });
      const [used] = (await once(child, 'message')) as [Used];
      return used;
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

async function measure(server: Server, requests: ReturnType<typeof templates>, half: number | null): Promise<Round> {
  const load = new Load(server.port, Number(values.connections), requests);
  await load.flood({ seconds: 0.5 });
  const before = await server.used();
  const { requests: taken, seconds } = await load.flood({ seconds: Number(values.seconds) });
  const { cpu } = await server.used();
  const rate = taken / seconds;
  const paced = await load.pace(half ?? rate / 2, Number(values.seconds) / 2);
  load.close();
  const sorted = paced.latencies.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { rate, cpu: (cpu - before.cpu) / taken, p50: at(0.5), p99: at(0.99) };
}

async function main(): Promise<number> {
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-bench-intake-'));
  const requests = templates(SECRET);
  const servers: Server[] = [];
  try {
    for (const kind of KINDS) servers.push(await startServer(kind, folder));
    console.log(
      `# Taking webhooks\n\nNode ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}; ${values.connections} connections.`,
    );
    console.log(
      `Requests of ${[...new Set(requests.map(({ bytes }) => `${(bytes.length / 1024).toFixed(1)} KiB`))].join(', ')}, of many repositories in turn.\n`,
    );
    const rounds = new Map<Kind, Round[]>(KINDS.map((kind) => [kind, []]));
    let half: number | null = null;
    for (let round = 0; round <= Number(values.rounds); round++) {
      // Whoever begins has the colder machine: everybody does so in turn.
      for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
        const measured = await measure(server, requests, half);
        // The first is to warm up.
        if (round > 0) rounds.get(server.kind)?.push(measured);
        // The same load on all from then on: half of what the slower of the two that compete takes.
        else if (server.kind === 'ours' || server.kind === 'probot') half = Math.min(half ?? Number.POSITIVE_INFINITY, measured.rate / 2);
      }
    }
    const of = (kind: Kind, what: keyof Round) => (rounds.get(kind) ?? []).map((one) => one[what]);
    const ratio = (kind: Kind, what: keyof Round) =>
      median(of(kind, what).map((value, index) => value / (of('probot', what)[index] as number)));
    console.log(
      '| | deliveries/s | CPU a delivery | p50 at half the rate | p99 | rate ÷ Probot | CPU ÷ Probot |\n|---|---|---|---|---|---|---|',
    );
    const NAMES: Readonly<Record<Kind, string>> = {
      ours: 'shiplock, SQLite, durable',
      probot: 'Probot as it comes, empty handler, nothing stored',
      silent: 'the same without its log',
      floor: 'node:http and the signature alone',
    };
    for (const kind of KINDS) {
      const cells = [
        NAMES[kind],
        median(of(kind, 'rate')).toFixed(0),
        `${median(of(kind, 'cpu')).toFixed(0)} µs`,
        `${median(of(kind, 'p50')).toFixed(1)} ms`,
        `${median(of(kind, 'p99')).toFixed(1)} ms`,
        ratio(kind, 'rate').toFixed(2),
        ratio(kind, 'cpu').toFixed(2),
      ];
      console.log(`| ${cells.join(' | ')} |`);
    }
    const met = ratio('ours', 'rate') >= GOALS.rate && ratio('ours', 'cpu') <= GOALS.cpu && median(of('ours', 'p99')) <= GOALS.p99;
    console.log(
      `\nGoals: rate ≥ ${GOALS.rate} × and CPU ≤ ${GOALS.cpu} × Probot's, medians of the ratios within a round, p99 ≤ ${GOALS.p99} ms: ${met ? 'met' : 'MISSED'}.`,
    );
    await memory(servers.find((one) => one.kind === 'ours') as Server, requests);
    return values.check && !met ? 1 : 0;
  } finally {
    for (const server of servers) server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function memory(server: Server, requests: ReturnType<typeof templates>): Promise<void> {
  const total = Number(values.deliveries);
  if (total === 0) return;
  console.log(`\n| deliveries more | resident | heap, collected |\n|---|---|---|`);
  const load = new Load(server.port, Number(values.connections), requests);
  const steps = 5;
  for (let step = 0; step <= steps; step++) {
    if (step > 0) await load.flood({ requests: total / steps });
    const { rss, heap } = await server.used(true);
    console.log(`| ${Math.round((total / steps) * step).toLocaleString('en')} | ${mib(rss)} | ${mib(heap)} |`);
  }
  load.close();
}

function mib(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
}

process.exitCode = await main();
