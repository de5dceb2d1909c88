/** Ends what a killed host left behind: exactly the processes it recorded, then its folder. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { sweepRecords } from '../process/reaper.ts';
import { abandonedFolders } from './place.ts';

export async function sweep(): Promise<void> {
  for (const folder of abandonedFolders()) {
    await sweepRecords(join(folder, 'children'));
    rmSync(folder, { recursive: true, force: true });
  }
}
