/** docs/shared-workers.md: its workers run, and its tables name what there is. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeFiles } from '@carpool/test-harness/code-blocks';
import { expect, test } from 'vitest';
import { registerSharedWorker } from '../../src/test-api/shared-worker/register.ts';
import { host, open } from '../shared-worker/support.ts';
import { place } from '../support/pools.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/shared-workers.md'), 'utf8');

/** Writes a block of the page as the file that its title names. */
function written(title: string): string {
  const folder = join(place().path, 'page');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, title), codeFiles('docs/shared-workers.md').get(title) ?? '');
  return join(folder, title);
}

test('the counter counts for all', async () => {
  const started = await host();
  for (const first of [1, 3]) {
    const file = await open(started, `${first}.test.ts`);
    const counter = registerSharedWorker<number>({ filename: written('counter.worker.ts') });
    await file.owner.ready();
    expect([await counter.request(1), await counter.request(1)]).toEqual([first, first + 1]);
    await file.end();
  }
});

test('an account is free again when its file has ended', async () => {
  const started = await host();
  const accounts = async (name: string): Promise<unknown[]> => {
    const file = await open(started, name);
    const worker = registerSharedWorker<string | undefined>({ filename: written('accounts.worker.ts') });
    await file.owner.ready();
    const taken: unknown[] = [];
    for (let n = 0; n < 4; n++) taken.push(await worker.request('an account'));
    await file.end();
    return taken;
  };
  const all = new Set(['ann', 'bob', 'cid', undefined]);
  expect(new Set(await accounts('a.test.ts'))).toEqual(all);
  expect(new Set(await accounts('b.test.ts'))).toEqual(all);
});

test('the tables name what there is', async () => {
  const { use } = await open(await host());
  const shared = await use('obedient.mjs');
  const members = (heading: string): string[] => {
    const [, section = ''] = page.split(`\n## ${heading}\n`);
    const [part = ''] = section.split('\n## ');
    return [...part.matchAll(/^\| ((?:`[^`]+`(?:, )?)+)/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)/g)].map(([, name = '']) => name),
    );
  };
  const options = ['filename', 'name', 'initialData', 'supportedProtocols', 'teardown'];
  expect(new Set(members('In the test file'))).toEqual(new Set([...options, ...Object.keys(shared)]));
  const { main, testWorker } = await shared.request({ do: 'members' });
  expect(new Set(members('In the worker'))).toEqual(
    new Set([...main, ...testWorker].filter((name) => name !== 'protocol')),
  );
});
