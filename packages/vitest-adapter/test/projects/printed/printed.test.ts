import { withPools } from '@carpool/vitest';
import { expect } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config);

test('must fail: a server that prints to stdout', async ({ stdout }) => {
  expect((await fetch(stdout.opened.url)).status).toBe(500);
});

test('must fail: a server that prints to stderr', async ({ stderr }) => {
  expect((await fetch(stderr.opened.url)).status).toBe(500);
});

test('must fail: a server that prints nothing', async ({ nothing }) => {
  expect((await fetch(nothing.opened.url)).status).toBe(500);
});
