import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chainTo, check, folderCycles, layerOf, type Offer, type SourceFile } from './layers/check.ts';
import { importsOf } from './layers/imports.ts';
import { unroundedMilliseconds } from './layers/milliseconds.ts';
import { skipsWithoutReason } from './layers/skips.ts';
import { unnameableTypes } from './layers/public-types.ts';
import { independent, layers, lightEntries, longFiles, userEntries } from './layers/table.ts';

const root = join(import.meta.dirname, '../../..');
const builtOrInstalled = new Set(['node_modules', 'dist', 'test-results', '.turbo', '.tmp']);

function inRepository(pattern: string): string[] {
  const found = globSync(pattern, { cwd: root, exclude: (name) => builtOrInstalled.has(name.split(sep).at(-1) ?? '') });
  return found.map((path) => path.split(sep).join('/')).toSorted();
}

function read(path: string): SourceFile {
  const source = readFileSync(join(root, path), 'utf8');
  return { path, imports: importsOf(path, source), lines: source.split('\n').length - 1 };
}

const sources = ['packages/*/{src,stand-in}', 'packages/adapter-contract', 'apps']
  .flatMap((folder) => inRepository(`${folder}/**/*.{ts,mts,cts}`))
  .map(read);
const offers = inRepository('packages/*/package.json').map((path): Offer => {
  const { name, exports = {} } = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
  const folder = path.replace('package.json', name === 'carpool' ? 'src/entry/' : 'src/');
  const built = (entry: unknown): string | undefined =>
    /"\.\/dist\/([^"]+?)\.[cm]?js"/.exec(JSON.stringify(entry))?.[1];
  const found = Object.entries(exports).flatMap(([key, entry]) => {
    const file = built(entry);
    return file === undefined ? [] : [[key, `${folder}${file}.ts`] as const];
  });
  return { name, exports: Object.keys(exports), sources: Object.fromEntries(found) };
});

/** Of all packages, but not of the projects on which they run whole runners. */
const testFiles = ['packages', 'apps']
  .flatMap((folder) => inRepository(`${folder}/**/*.ts`))
  .filter((path) => /(^|\/)tests?\/|\.test\.ts$|\/suite\//.test(path) && !path.includes('/test/projects/'));

interface Manifest {
  readonly name: string;
  /** Missing where nothing may be imported. */
  readonly exports?: Readonly<Record<string, unknown>>;
}

describe('the house', () => {
  it('was read', () => {
    expect(sources.length).toBeGreaterThan(10);
    expect(offers.map(({ name }) => name)).toContain('carpool');
  });

  it('keeps its layers, and its files short', () => {
    expect(check(sources, offers)).toEqual([]);
  });

  it('has no cycle among its folders, types included', () => {
    expect(folderCycles(sources)).toEqual([]);
  });

  it('knows every folder of the sources', () => {
    const paths = sources.map(({ path }) => path.split('packages/core/src/')[1]).filter((path) => path !== undefined);
    expect(paths.filter((path) => layerOf(path) === undefined)).toEqual([]);
    // Every layer has files of its own.
    const used = new Set(paths.map(layerOf));
    expect(Object.keys(layers).filter((name) => !used.has(name))).toEqual([]);
  });

  it('lets each layer import only those above it', () => {
    const names = Object.keys(layers);
    const wrong = Object.entries(layers).flatMap(([name, { may, types = [] }]) =>
      [...may, ...types]
        .filter((one) => one !== '*')
        .filter((one) => {
          const target = names.includes(one) ? one : layerOf(`${one}.ts`);
          return target === undefined || names.indexOf(target) >= names.indexOf(name);
        })
        .map((one) => `${name} > ${one}`),
    );
    expect(wrong).toEqual([]);
  });

  it('is described in docs/architecture.md, layer by layer and in this order', () => {
    const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    const table = /\| folder of `packages\/core\/src`[^\n]*\n\|[^\n]*\n((?:\|[^\n]*\n)+)/.exec(page)?.[1] ?? '';
    const described = table.split('\n').flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)]);
    expect(described.map(([, name]) => name)).toEqual(Object.keys(layers));
  });

  it('knows the source of every entry', () => {
    const paths = new Set(sources.map(({ path }) => path));
    const entries = offers.flatMap((offer) => Object.values(offer.sources ?? {}));
    expect(entries).toContain('packages/core/src/entry/index.ts');
    expect([...entries, ...Object.keys(lightEntries)].filter((path) => !paths.has(path))).toEqual([]);
  });

  it.each(Object.entries(lightEntries))('%s loads none of %j', (entry, banned) => {
    expect(chainTo(entry, banned, { files: sources, offers })).toBeUndefined();
  });

  it('says in the title of each test that may be skipped why it is', () => {
    expect(testFiles.length).toBeGreaterThan(100);
    const wrong = testFiles.flatMap((path) =>
      skipsWithoutReason(readFileSync(join(root, path), 'utf8')).map((title) => `${path}: ${title}`),
    );
    expect(wrong).toEqual([]);
    const tests = [
      "runIf(existsSync('x'))('does it', () => {})",
      'skipIf(f(1)).each([(a)])(`does it${reason}`, (a) => {})',
    ];
    expect(skipsWithoutReason(tests.map((one) => `test.${one};`).join(''))).toEqual(["('does it', ()"]);
  });

  it('rounds each number of milliseconds that it shows', () => {
    const wrong = sources.flatMap(({ path }) =>
      unroundedMilliseconds(readFileSync(join(root, path), 'utf8')).map((expression) => `${path}: ${expression}`),
    );
    expect(wrong).toEqual([]);
    const texts = '`for ${timeout} ms` `for ${Math.round(timeout)} ms` `${String(given)} ms` `${list} msgs`';
    expect(unroundedMilliseconds(texts)).toEqual(['timeout']);
  });

  it.each(independent)('%s has files', (folder) => {
    expect(sources.filter(({ path }) => path.startsWith(folder))).not.toEqual([]);
  });

  it('shows users no type that they cannot name', () => {
    const from = join(root, 'packages/core/src');
    expect(unnameableTypes(from, userEntries)).toEqual([]);
    // It sees them: the root alone would not name what a protocol is made of.
    expect(unnameableTypes(from, ['entry/index.ts'])).toContain(
      'Outgoing of protocol/protocol.ts stands in protocol/protocol.ts Protocol',
    );
  });

  it('lists no long file that is gone', () => {
    const paths = new Set(sources.map(({ path }) => path));
    expect(Object.keys(longFiles).filter((path) => !paths.has(path))).toEqual([]);
  });
});

// The checker itself, on imports made up to break one rule each.
describe('the checker', () => {
  const carpool: Offer = { name: 'carpool', exports: ['.', './adapter/main-process'] };
  const complaints = (path: string, source: string): string[] =>
    check([{ path, imports: importsOf(path, source), lines: source.split('\n').length }], [carpool]);

  it.each([
    ['base/a.ts', `import { x } from '../codec/codec.ts';`, 'base may import nothing, not codec'],
    ['base/a.ts', `import { Buffer } from 'node:buffer';`, 'base is pure and never imports Node'],
    ['base/a.ts', `import * as v from 'valibot';`, 'base imports no packages'],
    ['codec/a.ts', `import type { P } from '../protocol/protocol.ts';`, 'codec may import base, not protocol'],
    [
      'protocol/a.ts',
      `import { x } from '../codec/codec.ts';`,
      'protocol may import types of codec/codec.ts, but no values',
    ],
    ['protocol/a.ts', `import type { J } from '../codec/json.ts';`, 'protocol may import base, codec/frame, not codec'],
    [
      'session/a.ts',
      `export * from '../pool/pool.ts';`,
      'session may import base, codec/frame, protocol, transport, not pool',
    ],
    ['session/a.ts', `const x = await import('node:net');`, 'session is pure and never imports Node'],
    ['pool/a.ts', `type H = import('../host/hub/hub.ts').Hub;`, 'not host/hub'],
    ['pool/a.ts', `import { execa } from 'execa';`, 'only process imports execa'],
    ['host/main.ts', `import { connect } from '../client/client.ts';`, 'not client'],
    ['host/main.ts', `import { x } from '../entry/index.ts';`, 'not entry'],
    ['host/hub/hub.ts', `import { t } from '../thread/main.ts';`, 'not host/thread'],
    ['client/a.ts', `import { spawn } from 'node:child_process';`, 'client never imports node:child_process'],
    ['wire/a.ts', `import net from 'node:net';`, 'wire never imports node:net'],
    ['misc/a.ts', `import '../base/scope.ts';`, 'misc is no layer'],
    ['pool/a.ts', `import { x } from './admission.js';`, 'relative imports end in .ts'],
    ['pool/a.ts', `import x from '../../data.json' with { type: 'json' };`, 'relative imports end in .ts'],
    ['pool/a.ts', `import { x } from '../../test/layers/check.ts';`, 'imports nothing outside itself by path'],
  ])('core/src/%s: %s', (file, source, rule) => {
    const [sentence, ...others] = complaints(`packages/core/src/${file}`, source);
    expect(sentence).toContain(`packages/core/src/${file}:1 imports '`);
    expect(sentence).toContain(rule);
    expect(others).toEqual([]);
  });

  it.each([
    [
      'packages/vitest-adapter/src/a.ts',
      `import { x } from 'carpool/dist/hub.js';`,
      'only entries of carpool (., ./adapter/main-process)',
    ],
    ['packages/vitest-adapter/src/a.ts', `import { x } from '../../core/src/hub/hub.ts';`, 'by name, not by path'],
    [
      'apps/examples/a.test.ts',
      `import { x } from 'carpool/src/index.ts';`,
      'only entries of carpool (., ./adapter/main-process)',
    ],
    [
      'packages/plushie/src/a.ts',
      `import { x } from 'carpool/dist/frame.js';`,
      'only entries of carpool (., ./adapter/main-process)',
    ],
    ['packages/plushie/stand-in/a.ts', `import { x } from 'carpool';`, 'imports Node and its own files, nothing else'],
    ['packages/plushie/stand-in/a.ts', `import type { X } from '../src/messages.ts';`, 'its own files, nothing else'],
    ['packages/plushie/stand-in/a.ts', `import { pack } from 'msgpackr';`, 'its own files, nothing else'],
  ])('%s: %s', (path, source, rule) => {
    expect(complaints(path, source)).toEqual([expect.stringContaining(rule)]);
  });

  it.each([
    ['packages/core/src/protocol/a.ts', `import type { Codec } from '../codec/codec.ts';`],
    ['packages/core/src/host/hub/a.ts', `import { Frame } from '../../codec/frame.ts';`],
    ['packages/core/src/host/hub/a.ts', `import { start } from '../shared-workers/worker-thread.ts';`],
    ['packages/core/src/process/a.ts', `import { execa } from 'execa';\nimport { once } from 'node:events';`],
    ['packages/core/src/codec/a.test.ts', `import { codecContract } from '../testing/codec.ts';`],
    [
      'packages/vitest-adapter/src/a.ts',
      `import { x } from 'carpool/adapter/main-process';\nimport { y } from './b.ts';`,
    ],
    ['apps/examples/a.test.ts', `import { x } from 'carpool';`],
    ['packages/plushie/src/a.ts', `import { x } from 'carpool';\nimport { y } from './b.ts';`],
    ['packages/plushie/stand-in/a.ts', `import { once } from 'node:events';\nimport { x } from './b.ts';`],
  ])('allows %s: %s', (path, source) => {
    expect(complaints(path, source)).toEqual([]);
  });

  it('finds cycles of folders, also of types', () => {
    const file = (path: string, source: string): SourceFile => ({ path, imports: importsOf(path, source), lines: 1 });
    const files = [
      file('packages/core/src/base/a.ts', `import type { B } from '../codec/b.ts';`),
      file('packages/core/src/codec/b.ts', `import { C } from '../wire/c.ts';`),
      file('packages/core/src/wire/c.ts', `import { D } from '../base/d.ts';`),
      file('packages/core/src/base/d.ts', ''),
    ];
    expect(folderCycles(files)).toEqual(['base > codec > wire > base']);
    expect(folderCycles(files.slice(1))).toEqual([]);
  });

  it('finds long files', () => {
    const [sentence] = check([{ path: 'packages/core/src/host/hub/hub.ts', imports: [], lines: 301 }], []);
    expect(sentence).toContain('packages/core/src/host/hub/hub.ts has 301 lines');
    expect(check([{ path: 'packages/core/src/host/hub/hub.ts', imports: [], lines: 300 }], [])).toEqual([]);
  });

  it('follows run-time imports to what an entry must not load', () => {
    const file = (path: string, source: string): SourceFile => ({ path, imports: importsOf(path, source), lines: 1 });
    const files = [
      file('packages/core/src/entry/adapter-test-process.ts', `export * from '../client/client.ts';`),
      file('packages/core/src/client/client.ts', `import '../process/child.ts';`),
      file('packages/core/src/process/child.ts', `import { execa } from 'execa';`),
    ];
    const entry = 'packages/core/src/entry/adapter-test-process.ts';
    expect(chainTo(entry, ['execa'], { files, offers: [] })?.at(-2)).toBe('packages/core/src/process/child.ts');
    const typed = files.with(
      1,
      file('packages/core/src/client/client.ts', `import type { C } from '../process/child.ts';`),
    );
    expect(chainTo(entry, ['execa'], { files: typed, offers: [] })).toBeUndefined();
  });

  it('follows them through the entries of packages', () => {
    const file = (path: string, source: string): SourceFile => ({ path, imports: importsOf(path, source), lines: 1 });
    const files = [
      file('packages/plushie/src/index.ts', `import { x } from 'carpool/adapter/main-process';`),
      file('packages/core/src/entry/adapter-main-process.ts', `import { execa } from 'execa';`),
    ];
    const withSources: Offer = {
      ...carpool,
      sources: { './adapter/main-process': 'packages/core/src/entry/adapter-main-process.ts' },
    };
    const chain = chainTo('packages/plushie/src/index.ts', ['execa'], { files, offers: [withSources] });
    expect(chain).toEqual([
      'packages/plushie/src/index.ts',
      'packages/core/src/entry/adapter-main-process.ts',
      'execa',
    ]);
  });
});
