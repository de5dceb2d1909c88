/** The variants of the contract, and their pools as plain data. */
import { join } from 'node:path';
import type { PlushieOptions } from '../../../src/index.ts';
import type { PoolKind, Variant } from './line.ts';

export const variants: readonly Variant[] = [
  { name: 'mockMsgpack', mode: 'mock', format: 'msgpack' },
  { name: 'mockJson', mode: 'mock', format: 'json' },
  { name: 'headlessMsgpack', mode: 'headless', format: 'msgpack' },
  { name: 'headlessJson', mode: 'headless', format: 'json' },
];

/** The stand-in has no other mode. */
export const mockVariants: readonly Variant[] = variants.filter(({ mode }) => mode === 'mock');

export interface Place {
  /** Where the pid of the renderer of `hasty` is written. */
  readonly folder: string;
  /** The renderer, which PLUSHIE_BINARY_PATH names too. */
  readonly renderer: string;
}

/** The name of a pool in the config. */
export function poolName({ name }: Variant, kind: PoolKind): string {
  return kind === 'renderer' ? name : `${name}${kind === 'single' ? 'Single' : 'Hasty'}`;
}

/** The options of the pools of a variant. Those that are the defaults are left out: the contract holds them too. */
export function poolsOf(variant: Variant, { folder, renderer }: Place): Readonly<Record<PoolKind, PlushieOptions>> {
  const { mode, format } = variant;
  const options = { ...(mode === 'mock' ? {} : { mode }), ...(format === 'msgpack' ? {} : { format }) };
  const script = 'echo $$ > "$0"; exec "$@"';
  return {
    renderer: options,
    single: { ...options, maxSessions: 1 },
    hasty: {
      ...options,
      maxSessions: 1,
      closeTimeout: 100,
      stopTimeout: 20,
      rendererPath: '/bin/sh',
      rendererArgs: ['-c', script, pidFile(variant, folder), renderer],
    },
  };
}

/** The pid of the renderer of `hasty`. */
export function pidFile(variant: Variant, folder: string): string {
  return join(folder, `${poolName(variant, 'hasty')}.pid`);
}
