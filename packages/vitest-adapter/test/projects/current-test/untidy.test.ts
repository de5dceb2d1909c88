import { test } from 'vitest';
import './observer.cjs';

test('is not to blame', () => {});
