import { defineConfig } from 'carpool';

export default defineConfig({ pools: { echo: { command: process.execPath, maxSession: 3 } } } as never) as {
  pools: { echo: { command: string } };
};
