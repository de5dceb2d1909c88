/** The file that a runner starts: the rest of the host is loaded after it, from the compile cache. */
import { useCompileCache } from '../process/compile-cache.ts';

useCompileCache();
// With `--sweep` it ends what killed hosts have left, and nothing else.
if (process.argv[2] === '--sweep') {
  const { sweep } = await import('../hosts/sweep.ts');
  await sweep();
} else {
  const { runHost } = await import('./main.ts');
  runHost();
}
