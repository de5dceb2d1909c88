import { expect, test } from 'vitest';
import type { AnyMessages } from '../../src/protocol/protocol.ts';
import { sessionContract } from '../../src/testing/session-contract.ts';
import { contractPrograms } from '../support/contract-programs.ts';
import { serve } from '../support/hubs.ts';
import { program } from '../support/pools.ts';

for (const codec of ['json-lines', 'msgpack'] as const) {
  sessionContract(`through a hub, ${codec}`, {
    test,
    expect,
    async make(child, options) {
      const served = await serve({ echoes: program(contractPrograms[child], { ...options, codec }) });
      const client = await served.connect();
      return {
        register: (client.register<AnyMessages>).bind(client, 'echoes'),
        stats: () => served.pool().stats(),
        end: () => served.close(),
      };
    },
  });
}
