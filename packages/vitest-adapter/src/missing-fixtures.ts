/**
 * Names that a test destructures and no fixture has. Vitest gives `undefined` for them, which fails later, in words that say
 * nothing of the mistake. So they throw when the test takes them.
 */
import { provided } from './connect.ts';

/** The first argument of a test. */
type Fixtures = object;

/** For a test of Vitest's own `test`: it has none of the fixtures that `withPools` makes. */
export function refuseOurs(fixtures: Fixtures): void {
  const from = provided();
  if (from === undefined) return;
  refuse(
    fixtures,
    [...from.pools, ...(from.sharedWorkers ?? []), ...Object.keys(from.locks ?? {}), 'carpool'],
    ownTest,
  );
}

/** @param error made when the test takes that name */
export function refuse(fixtures: Fixtures, names: Iterable<string>, error: (name: string) => Error): void {
  for (const name of names) {
    if (name in fixtures) continue;
    Object.defineProperty(fixtures, name, {
      configurable: true,
      get: () => {
        throw error(name);
      },
      // A fixture of that name, made by `test.extend`.
      set: (value: unknown) => {
        Object.defineProperty(fixtures, name, { value, configurable: true, enumerable: true, writable: true });
      },
    });
  }
}

function ownTest(name: string): Error {
  return new Error(
    `This test has no fixture "${name}", because it is made by the \`test\` of Vitest; make it by the \`test\` that \`withPools\` of '@carpool/vitest' returns`,
  );
}
