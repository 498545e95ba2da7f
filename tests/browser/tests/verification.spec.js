// The page that checks receipts by itself, opened from a file without a network: what is genuine,
// what is not, and a browser that cannot tell says so.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

import { run } from '../daemons.js';
import { pictures, worldFile, worldFolder } from '../paths.js';

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const file = path.join(worldFolder, 'verify.html');
let receipt;
let downloaded;

test.use({
  launchOptions: async ({ launchOptions }, use) => use({
    ...launchOptions,
    args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  }),
});

test.beforeAll(async () => {
  const { offices: { reading }, subject } = JSON.parse(fs.readFileSync(worldFile, 'utf8'));
  fs.writeFileSync(file, await run('commune-node', 'verification-page', '--data', reading.data));
  const said = await run('commune-node', '--format', 'json', 'receipt', subject.act, '--data', reading.data);
  receipt = JSON.parse(said);
  const answer = await fetch(`${reading.base}/verification-page`);
  expect(answer.headers.get('content-disposition')).toContain('attachment');
  downloaded = await answer.text();
});

/** Opens the page without a network; nothing else may be asked for. */
async function opened(page, context, at = file) {
  const asked = [];
  context.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => { if (message.type() === 'error') asked.push(message.text()); });
  page.on('pageerror', (error) => asked.push(`${error}`));
  await context.setOffline(true);
  await page.goto(pathToFileURL(at).href);
  return asked;
}

async function check(page, text) {
  await page.getByLabel('Nội dung mã vuông trên giấy').fill(text);
  await page.getByRole('button', { name: 'Kiểm tra', exact: true }).click();
}

/** The same receipt with one byte changed, spelt as it should be. */
function forged(text, place) {
  const bytes = [];
  const body = text.slice(5);
  for (let at = 0; at < body.length; at += 3) {
    const group = [...body.slice(at, at + 3)].map((letter) => LETTERS.indexOf(letter));
    const number = group.reduceRight((all, digit) => all * 45 + digit, 0);
    if (group.length === 3) bytes.push(number >> 8);
    bytes.push(number & 255);
  }
  bytes[place < 0 ? bytes.length + place : place] ^= 1;
  let out = 'VNR1:';
  for (let at = 0; at < bytes.length; at += 2) {
    const pair = bytes.slice(at, at + 2);
    let number = pair.reduce((all, byte) => all * 256 + byte, 0);
    for (let digit = 0; digit <= pair.length; digit += 1) {
      out += LETTERS[number % 45];
      number = Math.floor(number / 45);
    }
  }
  return out;
}

const genuine = (page) => page.getByText('Giấy thật: một thiết bị của cơ quan nhà nước đã ký.');
const notProven = (page) => page.getByText('Chưa chứng minh được giấy này là thật.');

test('a receipt is genuine, and what it does not prove is said', async ({ page, context }) => {
  const asked = await opened(page, context);
  await check(page, `  ${receipt.text}\n`);
  await expect(genuine(page)).toBeVisible();
  await expect(page.getByText(receipt.tracking)).toBeVisible();
  await expect(page.getByText('Cập nhật số điện thoại, thư điện tử')).toBeVisible();
  await expect(page.getByText(/Phường .*, .*\(00004\)/)).toBeVisible();
  await expect(page.getByText('chỉ trung tâm biết kết quả cuối cùng')).toBeVisible();
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByText('Genuine: a device of an office has signed it.')).toBeVisible();
  await expect(page.getByText('Phone and e-mail')).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([]);
});

test('what was changed, cut or is of others is not believed', async ({ page, context }) => {
  const asked = await opened(page, context);
  for (const [text, why] of [
    [forged(receipt.text, -1), 'chữ ký không khớp'],
    // Within the act's number, far behind the certificates.
    [forged(receipt.text, -100), /chữ ký không khớp|bị hỏng/],
    [forged(receipt.text, 100), /không dẫn về gốc tin cậy|không phải của thiết bị|bị hỏng/],
    [receipt.text.slice(0, -30), 'Nội dung bị hỏng'],
    [receipt.text.toLowerCase().replace('vnr1', 'VNR1'), 'Nội dung bị hỏng'],
    ['https://vneid.gov.vn', 'phải bắt đầu bằng VNR1'],
    [`VNR1:${'A'.repeat(2000)}`, 'quá dài'],
    ['', 'phải bắt đầu bằng VNR1'],
  ]) {
    await check(page, text);
    await expect(notProven(page)).toBeVisible();
    await expect(page.locator('#said')).toContainText(why);
    await expect(genuine(page)).toHaveCount(0);
  }
  await check(page, receipt.text);
  await expect(genuine(page)).toBeVisible();
  expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([]);
});

test('every byte counts', async ({ page, context }) => {
  test.slow();
  await opened(page, context);
  const bytes = Math.floor((receipt.text.length - 5) / 3) * 2;
  let believed = 0;
  for (let place = 0; place < bytes; place += 13) {
    await check(page, forged(receipt.text, place));
    await expect(page.locator('#said .note')).toBeVisible();
    believed += await genuine(page).count();
  }
  expect(believed).toBe(0);
});

test('a receipt of another authority is not believed', async ({ page, context }) => {
  const folder = path.join(worldFolder, 'other-authority');
  await run('provision', 'init', '--dir', folder);
  const other = path.join(worldFolder, 'verify-other.html');
  fs.writeFileSync(other, await run('commune-node', 'verification-page', '--root', path.join(folder, 'root.pem')));
  await opened(page, context, other);
  // The page says by whose root it checks, as the authority itself tells it.
  const root = await run('provision', 'show', path.join(folder, 'root.pem'));
  const shown = await page.locator('#root').textContent();
  expect(shown).toMatch(/^[0-9a-f]{64}$/);
  expect(root).toContain(shown);
  await check(page, receipt.text);
  await expect(notProven(page)).toBeVisible();
  await expect(page.locator('#said')).toContainText('không dẫn về gốc tin cậy');
});

test('a browser that cannot check signatures says so, and neither genuine nor forged', async ({ page, context }) => {
  await context.addInitScript(() => {
    const refuse = async () => { throw new DOMException('Unrecognized name.', 'NotSupportedError'); };
    crypto.subtle.importKey = refuse;
  });
  await opened(page, context);
  await expect(page.getByRole('alert')).toContainText('không kiểm tra được chữ ký');
  await check(page, receipt.text);
  await expect(page.getByText('Chưa kiểm tra được.')).toBeVisible();
  await expect(genuine(page)).toHaveCount(0);
  await expect(notProven(page)).toHaveCount(0);
});

test('where the browser reads square codes, the camera and a photograph do', async ({ page, context }) => {
  await context.addInitScript((text) => {
    window.BarcodeDetector = class {
      static async getSupportedFormats() { return ['qr_code']; }
      async detect() { return [{ rawValue: text }]; }
    };
  }, receipt.text);
  await opened(page, context);
  await page.locator('input[type=file]').setInputFiles({
    name: 'photo.png', mimeType: 'image/png',
    buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'),
  });
  await expect(genuine(page)).toBeVisible();
  await page.getByRole('button', { name: 'Xóa' }).click();
  await expect(genuine(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Quét bằng máy ảnh' }).click();
  await expect(genuine(page)).toBeVisible();
  await expect(page.locator('#view')).toBeHidden();
});

test('axe finds nothing, light and dark, in both languages; nothing sideways on a telephone', async ({ page, context }) => {
  await opened(page, context);
  await check(page, receipt.text);
  await expect(genuine(page)).toBeVisible();
  for (const language of ['vi', 'en']) {
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].target}`), `${language} ${colorScheme}`).toEqual([]);
    }
    await page.getByRole('button', { name: language === 'vi' ? 'English' : 'Tiếng Việt' }).click();
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 390, height: 844 });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(over).toBeLessThanOrEqual(0);
  await page.screenshot({ path: path.join(pictures, 'verification-phone.png'), fullPage: true });
});

test('the page of the command and the one of the office are the same, and not heavy', async () => {
  const page = fs.readFileSync(file, 'utf8');
  expect(downloaded).toBe(page);
  const bytes = Buffer.byteLength(page);
  test.info().annotations.push({ type: 'figure', description: `the checking page weighs ${Math.ceil(bytes / 1000)} kB` });
  expect(bytes).toBeLessThan(250_000);
});
