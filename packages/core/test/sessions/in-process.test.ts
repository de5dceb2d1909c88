import { expect, test } from 'vitest';
import { createPool } from '../../src/pool/create-pool.ts';
import { sessionContract } from '../../src/testing/session-contract.ts';
import { contractPrograms } from '../support/contract-programs.ts';
import { closing, program } from '../support/pools.ts';

for (const codec of ['json-lines', 'msgpack'] as const) {
  sessionContract(`in process, ${codec}`, {
    test,
    expect,
    make(child, options) {
      const pool = closing(createPool({ name: 'echoes', ...program(contractPrograms[child], { ...options, codec }) }));
      return { register: pool.register.bind(pool), stats: () => pool.stats(), end: () => pool.close() };
    },
  });
}
