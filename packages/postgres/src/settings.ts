/** How the server is set. It lasts as long as the run, so it need not survive a crash of the machine. */

const fast = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
  // No database lives long enough for it; and a worker that vacuums one would be in the way of its drop.
  autovacuum: 'off',
  // A checkpoint in the middle of a run gains nothing; CREATE and DROP DATABASE force their own.
  checkpoint_timeout: '1h',
  max_wal_size: '256MB',
  min_wal_size: '32MB',
  shared_buffers: '128MB',
  max_connections: 300,
  // A file in its own folder, which goes with it; in /dev/shm, one of a killed server would stay.
  dynamic_shared_memory_type: 'mmap',
  // The pool starts a new server, with the template, in place of one that has crashed.
  restart_after_crash: 'off',
  logging_collector: 'off',
  log_destination: 'stderr',
  // Its log is evidence; a test that provokes errors should not fill it with the statements.
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  ssl: 'off',
} as const;

export type Settings = Readonly<Record<string, string | number | boolean>>;

/** The arguments of `postgres`. The user's settings win, except over where it listens. */
export function settingsArguments(place: Settings, settings: Settings = {}): string[] {
  const all = { ...fast, ...settings, ...place };
  return Object.entries(all).flatMap(([name, value]) => [
    '-c',
    `${name}=${typeof value === 'boolean' ? onOff(value) : value}`,
  ]);
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off';
}
