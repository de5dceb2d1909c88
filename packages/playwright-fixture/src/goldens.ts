/** How Playwright treats golden files: as its snapshots. */
import type { TestInfo } from '@playwright/test';
import type { Goldens } from 'carpool/adapter/test-process';
import { fileOf } from './file-of.ts';

/** The golden files of a test, or of a hook. */
export function goldensOf(testInfo: TestInfo): Goldens {
  return {
    file: fileOf(testInfo),
    update: updateOf(testInfo.config.updateSnapshots),
    accept: 'Playwright with -u',
    outputPath: (name) => testInfo.outputPath(name),
    attach: ({ name, path, contentType }) => testInfo.attach(name, { path, contentType }),
  };
}

function updateOf(setting: TestInfo['config']['updateSnapshots']): Goldens['update'] {
  switch (setting) {
    case 'all':
    case 'changed':
      return 'all';
    case 'missing':
    case 'none':
      return setting;
    case 'default':
      // Playwright writes what is missing and fails the test, so that a run in CI cannot pass that way.
      return isCi() ? 'none' : 'missing';
  }
}

function isCi(): boolean {
  return !['', '0', 'false'].includes(process.env['CI'] ?? '');
}
