import { createPool } from 'carpool';
import { sassCommand } from './programs.ts';
import { sassCodec } from './sass-packets.ts';
import { sass } from './sass.ts';

await using pool = createPool({ ...sassCommand, codec: sassCodec, protocol: sass });
await using session = await pool.register();

// An importer: the compiler asks, and the test answers.
session.answer((question) =>
  'canonicalizeRequest' in question
    ? { url: `test:${(question['canonicalizeRequest'] as { url: string }).url}` }
    : { success: { contents: '$width: 42px' } },
);
const { compileResponse } = await session.request({
  compileRequest: { string: { source: '@use "sizes"; a { width: sizes.$width }' }, importers: [{ importerId: 1 }] },
});
console.log((compileResponse as { success: { css: string } }).success.css);
