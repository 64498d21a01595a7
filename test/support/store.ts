// The embedded store of a story: all of it but the thread that takes deliveries, which costs each story as much as its journey and has tests
// of its own (test/store/thread.test.ts; journeys start the App as it is).
import { migrate } from '../../src/store/schema.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { type Store, storeOver } from '../../src/store/store.ts';

export async function openStoryStore(folder: string): Promise<Store> {
  const database = await openSqlite(folder);
  await migrate(database);
  return storeOver(database);
}
