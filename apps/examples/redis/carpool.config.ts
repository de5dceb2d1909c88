/** What the tests share: one Redis server. Each test has a database of its own on it. */
import { redis } from '@carpool/redis';
import { defineConfig } from 'carpool';

export default defineConfig({ pools: { redis: redis() } });
