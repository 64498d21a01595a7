// An errand that one journey leaves for the next: as a task of the repository, at most one of a kind and subject waiting at a time.

import type { DraftErrand, PreviewErrand } from '../core/errand.ts';
import type { Situation } from './app-port.ts';
import type { Json, NewTask } from './store-port.ts';

export function followUp({ repository }: Situation, errand: PreviewErrand | DraftErrand): NewTask {
  const subject = errand.kind === 'preview' ? errand.pull : errand.branch;
  return { key: repository, kind: errand.kind, body: errand as unknown as Json, unique: `${errand.kind}:${subject}` };
}
