import { standIn } from './conformance/subject.ts';
import { windowedSuite } from './conformance/windowed.ts';

for (const format of ['msgpack', 'json'] as const) {
  const { env, ...mock } = standIn(format);
  // It opens no window; the dialect asks for a display all the same.
  const name = `stand-in, windowed, ${format}`;
  windowedSuite({ ...mock, name, mode: 'windowed', env: { ...env, DISPLAY: ':none' } });
}
