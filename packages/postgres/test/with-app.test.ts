/**
 * An app server whose sessions have databases of another pool, in real runners. Its `close` takes three times as long as a database
 * waits for its connections to go, and uses the database to the last: where both end at the same time, the test fails, because
 * connections to its database were left open.
 */
import { join } from 'node:path';
import { describeInRunners, type DialectSuite } from '@carpool/test-harness/dialect';
import { expectVerdicts, summaryOf } from '@carpool/test-harness/expect';
import { describe, expect, test } from 'vitest';
import { reason, server } from './support/servers.ts';

const suite: DialectSuite = {
  folder: join(import.meta.dirname, '..'),
  name: 'with-app',
  config: `import { postgres } from '@carpool/postgres';
import { defineConfig, server } from 'carpool';

const ask = async (url, request) => {
  const response = await fetch(url, request);
  if (!response.ok) throw new Error(\`\${request.method}: \${await response.text()}\`);
};

export default defineConfig({
  pools: {
    db: postgres({ schema: { sql: 'CREATE TABLE sale (id serial, item text NOT NULL)' }, diagnostics: 'fail', cache: '../cache' }),
    app: server({
      command: process.execPath,
      args: ['program.mjs', '{port}'],
      ready: { http: '/health' },
      async open({ url }, { params, freshId, signal }) {
        const own = \`\${url}/\${freshId}\`;
        await ask(own, { method: 'PUT', body: params.database, signal });
        return { url: own };
      },
      close: (_server, { url }, { signal }) => ask(url, { method: 'DELETE', signal }),
    }),
  },
});
`,
  module: join(import.meta.dirname, 'with-app/app.ts'),
  exports: ['shopOf', 'sell', 'sales'],
  files: {
    a: `
test('sells a pear', async ({ db, carpool }) => {
  const shop = await shopOf(db, carpool.app.register);
  await sell(shop, 'pear');
  expect(await sales(shop)).toBe('pear');
});
test('begins with an empty database', async ({ db, carpool }) => {
  const shop = await shopOf(db, carpool.app.register);
  expect(await sales(shop)).toBe('');
});
`,
    b: `
test('opens one on a database of its file', async () => {
  const db = await register('db', { scope: 'file' });
  const shop = await shopOf(db, (options) => register('app', options));
  await sell(shop, 'fig');
  expect(await sales(shop)).toBe('fig');
});
`,
  },
  fixtures: true,
  workers: 2,
};

describe.skipIf(server === undefined)(`an app with databases${reason}`, () => {
  describeInRunners('its sessions end before those that were registered before them, in', suite, (run) => {
    test('nothing fails, is left open, or is not confirmed', () => {
      const { outcome } = run;
      expectVerdicts(outcome, 3);
      expect(summaryOf(outcome, 'db')).toContain('1 child, 3 sessions');
      expect(summaryOf(outcome, 'app')).toContain('1 child, 3 sessions');
      expect(outcome.output).not.toContain('carpool: warning');
    });
  });
});
