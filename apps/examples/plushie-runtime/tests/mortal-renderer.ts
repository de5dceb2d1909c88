/** The stand-in, which kills itself in place of every message that has a `☠` in it. */
import { pathToFileURL } from 'node:url';
import { standIn } from '@carpool/plushie/stand-in';

const { pid, stdout } = process;
const write = stdout.write.bind(stdout);
stdout.write = (bytes: Uint8Array | string): boolean => {
  if (Buffer.from(bytes as Uint8Array).includes('☠')) process.kill(pid, 'SIGKILL');
  return write(bytes);
};

const [program = ''] = standIn.rendererArgs;
await import(pathToFileURL(program).href);
