/** Ends the processes that a killed host has left, and removes its folder. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { endMarked } from '../process/marked.ts';
import { sweepRecords } from '../process/reaper.ts';
import { abandonedHosts, type AbandonedHost } from './abandoned-hosts.ts';

/** Milliseconds after each signal. */
const deadlines = { terminate: 1_000, kill: 2_000 };

/** Takes a few seconds at most. Never rejects: what cannot be ended or removed stays for the next sweep. */
export async function sweep(bases?: readonly string[]): Promise<void> {
  await Promise.allSettled((await abandonedHosts(bases)).map(sweepHost));
}

async function sweepHost({ folder, record, samePids }: AbandonedHost): Promise<void> {
  const swept = await sweepRecords(join(folder, 'children'), { deadlines, samePids });
  // What its config and shared workers had started, and what of its children has no record.
  const marked = await endMarked(record.id, { since: record.startTime, ...deadlines });
  const kept = swept.some(({ outcome }) => outcome === 'unkillable' || outcome === 'owned' || outcome === 'elsewhere');
  if (!kept && marked.length === 0) rmSync(folder, { recursive: true, force: true });
}
