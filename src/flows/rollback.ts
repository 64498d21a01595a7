// stub
import { type Answer, type Ask, refused } from './answer.ts';
export async function rollback(_: Ask): Promise<Answer> {
  return refused('not yet');
}
