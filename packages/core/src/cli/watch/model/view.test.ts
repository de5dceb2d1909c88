import { expect, test } from 'vitest';
import type { StatusResult } from '../../../wire/status.ts';
import { actOf, type Key } from './keys.ts';
import { linesOf, type Size } from './lines.ts';
import { scrolled } from './table.ts';
import { begun, mostMessages, reduce, shownTable, type Action, type View } from './view.ts';

const minute = 60_000;

function status(changes: Partial<StatusResult> = {}): StatusResult {
  return {
    version: '1.2.3',
    pid: 4711,
    kind: 'run',
    age: 3 * minute,
    runs: [
      { id: 'a', folder: '/code/api', branch: 'fix-db', runner: 'vitest', pid: 4802, age: 3 * minute, workers: 4 },
    ],
    pools: [
      {
        name: 'browser',
        maxSessions: 4,
        open: 2,
        queued: 1,
        opened: 10,
        warm: 0,
        quarantined: 0,
        children: [
          { pid: 4822, state: 'serving', generation: 2, age: minute, sessions: 2, messages: 100, slots: 4 },
          { state: 'starting', generation: 1, age: 10, sessions: 0, messages: 0, slots: 4 },
        ],
        sessions: [
          { id: 's2', pid: 4822, test: 'adds a row', takenAt: '/code/api/cart.test.ts:14:3', age: 2_000 },
          { id: 's10', pid: 4822, test: '<b>sorts</b> \u001b[2J 日本語のテスト', file: 'sort.test.ts', age: 90_000 },
        ],
        waiting: [{ test: 'waits here', file: 'wait.test.ts', age: 12_000 }],
      },
    ],
    leaseCount: 1,
    leases: [
      {
        name: 'printer',
        kind: 'lock',
        scope: 'run',
        size: 1,
        used: 1,
        holderCount: 1,
        holders: [{ test: 'prints', takenAt: 'print.test.ts:3:1', age: 5_000 }],
        waitCount: 2,
        waiting: [{ test: 'prints too', age: 1_000 }],
      },
    ],
    ...changes,
  };
}

const after = (...actions: Action[]): View => actions.reduce(reduce, begun);
const seen = (at = 0, changes?: Partial<StatusResult>): Action => ({ type: 'status', status: status(changes), at });
const idsOf = (view: View): (string | undefined)[] =>
  shownTable(view).rows.map(({ cells }) => cells['id']?.text ?? cells['state']?.text);

/** Of a wide character two, of others one. */
const widthOf = (text: string): number =>
  Array.from(text).reduce((sum, one) => sum + (/[\u3000-\u9fff]/.test(one) ? 2 : 1), 0);

function drawn(view: View, columns: number, rows = 14): string[] {
  const size: Size = { columns, rows, widthOf };
  const { lines } = linesOf(view, size, 0);
  expect(lines).toHaveLength(rows);
  const texts = lines.map((line) => line.map(({ text }) => text).join(''));
  expect(texts.filter((text) => widthOf(text) > columns)).toEqual([]);
  return texts.map((text) => text.trimEnd());
}

test('sessions, the oldest first, with those that wait; sorted by another column, and reversed', () => {
  const view = after(seen());
  expect(idsOf(view)).toEqual(['s10', 'waits', 's2']);
  const byId = reduce(view, { type: 'sort', by: { column: 'id' } });
  expect(idsOf(byId)).toEqual(['s2', 's10', 'waits']);
  expect(idsOf(reduce(byId, { type: 'sort', by: 'reverse' }))).toEqual(['s10', 's2', 'waits']);
  expect(reduce(view, { type: 'sort', by: 'next' }).orders.sessions).toEqual({ column: 'test', descending: false });
  expect(reduce(view, { type: 'sort', by: { column: 'nothing' } }).orders).toEqual(view.orders);
});

test('a filter is typed, kept or ended, and looks in all cells', () => {
  let view = after(seen());
  const type = (...keys: string[]): void => {
    for (const name of keys) {
      const act = actOf(view, { name }, 10);
      if (act !== undefined && act.type !== 'quit') view = reduce(view, act);
    }
  };
  type('/', 'Q', 'A', 'Backspace', 'Backspace', 'A', 'd', 'd', 's');
  expect([view.typing, view.filter, idsOf(view)]).toEqual([true, 'Adds', ['s2']]);
  type('Enter');
  expect([view.typing, view.filter]).toEqual([false, 'Adds']);
  type('Escape');
  expect([view.filter, idsOf(view)]).toEqual(['', ['s10', 'waits', 's2']]);
  type('/', 'c', 'a', 'r', 't', 'Escape');
  expect(view.filter).toBe('');
});

test('the selection stays with its row when others come and go, and within the table', () => {
  let view = reduce(after(seen()), { type: 'move', by: 2 });
  expect(view.selected).toBe('session browser s2');
  const [pool] = status().pools;
  const older = { id: 's1', test: 'older', age: 10 * minute };
  view = reduce(view, seen(1, { pools: [{ ...pool!, sessions: [older, ...pool!.sessions] }] }));
  expect(drawn(view, 120).find((line) => line.startsWith('>'))).toMatch(/^> s2 /);
  view = reduce(view, { type: 'move', by: 1_000 });
  expect(view.selected).toBe('session browser s2');
  view = reduce(view, { type: 'move', by: -1_000 });
  expect(view.selected).toBe('session browser s1');
  view = reduce(view, seen(2, { pools: [] }));
  expect(reduce(view, { type: 'move', by: 1 }).selected).toBeUndefined();
});

test('a detail has what was said, what has no reply, and what passes; read back, it stays; its end is shown', () => {
  let view = after(seen(), { type: 'select', key: 'session browser s2' }, { type: 'open' });
  const of = { pool: 'browser', id: 's2' };
  expect(view.detail).toMatchObject({ ...of, test: 'adds a row', messages: [] });
  view = reduce(view, { type: 'said', sessions: [{ ...of, recent: ['→ {n: 1}'], unanswered: ['→ {n: 1}'] }] });
  const message = (n: number, session = 's2') => ({
    time: n,
    pool: 'browser',
    session,
    direction: 'in' as const,
    text: `{n: ${n}}`,
  });
  view = reduce(view, { type: 'messages', body: { messages: [message(2), message(3, 's10')], lost: 7 } });
  expect(view.detail?.messages.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'before → {n: 1}',
    'unanswered → {n: 1}',
    'in {n: 2}',
    'lost 7 not shown: more passed than can be',
  ]);
  expect(drawn(view, 40).join('\n')).toMatch(
    /^browser s2, adds a row\n→ \{n: 1\}\nno reply → \{n: 1\}\n\d\d:\d\d:\d\d ← \{n: 2\}\n! 7 not/m,
  );
  view = reduce(view, { type: 'move', by: -2 });
  view = reduce(view, { type: 'messages', body: { messages: [message(4)] } });
  expect(view.detail?.back).toBe(3);
  expect(drawn(view, 40).join('\n')).toContain('3 messages below');
  for (let n = 0; n < mostMessages; n++) view = reduce(view, { type: 'messages', body: { messages: [message(n)] } });
  expect(view.detail?.messages).toHaveLength(mostMessages);
  const [pool] = status().pools;
  view = reduce(view, seen(1, { pools: [{ ...pool!, open: 300, sessions: [] }] }));
  expect(view.detail?.over).toBe(false); // it may be one that is not named
  view = reduce(view, seen(2, { pools: [{ ...pool!, open: 0, sessions: [] }] }));
  expect(drawn(view, 120)[1]).toBe('browser s2, adds a row has ended');
  expect(reduce(view, { type: 'close' }).detail).toBeUndefined();
});

test('why no messages come is said until they do, or the detail is closed; the host has a sentence of its own', () => {
  const open = after(seen(), { type: 'select', key: 'session browser s2' }, { type: 'open' });
  const faulty = reduce(open, { type: 'fault', text: 'they are refused', of: 'messages' });
  const later = reduce(reduce(faulty, { type: 'fault', text: 'it is lost', of: 'messages' }), seen(1));
  expect(drawn(later, 60)[0]).toBe('! they are refused');
  const busy = reduce(later, { type: 'fault', text: 'it is busy' });
  expect(drawn(busy, 60)[0]).toBe('! it is busy');
  expect(drawn(reduce(busy, seen(2)), 60)[0]).toBe('! they are refused');
  const said: Action = { type: 'said', sessions: [{ pool: 'browser', id: 's2', recent: [], unanswered: [] }] };
  for (const ends of [said, { type: 'messages', body: { messages: [] } }, { type: 'close' }] as const)
    expect(drawn(reduce(later, ends), 60)[0]).toMatch(/^host of a run, pid 4711/);
  const closed = reduce(open, { type: 'close' });
  expect(reduce(closed, { type: 'fault', text: 'too late', of: 'messages' })).toBe(closed);
});

test('to open the session that is shown keeps its messages; another one begins anew', () => {
  const said: Action = {
    type: 'said',
    sessions: [{ pool: 'browser', id: 's2', recent: ['→ {n: 1}'], unanswered: [] }],
  };
  const select: Action = { type: 'select', key: 'session browser s2' };
  const open = after(seen(), select, { type: 'open' }, said);
  expect(reduce(reduce(open, select), { type: 'open' }).detail).toBe(open.detail);
  const other = reduce(reduce(open, { type: 'select', key: 'session browser s10' }), { type: 'open' });
  expect(other.detail).toMatchObject({ id: 's10', messages: [] });
});

test('pools of one name are told apart: their sessions, their messages and what is counted of them', () => {
  const [pool] = status().pools;
  const twice = (opened: number): Partial<StatusResult> => {
    const other = {
      ...pool!,
      id: 'browser#2',
      opened,
      children: [],
      waiting: [],
      sessions: [{ id: 's2', test: 'of other' }],
    };
    return { pools: [{ ...pool!, id: 'browser#1' }, other] };
  };
  let view = after(seen(0, twice(0)), seen(1_000, twice(50)), { type: 'section', to: 'pools' });
  const rates = shownTable(view).rows.map(({ cells }) => [cells['pool']?.text, cells['sessions']?.text]);
  expect(rates[0]).toEqual(['browser#1', '0']);
  expect(rates.at(-1)).toEqual(['browser#2', '50']);
  view = reduce(view, { type: 'section', to: 'sessions' });
  const keys = shownTable(view).rows.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  view = reduce(reduce(view, { type: 'select', key: 'session browser#2 s2' }), { type: 'open' });
  expect(view.detail).toMatchObject({ pool: 'browser#2', test: 'of other' });
  const of = { time: 0, pool: 'browser', session: 's2', direction: 'in' } as const;
  const first = { ...of, poolId: 'browser#1', text: 'of the first' };
  view = reduce(view, { type: 'messages', body: { messages: [first, { ...of, poolId: 'browser#2', text: 'own' }] } });
  expect(view.detail?.messages.map(({ text }) => text)).toEqual(['own']);
  view = reduce(view, seen(2_000, { pools: [{ ...pool!, id: 'browser#1' }] }));
  expect(drawn(view, 120)[1]).toBe('browser#2 s2, of other has ended');
});

test('what waits has no detail', () => {
  const view = after(seen(), { type: 'move', by: 1 }, { type: 'open' });
  expect(view.detail).toBeUndefined();
});

test('rates are of the last seconds; a child that is gone, or begins anew, makes none negative', () => {
  const [pool] = status().pools;
  const counted = (at: number, opened: number, messages: number): Action =>
    seen(at, { pools: [{ ...pool!, opened, children: [{ ...pool!.children[0]!, messages }] }] });
  const view = after(counted(0, 10, 100), counted(1_000, 12, 1_100), counted(2_000, 20, 3_100), {
    type: 'section',
    to: 'pools',
  });
  const rates = (of: View): (string | undefined)[] => shownTable(of).rows.map(({ cells }) => cells['messages']?.text);
  expect(shownTable(view).rows[0]?.cells['sessions']?.text).toBe('5.0');
  expect(rates(view)).toEqual(['1,500', '1,500']);
  const later = [10_000, 11_000, 12_000, 13_000].reduce((one, at) => reduce(one, counted(at, 20, 3_100)), view);
  expect(rates(later)).toEqual(['0', '0']);
  expect(rates(reduce(later, counted(14_000, 20, 5)))).toEqual(['0', '0']);
});

test('keys: sections, movement, leaving; nothing for what is no key', () => {
  const view = after(seen());
  const act = (name: string, of: View = view, shift = false): unknown => actOf(of, { name, shift } satisfies Key, 7);
  expect(act('Tab')).toEqual({ type: 'section', to: 'next' });
  expect(act('Tab', view, true)).toEqual({ type: 'section', to: 'previous' });
  expect(act('3')).toEqual({ type: 'section', to: 'locks' });
  expect(act('9')).toBeUndefined();
  expect(act('PageDown')).toEqual({ type: 'move', by: 7 });
  expect(act('q')).toEqual({ type: 'quit' });
  expect(act('Escape')).toBeUndefined();
  const detail = reduce(view, { type: 'open' });
  expect(act('q', detail)).toEqual({ type: 'close' });
  expect(act('s', detail)).toBeUndefined();
  expect(reduce(view, { type: 'section', to: 'previous' }).section).toBe('runs');
  expect(reduce(reduce(view, { type: 'section', to: 'runs' }), { type: 'section', to: 'next' }).section).toBe(
    'sessions',
  );
});

test('120 columns show all; 40 show what matters; neither is wider, nor moves the cursor', () => {
  const wide = drawn(after(seen()), 120);
  expect(wide[0]).toBe('host of a run, pid 4711, 3 min: 2/4 slots, 2 children, 1 lock, 3 waiting');
  expect(wide[1]).toBe('[1 Sessions] 2 Pools and children  3 Locks  4 Runs');
  expect(wide[2]).toMatch(/^ {2}Session +Pool +State +Age↓ +Test +Place +Child( +Run)?$/);
  expect(wide[3]).toMatch(/^> s10 +browser open +1 min <b>sorts<\/b> +\[2J 日本語のテスト/);
  expect(wide.join('\n')).not.toContain('\u001b');
  const narrow = drawn(after(seen()), 40);
  expect(narrow[1]).toBe('[1 Sessions] 2 Pools  3 Locks  4 Runs');
  expect(narrow[3]).toMatch(/^> s10 .* 1 min <b>sorts/);
  for (const to of ['pools', 'locks', 'runs'] as const)
    for (const columns of [40, 80, 120, 20, 5]) drawn(after(seen(), { type: 'section', to }), columns);
});

test('locks: what holds one, what waits, and how many more', () => {
  const lines = drawn(after(seen(), { type: 'section', to: 'locks' }), 80);
  expect(lines.slice(3, 6)).toEqual([
    expect.stringMatching(/^> printer lock +held +2 +5 s prints/),
    expect.stringMatching(/^ {2}printer lock +waits +2 +1 s prints too/),
    expect.stringMatching(/^ {2}printer lock +2 +and 1 more/),
  ]);
});

test('nothing there, and a host that does not answer', () => {
  expect(drawn(begun, 40)[0]).toBe('carpool watch: waits for the host …');
  expect(drawn(after(seen(0, { pools: [] })), 60)[3]).toBe('  no sessions');
  expect(drawn(after(seen(), { type: 'type', text: 'zzz' }), 60)[3]).toBe('  nothing has "zzz"');
  expect(drawn(after(seen(), { type: 'fault', text: 'it is busy' }), 60)[0]).toBe('! it is busy');
  expect(after({ type: 'fault', text: 'it is busy' }, seen()).fault).toBeUndefined();
});

test('a long table is scrolled with the selection, and says what is above and below', () => {
  expect([
    scrolled(0, 4, { height: 5, count: 20 }),
    scrolled(0, 5, { height: 5, count: 20 }),
    scrolled(7, 3, { height: 5, count: 20 }),
  ]).toEqual([0, 1, 3]);
  expect(scrolled(15, 2, { height: 5, count: 3 })).toBe(0);
  const [pool] = status().pools;
  const sessions = Array.from({ length: 200 }, (_, n) => ({ id: `s${n}`, age: n }));
  const view = reduce(after(seen(0, { pools: [{ ...pool!, open: 10_000, queued: 0, waiting: [], sessions }] })), {
    type: 'move',
    by: 50,
  });
  const lines = drawn(view, 80, 15);
  expect(lines.find((line) => line.startsWith('>'))).toMatch(/^> s149 /);
  expect(lines.at(-2)).toBe('  41 above, 149 below, 9800 not listed');
});
