import { createPool } from 'carpool';
import { esbuildCodec } from './esbuild-packets.ts';
import { esbuild } from './esbuild.ts';
import { esbuildCommand } from './programs.ts';

await using pool = createPool({ ...esbuildCommand, codec: esbuildCodec, protocol: esbuild });
await using session = await pool.register();

const input = Buffer.from('let x: number = 1');
const { code } = await session.request({ command: 'transform', flags: ['--loader=ts'], input, inputFS: false });
console.log(code);

// A plugin: the service asks, and the test answers.
session.answer(({ command, path }) => {
  if (command === 'on-resolve') return { id: 1, path: String(path), namespace: 'test' };
  return command === 'on-load' ? { id: 2, contents: Buffer.from('export default 42') } : {};
});
const filter = { filter: '^answer$', namespace: '' };
const { outputFiles } = await session.request({
  command: 'build',
  entries: [['out', 'answer']],
  flags: ['--bundle', '--format=esm'],
  plugins: [
    {
      name: 'test',
      onStart: false,
      onEnd: false,
      onResolve: [{ id: 1, ...filter }],
      onLoad: [{ id: 2, filter: '.*', namespace: 'test' }],
    },
  ],
});
const [{ contents }] = outputFiles as [{ contents: Uint8Array }];
console.log(Buffer.from(contents).toString());
