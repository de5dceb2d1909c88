/** Names of pools and shared workers that the runners in use refuse, before a test file does. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { checkFixtureNames, reservedNames, type FixtureNames } from '../client/fixtures.ts';

const adapters = { Vitest: '@carpool/vitest', Jest: '@carpool/jest', Playwright: '@carpool/playwright' } as const;

/** @param root where the adapters are looked for: each that is installed there has a runner that is used */
export function checkNames(names: FixtureNames, root: string): void {
  const { resolve } = createRequire(join(root, 'package.json'));
  checkFixtureNames(names, { name: 'Every runner', reserved: [] });
  for (const [name, adapter] of Object.entries(adapters) as [keyof typeof adapters, string][]) {
    if (canResolve(resolve, `${adapter}/package.json`))
      checkFixtureNames(names, { name, reserved: reservedNames[name] });
  }
}

function canResolve(resolve: (id: string) => string, id: string): boolean {
  try {
    resolve(id);
    return true;
  } catch {
    return false;
  }
}
