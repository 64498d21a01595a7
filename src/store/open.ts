// The App's store: PostgreSQL where there is a URL for it, else SQLite in a folder. Neither driver is loaded before it is needed.

import { openPostgres } from './postgres.ts';
import { migrate } from './schema.ts';
import { openSqlite } from './sqlite.ts';
import type { Store } from './store.ts';
import { storeOver } from './store.ts';

export async function openStore(where: { readonly databaseUrl?: string | undefined; readonly folder: string }): Promise<Store> {
  const { databaseUrl, folder } = where;
  const database = databaseUrl === undefined || databaseUrl === '' ? await openSqlite(folder) : await openPostgres(databaseUrl);
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return storeOver(database);
}
