// stub
import type { PromoteErrand } from '../core/errand.ts';
import type { Situation } from './app-port.ts';
import type { Outcome } from './store-port.ts';
export async function promote(_: Situation, __: PromoteErrand): Promise<Outcome> {
  return {};
}
