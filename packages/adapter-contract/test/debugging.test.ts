/** docs/debugging.md shows what the runners print of six failures. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { failures } from '../debugging/failures.ts';
import { excerpts, stable } from '../debugging/output.ts';
import { page, pageWith } from '../debugging/page.ts';
import { runShop } from '../debugging/shop.ts';
import { runners } from '../runners/all.ts';

test('each failure is shown as each runner prints it', async () => {
  const all = await Promise.all(runners.map(async (runner) => ({ runner: runner.name, ...(await runShop(runner)) })));
  expect(all.map(({ runner, outcome: { left, complaint } }) => ({ runner, left, complaint }))).toEqual(
    runners.map(({ name }) => ({ runner: name, left: [], complaint: undefined })),
  );
  expect(
    readFileSync(page, 'utf8'),
    'docs/debugging.md shows another output: look at the difference, and run `pnpm --filter @carpool/adapter-contract document:debugging`',
  ).toBe(pageWith(all));
});

test('lines of the host, which come at any time, are in no output', () => {
  const blocks = failures.map(
    ({ test: title }) => `  ● ${title}\n\n    first\ncarpool: a child was killed\n    last\n`,
  );
  const found = excerpts('Jest', `FAIL ./cart.test.cjs\n${blocks.join('\n')}\nTest Suites: 1 failed\n`, '/shop');
  expect(Object.values(found)).toEqual(failures.map(({ test: title }) => `  ● ${title}\n\n    first\n    last`));
});

describe('what differs from run to run', () => {
  test.for([
    ['  at /tmp/shop-a1/cart.test.js:3:1', '  at /home/ada/shop/cart.test.js:3:1'],
    ['answered {type: "add"}, 1032 ms ago', 'answered {type: "add"}, … ms ago'],
    ['busy in "checkout" for 4434 ms, the rest', 'busy in "checkout" for … ms, the rest'],
    ['exited with code 1, 2282 ms after its start', 'exited with code 1, … ms after its start'],
    ['No reply within 1000 ms (instead of 60000 ms)', 'No reply within 1000 ms (instead of 60000 ms)'],
    ['  │ Node.js v20.20.2 ', '  │ Node.js v24.0.0'],
    ['  │     at tick (node:internal/process/task_queues:95:5)', '  │     at tick (node:internal/process/task_queues)'],
    ['  4) cart.spec.js:9:1 › coupon ──', '  1) cart.spec.js:9:1 › coupon ──'],
  ])('%s', ([text, same]) => {
    expect(stable(text ?? '', '/tmp/shop-a1')).toBe(same);
  });
});
