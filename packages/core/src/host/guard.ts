/** `--guard`: ends the process groups that its stdin names, when that ends: the process behind it is gone. */
import { createInterface } from 'node:readline';
import type { GroupLeader } from '../wire/control.ts';
import { OwnedGroups } from './owned-groups.ts';

/** Each line is a list of all of them. */
export async function guard(): Promise<void> {
  const owned = new OwnedGroups();
  for await (const line of createInterface({ input: process.stdin })) owned.set(JSON.parse(line) as GroupLeader[]);
  await owned.end();
}
