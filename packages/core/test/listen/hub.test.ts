// What holds on a socket of a hub holds by TLS: the same tests, and the same contract of sessions.
import { expect, test } from 'vitest';
import type { AnyMessages } from '../../src/protocol/protocol.ts';
import { sessionContract } from '../../src/testing/session-contract.ts';
import { contractPrograms } from '../support/contract-programs.ts';
import { serve, transport } from '../support/hubs.ts';
import { program } from '../support/pools.ts';

transport.tls = true;
await import('../host/hub/attack.test.ts');
await import('../host/hub/fuzz.test.ts');

sessionContract('by TLS', {
  test,
  expect,
  async make(child, options) {
    const served = await serve({ echoes: program(contractPrograms[child], options) });
    const client = await served.connect();
    return {
      register: (client.register<AnyMessages>).bind(client, 'echoes'),
      stats: () => served.pool().stats(),
      end: () => served.close(),
    };
  },
});
