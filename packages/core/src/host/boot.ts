/** The file that a runner starts: the rest of the host is loaded after it, from the compile cache. */
import { useCompileCache } from '../process/compile-cache.ts';

useCompileCache();
const { runHost } = await import('./main.ts');
runHost();
