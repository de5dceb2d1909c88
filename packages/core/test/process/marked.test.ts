// What a child has started ends with it, also where that has left its group. It is found by the mark in its environment.
import { readFileSync } from 'node:fs';
import { linux } from '@carpool/test-harness/programs';
import { describe, expect, test } from 'vitest';
import { factsOf } from '../../src/process/identity.ts';
import { endMarked, findMarked, findMarkedNow, markedIn } from '../../src/process/marked.ts';
import { familyOf, isThere, program, start, stillThere, Talk } from './cast.ts';

function markOf(pid: number): string {
  return /CARPOOL_CHILD=([0-9a-f]{32})/.exec(readFileSync(`/proc/${pid}/environ`, 'latin1'))![1]!;
}

describe.runIf(linux.holds)(`a descendant in a session of its own${linux.reason}`, () => {
  test('carries the mark of its child', async () => {
    const { child, grandchild } = await familyOf('detaches-grandchild');
    expect(factsOf(grandchild)?.group).toBe(grandchild);
    const mark = markOf(child.pid);
    const pids = ((await findMarked()).get(mark) ?? []).map(({ pid }) => pid);
    expect(new Set(pids)).toEqual(new Set([child.pid, grandchild]));
    expect((findMarkedNow().get(mark) ?? []).map(({ pid }) => pid)).toEqual(pids);
  });

  test.each([[], ['--stubborn']])('ends with a child that is stopped %s', async (...flags) => {
    const { child, grandchild } = await familyOf('detaches-grandchild', ...flags);
    expect(await child.stop({ deadlines: { terminate: 500 } })).toEqual({ kind: 'exited', code: 0 });
    expect([child.pid, grandchild].filter(isThere)).toEqual([]);
  });

  test('ends with a child that is killed', async () => {
    const { child, grandchild } = await familyOf('detaches-grandchild', '--stubborn');
    await child.kill();
    expect([child.pid, grandchild].filter(isThere)).toEqual([]);
  });

  test('ends with a child that exits by itself', async () => {
    const { child, talk, grandchild } = await familyOf('detaches-grandchild');
    talk.say({ type: 'die', code: 2 });
    await child.exited;
    expect(await stillThere([grandchild])).toEqual([]);
  });
});

describe.runIf(linux.holds)(`an end by the mark${linux.reason}`, () => {
  test('leaves what was started before its owner, and what carries another mark', async () => {
    const child = await start(program('echo', '--hello-at-once'));
    const talk = new Talk(child);
    await talk.hear('hello');
    const ending = { terminate: 100, kill: 1000 };
    const [ticks, boot] = child.startTime!.split('@');
    expect(await endMarked(markOf(child.pid), { since: `${Number(ticks) + 1}@${boot}`, ...ending })).toEqual([]);
    expect(await endMarked('f'.repeat(32), { since: child.startTime, ...ending })).toEqual([]);
    expect(await talk.ask({ type: 'query' })).toBeDefined();
  });

  test('looks once for all that end together', async () => {
    const [first, second, third] = [findMarked(), findMarked(), findMarked()];
    expect(await second).toBe(await third);
    expect(await second).not.toBe(await first);
  });
});

test('what macOS shows of environments is read', () => {
  const id = 'a'.repeat(32);
  const found = markedIn(
    [
      `  501   500 Ss   Fri Nov 21 09:30:00 2025 /usr/local/bin/node a.mjs 2026 PATH=/bin CARPOOL_CHILD=${id} HOME=/`,
      `  502   500 Z    Fri Nov 21 09:30:00 2025 (node) CARPOOL_CHILD=${id}`,
      '  503   500 Ss   Fri Nov 21 09:30:00 2025 /usr/local/bin/node b.mjs PATH=/bin',
      '',
    ].join('\n'),
  );
  expect([...found]).toEqual([
    [id, [{ pid: 501, group: 500, startTime: '1763717400@', zombie: false, stopped: false }]],
  ]);
});
