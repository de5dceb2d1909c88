/** What runs, on which pool. */

/** The columns: the SDK's own pool, and ours twice. */
export const places = ['own pool', 'in process', 'through the host'] as const;
export type Place = (typeof places)[number];

export interface Run {
  readonly title: string;
  /** Which files of the copy: a part of their paths. */
  readonly files: string;
  readonly mode: 'mock' | 'headless';
  readonly format: 'msgpack' | 'json';
  /** A test that no pooled session can pass. It runs on the SDK's own transport only. */
  readonly except?: string;
}

/** Files of the suite that run in each mode and format. */
const suites = [
  { name: 'TestSession', files: 'carpool/apps/' },
  // Apart: it kills the renderer, which is everybody's through the host.
  { name: 'Runtime', files: 'carpool/runtime/' },
];

export const runs: readonly Run[] = [
  ...suites.flatMap(({ name, files }) =>
    (['mock', 'headless'] as const).flatMap((mode) =>
      (['msgpack', 'json'] as const).map((format) => ({ title: `${name}, ${mode}, ${format}`, files, mode, format })),
    ),
  ),
  {
    title: 'integration',
    files: 'test/integration/',
    // Its tests choose them.
    mode: 'mock',
    format: 'msgpack',
    // It names sessions itself, on a renderer of its own.
    except: 'multiple sessions interact independently',
  },
];
