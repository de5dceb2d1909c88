import { postgres } from '@carpool/postgres';
import { defineConfig, server, type ServerOpen } from 'carpool';

/** What a session of the app is for. */
interface Tenant {
  /** The URL of its database. */
  readonly database: string;
}

/** Asks the app, which must say yes. */
async function ask(url: string, request: RequestInit): Promise<void> {
  const response = await fetch(url, request);
  if (!response.ok) throw new Error(`${request.method} ${url}: ${response.status} ${await response.text()}`);
}

export default defineConfig({
  pools: {
    db: postgres({ schema: { sql: 'CREATE TABLE sale (id serial PRIMARY KEY, item text NOT NULL)' } }),
    app: server({
      command: 'node',
      args: ['app.mjs', '{port}'],
      ready: { http: '/health' },
      async open({ url }, { params, freshId, signal }: ServerOpen<Tenant>) {
        if (params === undefined) throw new Error('Write register("app", { params: { database: db.opened.url } })');
        const own = `${url}/${freshId}`;
        await ask(own, { method: 'PUT', body: params.database, signal });
        return { url: own };
      },
      async close(_server, { url }, { signal }) {
        // The app ends its connections to this database.
        await ask(url, { method: 'DELETE', signal });
      },
      maxSessions: 16,
    }),
  },
});
