import { test } from '@carpool/playwright';
import { registerSharedWorker } from 'ava/plugin';
import { worker } from './note.js';

const shared = registerSharedWorker(worker('answers.js#unanswered'));
await shared.subscribe().next();

test('is never reached', () => {});
