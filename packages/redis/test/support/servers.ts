/** The server of this machine. Without any, tests are skipped and say why; CARPOOL_REDIS=required: then they fail. */
import { join } from 'node:path';
import { lookupIn, optionalServer } from '@carpool/test-harness/servers';
import type { CommandLookup } from 'carpool';
import type { RedisBinary } from '../../src/locate.ts';
import { findServer } from '../../src/machine.ts';

export const lookup: CommandLookup = lookupIn(join(import.meta.dirname, '../..'));

const found = await optionalServer(() => findServer(undefined, lookup), 'CARPOOL_REDIS');

export const binary: RedisBinary | undefined = found.server;

/** For the names of groups that need it: why they are skipped. */
export const reason: string = found.reason;
