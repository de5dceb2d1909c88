/** The classes of owners, for adapters that do not load them with every test file (`slot.open`). */
import { FileOwner } from '../client/file-owner.ts';
import { Owner } from '../client/owner.ts';
import { TestClock } from '../client/test-clock.ts';
import type { OwnerClasses } from './current-test.ts';

/** `Owner`, `FileOwner` and `TestClock`. */
export const owners: OwnerClasses = { Owner, FileOwner, TestClock };
