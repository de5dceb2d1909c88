import { defineConfig } from 'carpool';

export default defineConfig({
  locks: {
    printer: 'lock', // the lock "printer"
    settings: { lock: 'settings.json' }, // a lock of another name
    readsCatalogue: { read: 'catalogue' }, // a reader-writer lock
    changesCatalogue: { write: 'catalogue', timeout: 300_000 },
    gigabyte: { semaphore: 8, name: 'gigabytes' }, // one permit of eight
    gigabytes: { semaphore: 8, weight: 4 }, // four of them
  },
});
