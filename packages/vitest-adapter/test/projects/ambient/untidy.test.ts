import { test } from 'vitest';
import './observer.mjs';

test('is not to blame', () => {});
