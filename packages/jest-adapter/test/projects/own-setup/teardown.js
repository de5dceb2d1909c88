import carpoolTeardown from '@carpool/jest/global-teardown';

export default async function teardown(globalConfig, projectConfig) {
  await carpoolTeardown(globalConfig, projectConfig);
  await carpoolTeardown(globalConfig, projectConfig);
  console.error('own teardown');
}
