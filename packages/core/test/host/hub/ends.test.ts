// What reaches the child when owners end.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serve } from '../../support/hubs.ts';
import { place, program, programPath } from '../../support/pools.ts';

test('the end of a session comes before what another one sends after the end of the owner', async () => {
  const script = join(place().path, 'says-what-came.mjs');
  writeFileSync(
    script,
    `import { reply, say, serve } from ${JSON.stringify(programPath('talk'))};
     const ended = [];
     serve({
       reset: ({ session }) => (ended.push(session), say({ type: 'closed', session })),
       ended: (message) => reply({ ...message, ended: [...ended] }),
     });`,
  );
  const served = await serve({ echoes: program('echo', { args: [script, '--hello'] }) });
  const client = await served.connect();
  const stays = await client.register('echoes', { under: ['file'] });
  const ends = await client.register('echoes', { under: ['file', 'test'] });
  // In one turn, so that the host reads both at once.
  void client.end(['file', 'test']);
  const reply = await stays.request({ type: 'ended' });
  expect(reply).toMatchObject({ echo: { ended: [ends.id] } });
});
