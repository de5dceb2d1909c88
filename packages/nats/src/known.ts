/** What is known of the record of a name. */
import { isRecord, type NameRecord } from './record.ts';
import { Unreadable, type Store } from './store.ts';

export interface Known {
  readonly record: NameRecord | undefined;
  readonly revision: number;
  /** It was neither read nor written here: anything may have been said. */
  readonly heard?: true;
}

/** @throws Unreadable: it is no record; and what the store says */
export async function readRecord(store: Store, key: string): Promise<Known> {
  const { value, revision } = (await store.get(key)) ?? { value: undefined, revision: 0 };
  if (value === undefined || isRecord(value)) return { record: value, revision };
  throw new Unreadable(key, value);
}
