import { test } from 'vitest';
import { look } from './observer.cjs';

look('top level');

// Its hooks do not run.
test.skipIf(true)('nothing', () => {});
