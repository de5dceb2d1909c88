// The end of a host, whatever fails in it: its process ends, and what it has made goes with it.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { expect, test } from 'vitest';

const module = new URL('../../src/host/lifetime.ts', import.meta.url).href;

/** A process that ends as a host does. @param close the text of a function */
function ended(close: string): SpawnSyncReturns<string> {
  const code = `
    import { Lifetime } from '${module}';
    const lifetime = new Lifetime({ close: ${close}, last: (exit) => { console.log('answered'); exit(); } });
    lifetime.directory = { id: 'none', remove: () => console.log('removed') };
    await lifetime.stop();
  `;
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', timeout: 15_000 });
}

test('in order it removes what it has made, and answers last', () => {
  const { status, stdout, stderr } = ended('async () => true');
  expect([status, stdout, stderr]).toEqual([0, 'removed\nanswered\n', '']);
});

test.each(['async () => { throw new Error("cannot be closed"); }', 'async () => false'])(
  'so it does where something of it cannot be ended: %s',
  (close) => {
    const { signal, stdout, stderr } = ended(close);
    // It may be a thread that would keep the process.
    expect([signal, stdout]).toEqual(['SIGKILL', 'removed\nanswered\n']);
    const why = close.includes('throw')
      ? 'carpool: Not all that the host serves has ended in order: cannot be closed\n'
      : '';
    expect(stderr).toBe(why);
  },
);
