import { existsSync } from 'node:fs';

import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const PLACE = process.env.CHROMIUM ?? '/usr/bin/chromium';

const PATIENCE_MILLIS = 10_000;

/** Why nothing is tried in a browser; undefined where there is one. */
export const NO_BROWSER = existsSync(PLACE)
  ? undefined
  : `skipped: there is no Chromium at ${PLACE} (set CHROMIUM)`;

/** A browser, started once for the tests of a file. */
export async function startChromium(): Promise<Browser> {
  // As root, in a container, there is no sandbox to be had.
  return chromium.launch({ executablePath: PLACE, args: ['--no-sandbox'] });
}

/** The verifier's page as the build made it, opened from disk; `asked` notes what it asks a network for. */
export async function openVerifier(
  browser: Browser,
  options: BrowserContextOptions = { locale: 'en' },
): Promise<{ readonly page: Page; readonly asked: string[] }> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE_MILLIS);
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(new URL('../../../dist/verifier/verify.html', import.meta.url).href);
  return { page, asked };
}
