// The App's store: PostgreSQL where there is a URL for it, else SQLite in a folder. Neither driver is loaded before it is needed.

import type { Database } from './database.ts';
import { openPostgres } from './postgres.ts';
import { migrate } from './schema.ts';
import { openSqlite } from './sqlite.ts';
import type { Store } from './store.ts';
import { storeOver } from './store.ts';
import { inboxThread } from './thread.ts';

export async function openStore(where: { readonly databaseUrl?: string | undefined; readonly folder: string }): Promise<Store> {
  const { databaseUrl, folder } = where;
  const database = databaseUrl === undefined || databaseUrl === '' ? await openSqlite(folder) : await openPostgres(databaseUrl);
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database.alone === undefined ? storeOver(database) : withThread(database, database.alone, folder);
}

function withThread(database: Database, alone: NonNullable<Database['alone']>, folder: string): Store {
  const thread = inboxThread(folder);
  const close = async () => {
    await database.close();
    await thread.close();
  };
  return storeOver({ ...database, close }, (take) => alone(() => thread.write(take)));
}
