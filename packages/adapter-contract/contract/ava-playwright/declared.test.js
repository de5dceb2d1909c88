import { expect, test } from '@carpool/playwright';
import { registerSharedWorker } from 'ava/plugin';
import { lock } from 'carpool/coordination';
import declare from './helper.js';
import { nameOf, worker } from './note.js';

const shared = registerSharedWorker(worker('answers.js#declared'));
let lease;

test.beforeAll(async () => {
  lease = await lock('declared').acquire();
});

test('holds the lease of its hook', () => {
  expect(lease.held).toBe(true);
});

declare('a');

test('still holds it', async () => {
  expect(lease.held).toBe(true);
  expect(nameOf(await shared.request('who'))).toBe('declared');
});
