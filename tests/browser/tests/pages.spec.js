// What holds on every page: axe finds nothing serious in both languages, light and dark; nothing
// has to be scrolled sideways, also on a phone; little is sent; and how it looks is kept.
import path from 'node:path';

import { faults } from '../axe.js';
import { expect, measured, test } from '../desk.js';
import { pages } from '../pages.js';
import { pictures } from '../paths.js';

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1366, height: 768 };
/** What the browser may load for one page, nothing cached. */
const WEIGHT_MAX = 150_000;

/** By how many pixels a page is too wide for its window. */
const over = (page) => page.evaluate(() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth - clientWidth;
});

test('these rules find what is wrong', async ({ page }) => {
  await page.goto('/link');
  expect(await faults(page)).toEqual([]);
  expect(await over(page)).toBeLessThanOrEqual(0);
  await page.evaluate(() => {
    const main = document.getElementById('main');
    const dim = main.appendChild(document.createElement('p'));
    dim.textContent = 'hardly to be read';
    dim.style.color = 'rgb(200, 200, 200)';
    main.appendChild(document.createElement('input'));
    const wide = main.appendChild(document.createElement('div'));
    wide.style.width = '3000px';
    wide.style.height = '10px';
  });
  const found = (await faults(page)).join('\n');
  expect(found).toContain('color-contrast');
  expect(found).toContain('label');
  expect(await over(page)).toBeGreaterThan(0);
});

for (const { name, path: at, as = 'clerk', phone } of pages) {
  test.describe(name, () => {
    for (const language of ['vi', 'en']) {
      test.describe(language, () => {
        test.use({ as, language });

        test('axe, light and dark', async ({ page, world }) => {
          await page.goto(at(world));
          await expect(page.locator('html')).toHaveAttribute('lang', language);
          expect(await faults(page)).toEqual([]);
          await page.emulateMedia({ colorScheme: 'dark' });
          expect(await faults(page, ['color-contrast'])).toEqual([]);
        });

        test('nothing sideways', async ({ page, world }) => {
          await page.goto(at(world));
          for (const size of [DESK, PHONE]) {
            await page.setViewportSize(size);
            expect(await over(page), `pixels too wide at ${size.width}`).toBeLessThanOrEqual(0);
          }
        });
      });
    }

    test.describe('light', () => {
      test.use({ as });

      test('weight, and a picture', async ({ page, context, world }) => {
        const wire = await context.newCDPSession(page);
        await wire.send('Network.enable');
        await wire.send('Network.setCacheDisabled', { cacheDisabled: true });
        let bytes = 0;
        wire.on('Network.loadingFinished', (end) => { bytes += end.encodedDataLength; });
        await page.goto(at(world));
        const server = await page.evaluate(() => {
          const { requestStart, responseStart } = performance.getEntriesByType('navigation')[0];
          return responseStart - requestStart;
        });
        measured(`page ${name.padEnd(12)} ${(bytes / 1000).toFixed(0).padStart(4)} kB  ${server.toFixed(0).padStart(4)} ms until its first byte`);
        expect(bytes).toBeGreaterThan(1_000);
        expect(bytes).toBeLessThanOrEqual(WEIGHT_MAX);

        await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });
        if (phone) {
          await page.setViewportSize(PHONE);
          await page.screenshot({ path: path.join(pictures, `${name}-phone.png`), fullPage: true });
        }
      });
    });
  });
}
