// `shiplock calendar` as people run it: an agenda, JSON or iCalendar of a policy's days to come, and words where it is asked wrongly.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ical from 'node-ical';
import { afterAll, describe, expect, it } from 'vitest';
import { newFolder, removeRepositories } from '../support/git.ts';

afterAll(removeRepositories);

const CLI = join(import.meta.dirname, '../../src/cli.ts');
const dir = newFolder();
writeFileSync(
  join(dir, 'policy.yml'),
  `environments:
  prod:
    hold: moving house
    windows: [{ days: mon-thu, from: "09:00", to: "16:00", zone: Europe/Berlin }]
    freeze: [{ from: "2026-12-19T18:00", to: "2027-01-04T08:00", zone: Europe/Berlin, except: [security], reason: year end }]
trains: [{ name: weekly, cron: "0 10 * * tue", zone: Europe/Berlin, do: publish }]
`,
);

function calendar(...args: string[]) {
  const env = { ...process.env, NO_COLOR: '1', GITHUB_REPOSITORY: 'acme/app' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'calendar', ...args], {
    cwd: dir,
    encoding: 'utf8',
    timeout: 30_000,
    env,
  });
  return { status, stdout, stderr };
}

describe('shiplock calendar', () => {
  it('prints an agenda', () => {
    expect(calendar('--policy', 'policy.yml', '--from', '2026-12-15', '--days', '6')).toEqual({
      status: 0,
      stderr: '',
      stdout: `prod is held: moving house

Tue 2026-12-15
  09:00 – 16:00  prod may be deployed to  Europe/Berlin
  10:00          The train weekly leaves: publishes (the default branch)  Europe/Berlin

Wed 2026-12-16
  09:00 – 16:00  prod may be deployed to  Europe/Berlin

Thu 2026-12-17
  09:00 – 16:00  prod may be deployed to  Europe/Berlin

Sat 2026-12-19
  Sat 2026-12-19 18:00 – Mon 2027-01-04 08:00  prod is frozen: year end (not for security)  Europe/Berlin
`,
    });
  });

  it('prints JSON', () => {
    const { status, stdout } = calendar('--policy', 'policy.yml', '--from', '2026-12-22T10:00Z', '--days', '1', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      from: '2026-12-22T10:00:00Z',
      to: '2026-12-23T10:00:00Z',
      entries: [
        {
          what: 'freeze',
          of: 'prod',
          only: [],
          zone: 'Europe/Berlin',
          says: 'prod is frozen',
          reason: 'year end',
          except: ['security'],
          start: '2026-12-19T17:00:00Z',
          end: '2027-01-04T07:00:00Z',
        },
        ...['2026-12-22', '2026-12-23'].map((day) => ({
          what: 'window',
          of: 'prod',
          only: ['security'],
          zone: 'Europe/Berlin',
          says: 'prod may be deployed to: security',
          reason: null,
          except: [],
          start: `${day}T08:00:00Z`,
          end: `${day}T15:00:00Z`,
        })),
      ],
      held: [{ environment: 'prod', reason: 'moving house' }],
      unknown: [],
    });
  });

  it('prints what calendar programs read', () => {
    const { status, stdout } = calendar('--policy', 'policy.yml', '--from', '2026-12-15', '--days', '1', '--ics');
    expect(status).toBe(0);
    const events = Object.values(ical.sync.parseICS(stdout)).filter((one) => one?.type === 'VEVENT');
    expect(events.map(({ summary }) => summary)).toEqual([
      'prod may be deployed to',
      'The train weekly leaves: publishes (the default branch)',
    ]);
  });

  it('says that there is nothing, where there is nothing', () => {
    const { status, stdout } = calendar('--from', '2026-12-15', '--days', '2');
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'The policy has no windows, freezes or trains from 2026-12-15 to 2026-12-17.\n',
    });
  });

  it.each<[string[], string]>([
    [['--from', 'tomorrow'], '--from takes a day, as 2026-12-01, or an instant, as 2026-12-01T08:00Z; not tomorrow.\n'],
    [['--from', '2026-02-30'], '--from takes a day, as 2026-12-01, or an instant, as 2026-12-01T08:00Z; not 2026-02-30.\n'],
    [['--days', '0'], '--days takes a number from 1 to 366.\n'],
    [['--days', '367'], '--days takes a number from 1 to 366.\n'],
    [['--days', 'ten'], '--days takes a number from 1 to 366.\n'],
    [['--json', '--ics'], 'Choose one of --json and --ics.\n'],
  ])('refuses %j in words', (args, says) => expect(calendar(...args)).toEqual({ status: 2, stdout: '', stderr: says }));
});
