import { carpoolFixtures } from '@carpool/playwright';
import { test as base } from '@playwright/test';
import config from './carpool.config.ts';

export const test = base.extend(carpoolFixtures(config));
