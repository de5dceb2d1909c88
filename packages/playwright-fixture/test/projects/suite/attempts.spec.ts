import { appendFileSync, readFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { test } from './test.ts';

test.describe('attempts', () => {
  test.describe.configure({ retries: 2 });

  test('every retry has a new session', async ({ echo }, testInfo) => {
    expect(await echo.request({ type: 'get' })).not.toHaveProperty('value');
    await echo.request({ type: 'set', value: true });
    const { pid, sessions } = await echo.request({ type: 'who' });
    appendFileSync('attempts', `${echo.id} ${pid}\n`);
    const attempts = readFileSync('attempts', 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    for (const [id] of attempts.slice(0, -1)) expect(sessions).not.toContain(id);
    if (testInfo.retry < 2) throw new Error('once more');
    expect(new Set(attempts.map(([id]) => id)).size).toBe(3);
    // The child outlives the workers.
    expect(new Set(attempts.map(([, child]) => child)).size).toBe(1);
  });
});
