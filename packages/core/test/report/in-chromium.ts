/** A page of `carpool report --html` in a real browser, for tests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from '@carpool/test-harness/programs';
import { chromium as browserType, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { sizes, type Scheme, type Size } from './page-looks.ts';

/** The page that was built. */
export const template: string = readFileSync(join(import.meta.dirname, '../../dist/report-page.html'), 'utf8');
/** The folder for pages and pictures of them. */
export const pictures: string = join(import.meta.dirname, '../../test-results/report-page');
/** Milliseconds: a browser on a busy machine. */
export const timeout = 90_000;

/** What was said last to those who do not see it. */
export function live(page: Page): Promise<string | null> {
  return page.locator('#live').textContent();
}

/**
 * One browser for the tests of a `describe`.
 * @param file that is opened where a test names none
 * @returns opens a page; its test fails if the page logs anything, throws, or asks for anything but itself
 */
export function inChromium(file: string): (size?: Size, scheme?: Scheme, path?: string) => Promise<Page> {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await browserType.launch({ executablePath: chromium.path ?? '', args: ['--no-sandbox'] });
  }, timeout);
  afterAll(() => browser?.close());
  return async (size = 'laptop', scheme = 'light', path = file) => {
    if (browser === undefined) throw new Error('There is no browser');
    const page = await browser.newPage({ viewport: sizes[size], colorScheme: scheme, reducedMotion: 'reduce' });
    const faults: string[] = [];
    page.on('console', (message) => faults.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('request', (request) => faults.push(`asked for ${request.url()}`));
    onTestFinished(async () => {
      await page.close();
      expect(faults).toEqual([`asked for ${pathToFileURL(path).href}`]);
    });
    await page.goto(pathToFileURL(path).href);
    await page.waitForSelector('html[data-ready]');
    return page;
  };
}
