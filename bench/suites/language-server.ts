/** Suites on a language server, which differ in one thing: whether each file starts one, or all share one. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { home } from './write.ts';

export type ServerContestant = 'shared' | 'server-each';

/** Pyright, which checks Python, runs in Node; TypeScript 7 is native code. */
export type ServerName = 'pyright' | 'typescript';

export interface ServerSuite {
  readonly server: ServerName;
  readonly files: number;
  /** In a file. Each opens a document, and asks what is wrong in it, and what a name means. */
  readonly tests: number;
}

const { resolve } = createRequire(import.meta.url);

interface Server {
  readonly args: readonly string[];
  readonly language: string;
  readonly file: string;
  readonly config: readonly [string, string];
  /** Of its pool. */
  readonly options: string;
  readonly text: string;
}

const servers: Readonly<Record<ServerName, Server>> = {
  pyright: {
    args: [join(dirname(resolve('pyright/package.json')), 'langserver.index.js'), '--stdio'],
    language: 'python',
    file: 'orders.py',
    config: ['pyrightconfig.json', '{}\n'],
    // As the guide says.
    options: "sessionFolder: 'sessions', watch: false",
    text: 'import dataclasses, json, re\n\n@dataclasses.dataclass\nclass Order:\n    name: str\n\nwrong: int = Order("a").name\n',
  },
  typescript: {
    args: [join(dirname(resolve('typescript/package.json')), 'bin/tsc'), '--lsp', '--stdio'],
    language: 'typescript',
    file: 'orders.ts',
    options: 'watch: false',
    config: ['tsconfig.json', '{ "compilerOptions": { "strict": true, "noEmit": true, "types": [] } }\n'],
    text: 'class Order {\n  constructor(readonly name: string) {}\n}\n\nexport const wrong: number = new Order("a").name;\n',
  },
};

/** @returns the folder of the project */
export function writeServerSuite(contestant: ServerContestant, { server, files, tests }: ServerSuite): string {
  const folder = join(home, `${server}-${contestant}-${files}-${tests}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'fixture'), { recursive: true });
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  const { args, config, language, file, text: source } = servers[server];
  write('package.json', '{ "name": "suite", "private": true }\n');
  write(join('fixture', config[0]), config[1]);
  write(
    'document.mjs',
    `export const { language, file, text } = ${JSON.stringify({ language, file, text: source })};\n`,
  );
  const isShared = contestant === 'shared';
  write('vitest.config.mts', isShared ? configs.shared : configs.alone);
  if (isShared) write('carpool.config.mts', carpoolConfig(servers[server]));
  else write('language-server.mjs', readFileSync(join(import.meta.dirname, 'support', 'language-server.mjs'), 'utf8'));
  const text = isShared ? sharedFile(tests) : aloneFile(tests, args, join(folder, 'fixture'));
  for (let number = 1; number <= files; number++) write(`file-${number}.test.ts`, text);
  return folder;
}

const configs = {
  shared: `import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';
export default defineConfig({ plugins: [carpool({ summary: false })], test: { testTimeout: 60_000 } });
`,
  alone: `import { defineConfig } from 'vitest/config';
export default defineConfig({ test: { testTimeout: 60_000 } });
`,
};

function carpoolConfig({ args, options }: Server): string {
  return `import { languageServer } from '@carpool/json-rpc';
import { defineConfig } from 'carpool';
export default defineConfig({
  pools: {
    server: languageServer({ command: process.execPath, args: ${JSON.stringify(args)}, root: 'fixture', ${options} }),
  },
});
`;
}

const steps = `server.open(file, text, language);
  const [diagnostic] = await server.diagnostics(file);
  expect(diagnostic.message).toMatch(/is not assignable to/);
  const hover = await server.request('textDocument/hover', {
    textDocument: { uri: server.uri(file) }, position: { line: text.split('\\n').length - 2, character: text.split('\\n').at(-2).indexOf('wrong') },
  });
  expect(JSON.stringify(hover)).toContain('wrong');`;

const documentImport = "import { file, language, text } from './document.mjs';\n";

function sharedFile(tests: number): string {
  const body = (at: number): string =>
    `test('${at}', async ({ server: session }) => {\n  const server = lsp(session);\n  ${steps}\n});\n`;
  return `import { expect } from 'vitest';
import { withPools } from '@carpool/vitest';
import { lsp } from '@carpool/json-rpc/client';
import config from './carpool.config.mts';
${documentImport}const test = withPools(config);
${Array.from({ length: tests }, (_, at) => body(at)).join('')}`;
}

function aloneFile(tests: number, args: readonly string[], root: string): string {
  const body = (at: number): string => `test('${at}', async () => {\n  ${steps}\n  server.close(file);\n});\n`;
  return `import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from './language-server.mjs';
${documentImport}let server;
beforeAll(async () => { server = await startServer(${JSON.stringify(args)}, ${JSON.stringify(root)}); }, 60_000);
afterAll(() => server.stop());
${Array.from({ length: tests }, (_, at) => body(at)).join('')}`;
}
