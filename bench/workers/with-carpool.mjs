// What an adapter does in every isolated test file before its first test.
import { sharedClient } from 'carpool/adapter/test-process';

await sharedClient({ address: process.env.CARPOOL_ADDRESS, runner: 'bench' });
