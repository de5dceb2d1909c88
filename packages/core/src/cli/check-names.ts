/** Names of pools and shared workers that the runners in use refuse, before a test file does. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkFixtureNames, reservedNames, type FixtureNames } from '../client/fixtures.ts';

const adapters = { Vitest: '@carpool/vitest', Jest: '@carpool/jest', Playwright: '@carpool/playwright' } as const;

/** @param root where the adapters are looked for: each that is installed there has a runner that is used */
export function checkNames(names: FixtureNames, root: string): void {
  checkFixtureNames(names, { name: 'Every runner', reserved: [] });
  for (const [name, adapter] of Object.entries(adapters) as [keyof typeof adapters, string][]) {
    if (isInstalled(adapter, root)) checkFixtureNames(names, { name, reserved: reservedNames[name] });
  }
}

/** In `node_modules` of the folder or of one above it. Not `require.resolve`: that finds what NODE_PATH has, as pnpm sets it. */
function isInstalled(name: string, folder: string): boolean {
  if (existsSync(join(folder, 'node_modules', name, 'package.json'))) return true;
  const above = dirname(folder);
  return above !== folder && isInstalled(name, above);
}
