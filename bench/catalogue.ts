/** The files of rows/, in the order in which they run; the table has an order of its own. */

export const rows = [
  'suites-vitest-forks',
  'suites-vitest-threads',
  'suites-jest',
  'suites-playwright',
  'playwright-each',
  'suites-requests',
  'plushie-screenshots',
  'language-server',
  'break-even',
  'host-start',
  'thousand-tests',
  'cpu',
  'relay-round-trip',
  'relay-pipelined',
  'relay-16mib',
  'pool-small',
  'pool-63mib',
  'plushie-messages',
  'postgres-database',
  'redis-keyspace',
  'warm-session',
  'held-messages',
  'idle-sessions',
  'host-memory',
  'suite-memory',
  'memory',
  'worker-round-trip',
  'worker-in-flight',
  'worker-payload',
  'locks',
  'deadlock-search',
  'unread-answers',
] as const;

/** What `--growth` runs instead: no budgets, and it takes long. */
export const growth = ['growth-files', 'growth-tests', 'growth-sessions', 'growth-messages'] as const;
