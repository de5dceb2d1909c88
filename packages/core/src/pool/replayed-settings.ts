/** The settings of a pool that is answered from recordings. */
import type { PoolSettings } from './options.ts';

export function replayedSettings(settings: PoolSettings): PoolSettings {
  // Nothing is opened ahead: that would be of no test, and so without a recording. What a child had sent piece by piece comes at once, while the test is still busy. Unread events
  // wait in the process of the test, as many as the recording has.
  return { ...settings, warm: 0, maxUnreadEvents: Number.MAX_SAFE_INTEGER };
}
