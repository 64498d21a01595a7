// The release trains of a policy file, checked: names that tell them apart, times that come, zones that there are.

import { readCron, timesOf } from '../cron.ts';
import type { TrainPolicy } from '../policy.ts';
import type { Report } from './file.ts';
import { shown } from './schema-findings.ts';
import { secondsOf } from './time.ts';
import type { RawTrain } from './train-schema.ts';
import { zoneCheck } from './zones.ts';

const MOST_TRAINS = 50;
/** A release an hour. */
const MOST_A_DAY = 24;

export function trainsOf(raw: readonly RawTrain[], report: Report): TrainPolicy[] {
  if (raw.length > MOST_TRAINS) {
    report(['trains', MOST_TRAINS], `is more than the ${MOST_TRAINS} trains that a policy may have`);
    return [];
  }
  const checkZone = zoneCheck(report);
  const names = new Map<string, number>();
  return raw.map(({ name, line = null, cron, zone = 'UTC', do: does = 'draft', 'freeze-before': before }, index) => {
    const path = ['trains', index];
    const same = names.get(name.toLowerCase());
    if (same === undefined) names.set(name.toLowerCase(), index);
    else report([...path, 'name'], `${shown(name)} is the name of trains[${same}] already`);
    const read = readCron(cron);
    if (read.cron === null) report([...path, 'cron'], `${shown(cron)} is no time for a train: ${read.problem}`);
    else if (timesOf(read.cron).length > MOST_A_DAY) {
      report([...path, 'cron'], `${shown(cron)} comes more than ${MOST_A_DAY} times a day: a train leaves once an hour at most`);
    }
    checkZone(zone, [...path, 'zone']);
    if (before !== undefined && does === 'freeze') {
      report(
        [...path, 'freeze-before'],
        'is not looked at beside `do: freeze`, which freezes when the train leaves: move `cron` instead',
        'key',
      );
    }
    return { name, line, cron, zone, does, freezeBefore: before === undefined ? null : secondsOf(before) };
  });
}
