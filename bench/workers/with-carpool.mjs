// What an adapter does in every isolated test file before its first test.
import { sharedClient } from 'carpool/client';

await sharedClient({ address: process.env.CARPOOL_ADDRESS, runner: 'bench' });
