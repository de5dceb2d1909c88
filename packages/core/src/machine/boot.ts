/** The file that is started as the host of the machine: the rest is loaded after it, from the compile cache. */
import { useCompileCache } from '../process/compile-cache.ts';

useCompileCache();
const { runMachineHost } = await import('./main.ts');
runMachineHost();
