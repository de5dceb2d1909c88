import { jest } from './jest.ts';
import { playwright } from './playwright.ts';
import type { Runner } from './runner.ts';
import { vitest } from './vitest.ts';

/** The columns of the table. */
export const runners: readonly Runner[] = [vitest, jest, playwright];
