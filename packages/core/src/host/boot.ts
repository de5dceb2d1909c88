/** The file that a runner starts: the rest of the host is loaded after it, from the compile cache. */
import { useCompileCache } from '../process/compile-cache.ts';

useCompileCache();
// With `--sweep` it ends what killed hosts have left, and with `--guard` what a killed process has; it is no host then.
if (process.argv[2] === '--sweep') {
  const { sweep } = await import('../hosts/sweep.ts');
  await sweep();
} else if (process.argv[2] === '--guard') {
  const { guard } = await import('./guard.ts');
  await guard();
} else {
  const { runHost } = await import('./main.ts');
  runHost();
}
