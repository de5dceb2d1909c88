import { carpoolSetup } from '@carpool/playwright/global-setup';

export default carpoolSetup({
  configFile: 'pools/more.config.ts',
  pools: { plain: { command: process.execPath, args: ['../child.mjs'] } },
  summary: false,
});
