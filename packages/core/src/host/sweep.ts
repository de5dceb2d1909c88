/** Ends the processes that a killed host has recorded, and removes its folder. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { sweepRecords } from '../process/reaper.ts';
import { abandonedFolders } from './host-directory.ts';

export async function sweep(): Promise<void> {
  for (const folder of abandonedFolders()) {
    const swept = await sweepRecords(join(folder, 'children'));
    // Records of processes that could not be ended, or have a running host, stay for the next sweep.
    const left = swept.some(({ outcome }) => outcome === 'unkillable' || outcome === 'owned');
    if (!left) rmSync(folder, { recursive: true, force: true });
  }
}
