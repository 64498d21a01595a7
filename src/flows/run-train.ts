// Trains.
import type { TrainErrand } from '../core/errand.ts';
import type { Situation } from './app-port.ts';
import type { Outcome } from './store-port.ts';
export async function runTrain(_: Situation, __: TrainErrand): Promise<Outcome> {
  return {};
}
