import type { TestInfo } from '@playwright/test';

/** The test file, also for a test that is declared by a module which it imports: `testInfo.file` is that module. */
export function fileOf(testInfo: TestInfo): string {
  // Not in its types. Playwright itself names the folder of snapshots by it.
  const { _requireFile } = testInfo as { readonly _requireFile?: string };
  return _requireFile === undefined || _requireFile === '' ? testInfo.file : _requireFile;
}
