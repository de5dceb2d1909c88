/** Ends what a killed host left behind: exactly the processes it recorded, then its folder. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { sweepRecords } from '../process/reaper.ts';
import { abandonedFolders } from './host-directory.ts';

export async function sweep(): Promise<void> {
  for (const folder of abandonedFolders()) {
    const swept = await sweepRecords(join(folder, 'children'));
    // The records of what could not be ended, or is not ours to end, stay for the next host.
    const left = swept.some(({ outcome }) => outcome === 'unkillable' || outcome === 'owned');
    if (!left) rmSync(folder, { recursive: true, force: true });
  }
}
