/** The contract on pools in this process. */
import { readFileSync } from 'node:fs';
import { createPool, type Pool } from 'carpool';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { pooledBackend } from '../../src/backend.ts';
import { plushie, type PlushieMessages } from '../../src/index.ts';
import type { Subject } from '../conformance/subject.ts';
import { closing, place } from '../support/place.ts';
import { rendererScript } from '../support/renderer-script.ts';
import { poolContract } from './lines/contract.ts';
import type { PoolKind, Variant, Where } from './lines/line.ts';
import { pidFile, poolsOf } from './lines/variants.ts';

export function inProcess(variant: Variant, subject: Subject): void {
  describe(`session_pool, in process, ${subject.name}`, () => {
    const pools = new Map<PoolKind, Pool<PlushieMessages>>();
    const poolOf = (kind: PoolKind): Pool<PlushieMessages> => {
      const there = pools.get(kind);
      if (there !== undefined) return there;
      const folder = place().path;
      const renderer = rendererScript(folder, subject);
      vi.stubEnv('PLUSHIE_BINARY_PATH', renderer);
      // It would decide the mode.
      vi.stubEnv('PLUSHIE_TEST_BACKEND', undefined);
      const options = { ...poolsOf(variant, { folder, renderer })[kind], env: { TMPDIR: folder } };
      const pool = closing(createPool({ name: kind, ...plushie(options) }));
      pools.set(kind, pool);
      closing({ close: () => pools.delete(kind) });
      return pool;
    };
    afterEach(() => void vi.unstubAllEnvs());
    const where: Where = {
      variant,
      expect,
      register: (kind, options) => poolOf(kind).register(options),
      freeze: () => process.kill(Number(readFileSync(pidFile(variant, place().path), 'utf8')), 'SIGSTOP'),
      pooledBackend,
    };
    poolContract(where, test);
  });
}
