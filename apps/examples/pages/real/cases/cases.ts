/**
 * What the protocols of the pages do on the programs that they are for: run in process, through a host, and in test files
 * of the three runners. Its imports are types, so that it is one file for each runner.
 */
import type { RegisterOptions, Session } from 'carpool';
import type { Matchers } from 'carpool/testing';

export interface Where {
  expect(value: unknown): Matchers;
  /** Registers a session that ends with the test. */
  register(pool: string, options?: RegisterOptions): Promise<Session>;
}

export interface Case {
  readonly pool: 'model' | 'typescript' | 'chromium' | 'esbuild' | 'sass';
  readonly title: string;
  readonly check: (where: Where) => Promise<void>;
}

type Said = Record<string, any>;

const text = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString();

/** What an error says. */
async function refusalOf(request: Promise<unknown>): Promise<string> {
  return await request.then(
    (reply) => `no refusal: ${JSON.stringify(reply)}`,
    (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
  );
}

/** A build of one module, whose text the session gives. */
function build(session: Session, module: string, key = 0): Promise<Said> {
  const filter = { filter: `^${module}$`, namespace: '' };
  return session.request({
    command: 'build',
    key,
    entries: [['out', module]],
    flags: ['--bundle', '--format=esm'],
    plugins: [
      {
        name: 'test',
        onStart: false,
        onEnd: false,
        onResolve: [{ id: 1, ...filter }],
        onLoad: [{ id: 2, filter: '.*', namespace: 'test' }],
      },
    ],
  });
}

/** Answers what a plugin is asked. */
const loads = (contents: string) => (question: Said) => {
  if (question['command'] === 'on-resolve') return { id: 1, path: String(question['path']), namespace: 'test' };
  return question['command'] === 'on-load' ? { id: 2, contents: Buffer.from(contents) } : {};
};

const compile = (session: Session, source: string): Promise<Said> =>
  session.request({ compileRequest: { string: { source }, importers: [{ importerId: 1 }] } });

/** Answers what an importer is asked. */
const imports = (contents: string) => (question: Said) =>
  'canonicalizeRequest' in question
    ? { url: `test:${question['canonicalizeRequest'].url}` }
    : { success: { contents } };

const cssOf = (reply: Said): string => reply['compileResponse'].success.css;

const evaluate = (page: Session, expression: string, sessionId?: string): Promise<Said> =>
  page.request({
    method: 'Runtime.evaluate',
    params: { expression, userGesture: true },
    ...(sessionId !== undefined && { sessionId }),
  });

/** Asked once; the answer does not come. */
async function isAsked(session: Session, begin: () => Promise<unknown>): Promise<string> {
  const asked = Promise.withResolvers<void>();
  session.answer(() => {
    asked.resolve();
    return new Promise(() => {});
  });
  const ended = refusalOf(begin());
  await asked.promise;
  await session.unregister();
  return await ended;
}

export const cases: readonly Case[] = [
  {
    pool: 'model',
    title: 'a model in Python: a field names the session, and what it changes no other one sees',
    async check({ expect, register }) {
      const [first, second] = [await register('model', { params: { tree: 100 } }), await register('model')];
      for (const session of [first, second]) session.send({ word: 'tree' });
      expect((await first.request({ type: 'weigh' }))['value']).toBe(100);
      expect((await second.request({ type: 'weigh' }))['value']).toBe(3);
      expect(await refusalOf(second.request({ word: 'unicorn', type: 'weigh' }))).toContain('no refusal');
    },
  },
  {
    pool: 'typescript',
    title: 'a language server: each session has a document, and its diagnostics; replies find it by their id',
    async check({ expect, register }) {
      const texts = ['export const wrong: number = "text";', 'export const right: number = 1;'];
      const sessions = await Promise.all(texts.map((text) => register('typescript', { params: { text } })));
      const items = sessions.map(async (session) => {
        const { uri } = session.opened as { uri: string };
        const reply: Said = await session.request({
          method: 'textDocument/diagnostic',
          params: { textDocument: { uri } },
        });
        return reply['result'].items.length as number;
      });
      expect(await Promise.all(items)).toEqual([1, 0]);
      expect(await refusalOf(sessions[0]!.request({ method: 'dance', params: {} }))).toContain('SESSION_REFUSED');
      for (const session of sessions) await session.unregister();
    },
  },
  {
    pool: 'esbuild',
    title: 'esbuild: sessions transform and build side by side, each with plugins of its own',
    async check({ expect, register }) {
      const [first, second] = [await register('esbuild'), await register('esbuild')];
      first.answer(loads('export default "first"'));
      second.answer(loads('export default "second"'));
      const flags = ['--loader=ts'];
      const transform = (input: string): Promise<Said> =>
        first.request({ command: 'transform', flags, input: Buffer.from(input), inputFS: false });
      const [one, again, two, inUse, code, wrong] = await Promise.all([
        build(first, 'module'),
        build(first, 'module', 1),
        build(second, 'module'),
        refusalOf(build(second, 'module')),
        transform('let x: number = 1'),
        transform('let x: = 1'),
      ]);
      expect(text(one['outputFiles'][0].contents)).toContain('"first"');
      expect(text(again['outputFiles'][0].contents)).toContain('"first"');
      expect(text(two['outputFiles'][0].contents)).toContain('"second"');
      expect(inUse).toContain('SESSION_REFUSED: Cannot build: the key 0 is in use');
      expect(code['code']).toBe('let x = 1;\n');
      expect(wrong['errors'][0].text).toContain('Unexpected "="');
      expect(await refusalOf(second.request({ command: 'dance' }))).toContain('Invalid command: dance');
    },
  },
  {
    pool: 'esbuild',
    title: 'esbuild: a build whose test ends while a plugin is asked is over, and its context is disposed of',
    async check({ expect, register }) {
      const session = await register('esbuild');
      expect(await isAsked(session, () => build(session, 'module'))).toContain('SESSION_CLOSED');
      const other = await register('esbuild');
      const context = (): Promise<unknown> => other.request({ command: 'build', context: true });
      await context();
      expect(await refusalOf(context())).toContain('or dispose of its context');
      await other.request({ command: 'dispose' });
      await context();
      await other.unregister();
    },
  },
  {
    pool: 'sass',
    title: 'Sass: sessions compile side by side, each with importers of its own, one compilation after the other',
    async check({ expect, register }) {
      const [first, second] = [await register('sass'), await register('sass')];
      first.answer(imports('$width: 1px'));
      second.answer(imports('$width: 2px'));
      const source = '@use "sizes"; a { width: sizes.$width }';
      const all = await Promise.all([first, second, first, second].map((session) => compile(session, source)));
      expect(all.map((reply) => /\d/.exec(cssOf(reply))?.[0])).toEqual(['1', '2', '1', '2']);
      const refused = await refusalOf(compile(first, 'a { b: $none }'));
      expect(refused).toContain('SESSION_REFUSED');
      expect(refused).toContain('Undefined variable.');
      expect((first.hello as Said)['protocolVersion']).toMatch(/^3\./);
    },
  },
  {
    pool: 'sass',
    title: 'Sass: a compilation whose test ends while an importer is asked is over, without a message that closes it',
    async check({ expect, register }) {
      const session = await register('sass');
      expect(await isAsked(session, () => compile(session, '@use "sizes"'))).toContain('SESSION_CLOSED');
      expect(cssOf(await compile(await register('sass'), 'a { b: c }'))).toContain('b: c');
    },
  },
  {
    pool: 'chromium',
    title: 'Chromium: a page and its popup are one session, which no other sees; a page that crashes ends its own',
    async check({ expect, register }) {
      const [page, other] = [await register('chromium'), await register('chromium')];
      await evaluate(page, 'document.title = "first"');
      const opening = evaluate(page, 'open("about:blank") !== null');
      const { params } = (await page.event(({ method }) => method === 'Target.attachedToTarget')) as Said;
      const popup: string = params.sessionId;
      await page.request({ sessionId: popup, method: 'Runtime.runIfWaitingForDebugger' });
      await opening;
      expect((await evaluate(page, 'opener.document.title', popup))['result'].result.value).toBe('first');
      expect(await refusalOf(evaluate(other, 'document.title', popup))).toContain('SESSION_REFUSED');
      expect(await refusalOf(page.request({ method: 'Page.crash' }))).toContain('SESSION_FAILED');
      expect((await evaluate(other, 'document.title'))['result'].result.value).toBe('');
    },
  },
];

/** The test file `a`, or `b`: all share the processes. */
export function casesIn(
  pools: readonly string[],
  { test, ...where }: Where & { test: (title: string, body: () => Promise<void>) => void },
): void {
  for (const { pool, title, check } of cases) if (pools.includes(pool)) test(title, () => check(where));
}
