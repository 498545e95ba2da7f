// The camera of the page that verifies receipts: no stream stays on that nobody can switch off.
import { test } from '../day.js';
import { expect } from '../desk.js';

/** A browser that reads square codes and sees none, with cameras of which it is known which run. */
const camera = () => {
  window.BarcodeDetector = class {
    static getSupportedFormats() { return Promise.resolve(['qr_code']); }

    detect() { return Promise.resolve([]); }
  };
  window.cameras = [];
  window.slowly = [];
  navigator.mediaDevices.getUserMedia = async () => {
    if (window.slow) await new Promise((go) => { window.slowly.push(go); });
    const stream = document.createElement('canvas').captureStream(5);
    window.cameras.push(stream);
    return stream;
  };
};

/** How many cameras were opened, and how many of them run. */
const running = (page) => page.evaluate(() => {
  const lives = window.cameras.filter((stream) => stream.getTracks().some((track) => track.readyState === 'live'));
  return [window.cameras.length, lives.length];
});

const scan = (page) => page.getByRole('button', { name: 'Quét bằng máy ảnh' });
const stop = (page) => page.getByRole('button', { name: 'Dừng quét' });

test.beforeEach(async ({ page }) => {
  await page.addInitScript(camera);
  await page.goto('/verify');
});

test('while the camera looks it is not started again, and stopping ends it', async ({ page }) => {
  await scan(page).click();
  await expect(stop(page)).toBeFocused();
  await expect(scan(page)).toBeHidden();
  expect(await running(page)).toEqual([1, 1]);
  await stop(page).click();
  await expect(scan(page)).toBeVisible();
  expect(await running(page)).toEqual([1, 0]);
});

test('a camera that is given after the page has gone out of sight is switched off', async ({ page }) => {
  await page.evaluate(() => { window.slow = true; });
  await scan(page).click();
  await expect(scan(page)).toBeHidden();
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { get: () => window.away, configurable: true });
    window.away = true;
    document.dispatchEvent(new Event('visibilitychange'));
    window.away = false;
    window.slow = false;
  });
  // Back again: the one that is wanted now runs, the earlier one does not.
  await scan(page).click();
  await expect(stop(page)).toBeVisible();
  await page.evaluate(() => window.slowly.forEach((go) => go()));
  await expect.poll(() => running(page)).toEqual([2, 1]);
  await stop(page).click();
  expect(await running(page)).toEqual([2, 0]);
});
