import carpoolSetup from '@carpool/jest/global-setup';

export default async function setup(globalConfig, projectConfig) {
  await carpoolSetup(globalConfig, projectConfig);
  // As if a preset and a file of the project both called it.
  await carpoolSetup(globalConfig, projectConfig);
  process.env['OWN_SETUP'] = 'done';
}
