/** The servers of this machine. Without any, tests are skipped and say why; CARPOOL_POSTGRES=required: then they fail. */
import { join } from 'node:path';
import { lookupIn, optionalServer } from '@carpool/test-harness/servers';
import type { CommandLookup } from 'carpool';
import type { Binaries } from '../../src/locate.ts';
import { findServer } from '../../src/machine.ts';

export const lookup: CommandLookup = lookupIn(join(import.meta.dirname, '../..'));

const find = (version?: number) =>
  optionalServer(() => findServer({ version, binaries: undefined }, lookup), 'CARPOOL_POSTGRES');
const any = await find();
const newest = await find(18);

/** What the tests run on, where nothing depends on the version. */
export const server: Binaries | undefined = any.server;
/** One of each version that the tests are run on. */
export const servers: readonly Binaries[] = [any, newest].flatMap((it) => it.server ?? []);

/** For the names of such groups: why they are skipped. */
export const reason: string = any.reason;
