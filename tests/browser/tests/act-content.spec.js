// What an act changed is read again on its page: before and after, of somebody who is held here, and
// of somebody who was named by card, before and after the centre has found them. Who looked is
// written down.
import path from 'node:path';

import { faults } from '../axe.js';
import { expect } from '../desk.js';
import { becomes, choose, file, line, movesIn, part, shows, test } from '../day.js';
import { pictures } from '../paths.js';
import { born, people } from '../people.js';

const adult = born(1985, 2000);
const PHONE = { width: 390, height: 844 };

/** What an act changed, as its page tells it. */
const content = (page) => page.locator('#act-changes');

/** The cells of an item: before and after. */
const cells = (page, item) => content(page).locator('tr').filter({ hasText: item }).locator('td');

/** A telephone number put on the record of somebody, as a clerk does it. */
async function telephone(page, person, number) {
  await page.goto('/acts/new/contact');
  await choose(part(page, 'Người'), person);
  await page.getByLabel('Điện thoại').fill(number);
  await file(page);
}

/** Axe finds nothing in either light, and nothing has to be scrolled sideways on a phone. */
async function reads(page, name) {
  expect(await faults(page)).toEqual([]);
  await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await faults(page, ['color-contrast'])).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });
  const size = page.viewportSize();
  await page.setViewportSize(PHONE);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over).toBeLessThanOrEqual(0);
  await page.screenshot({ path: path.join(pictures, `${name}-phone.png`), fullPage: true });
  await page.setViewportSize(size);
}

test('the page of an act shows what stood before and after, and that it was looked at', async ({ page, signIn, somebody }) => {
  await signIn(page);
  const person = somebody(adult);
  await telephone(page, person, '0911111111');
  await telephone(page, person, '0922222222');
  const cell = cells(page, '0922222222');
  await expect(cell.nth(1)).toContainText('0911111111');
  await expect(cell.nth(2)).toContainText('0922222222');
  await expect(content(page).getByRole('heading', { level: 3 })).toContainText(person.name);
  await becomes(page, 'chính thức');
  await expect(cells(page, '0922222222').nth(1)).toContainText('0911111111');
  await reads(page, 'act-content');

  // The time line tells the office and leads back here.
  await page.locator('#act-items').getByRole('link', { name: new RegExp(`^${person.name}`) }).click();
  const latest = page.locator('.line-of-time > li').first();
  await expect(latest).toContainText(/lan, (Phường|Xã) /);
  await latest.getByRole('link').click();
  await expect(content(page)).toContainText('0911111111');

  await page.goto('/readings');
  await expect(page.getByRole('row').filter({ hasText: person.name }).filter({ hasText: 'Đang làm thủ tục' }).first()).toBeVisible();
});

test('who was named by card has a name everywhere, and what stood before once they are here', async ({ page, world, signIn }) => {
  await signIn(page);
  const moved = people(world.centre.folder).filter((p) => p.residence_unit === '00025'
    && adult(p) && p.relation !== 'head' && p.spouse_pin === '').at(-1);
  await line(page, 'Ngắt để diễn tập');
  await movesIn(page, moved);
  await page.getByRole('button', { name: 'Xem lại trước khi nộp' }).click();
  // The look over it tells the same, before it is filed.
  await expect(page.getByRole('heading', { level: 2 }).filter({ hasText: moved.name })).toBeVisible();
  await expect(page.getByText('người ở nơi khác')).toHaveCount(0);
  expect(await faults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Nộp hồ sơ' }).click();
  await expect(page).toHaveURL(/\/acts\/[0-9a-f]{32}/);
  const act = page.url();

  const about = new RegExp(`${moved.name} \\(\\d{4}\\), Hộ HO-TAM-`);
  await expect(page.locator('#act-items')).toContainText(about);
  await expect(content(page)).toContainText('không biết giá trị trước đó');
  await expect(content(page)).toContainText('nhà của mình');
  await reads(page, 'act-content-card');
  await page.goto(`${act}/receipt`);
  await expect(page.getByText(about)).toBeVisible();
  await page.goto('/acts');
  await expect(page.getByRole('row').filter({ hasText: about })).toBeVisible();

  await line(page, 'Nối lại');
  await page.goto(act);
  await becomes(page, 'chính thức');
  // The centre sends the person; the act's own page tells then what it ended.
  await shows(page, content(page).locator('del').first());
  await expect(content(page)).not.toContainText('không biết giá trị trước đó');
  await expect(page.locator('#act-items')).toContainText(moved.name);
  await page.locator('#act-items').getByRole('link', { name: new RegExp(`^${moved.name}`) }).click();
  await expect(page.locator('.line-of-time')).toContainText('CT01, 311');
});

test.describe('in English', () => {
  test.use({ language: 'en' });

  test('the same stands in the other language', async ({ page, day, somebody }) => {
    await page.goto('/sign-in');
    await page.getByLabel('Account name').fill(day.officer);
    await page.getByLabel('Password').fill(day.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const person = somebody(adult);
    const filed = await day.ask('/api/v1/acts', { act: 'contact', phone: '0933333333',
      person: (await day.ask(`/api/v1/people?q=${person.pin}`))[0].id });
    await page.goto(`/acts/${filed.act}`);
    await expect(content(page).getByRole('heading', { name: 'What it changes' })).toBeVisible();
    await expect(content(page)).toContainText('0933333333');
    expect(await faults(page)).toEqual([]);
  });
});
