// What a clerk meets in an act's form: whom it does not take, all that stands against it, what
// hardly can be right; a household's page; and the camera that reads a receipt.
import path from 'node:path';

import { faults } from '../axe.js';
import { choose, dayAgo, paper, part, test } from '../day.js';
import { expect } from '../desk.js';
import { pictures } from '../paths.js';
import { born } from '../people.js';

test.use({
  launchOptions: async ({ launchOptions }, use) => use({
    ...launchOptions,
    args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  }),
});

const picture = (page, name) => page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });

/** The record of somebody of the day's office. */
const record = async (day, person) => (await day.ask(`/api/v1/people?q=${person.pin}&limit=1`))[0];

test('the dead stand in a picker with the reason and cannot be chosen', async ({ page, day, somebody, signIn }) => {
  const person = somebody(born(1940, 1960));
  const { id } = await record(day, person);
  await day.ask('/api/v1/acts', { act: 'death', person: { id }, date: dayAgo(3).iso, ground: 'giấy báo tử',
    evidence: [{ kind: 'giấy báo tử' }] });
  await signIn(page);
  await page.goto('/acts/new/temporary_registration');
  const who = part(page, 'Người');
  await who.getByLabel('Tìm trong dữ liệu của xã').fill(person.pin);
  const radio = who.getByRole('radio', { name: person.name });
  await expect(radio).toBeDisabled();
  await expect(radio).toHaveAccessibleDescription(/đã được đăng ký khai tử/);
  expect(await faults(page)).toEqual([]);
  await picture(page, 'form-barred');
  // Where an act needs the dead, they can be chosen.
  await page.goto('/acts/new/death_revoked');
  const dead = part(page, 'Người');
  await choose(dead, person);
  await page.goto(`/acts/new/contact?person=${id}`);
  await expect(page.getByText('đã được đăng ký khai tử')).toBeVisible();
  expect(await faults(page)).toEqual([]);
});

test('all that stands against an act is told at once, each beside its input', async ({ page, signIn }) => {
  await signIn(page);
  await page.goto('/acts/new/late_birth');
  const child = part(page, 'Người được khai sinh');
  await child.getByLabel('Họ, chữ đệm và tên').fill('Phạm Gia Bình');
  await child.getByLabel('Ngày sinh').fill(dayAgo(5).typed);
  await child.getByLabel('Giới tính').selectOption('Nam');
  await page.getByLabel('Nhập vào hộ').check();
  await page.getByRole('button', { name: 'Xem lại trước khi nộp' }).click();
  await expect(child.getByLabel('Ngày sinh')).toHaveAccessibleDescription(/chưa hết thời hạn 60 ngày/);
  await expect(page.getByText(/Điều 16/)).toBeVisible();
  await expect(page.getByText(/không thường trú ở xã này/)).toBeVisible();
  await picture(page, 'form-refused');
  expect(await faults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Bỏ bản nháp' }).click();
});

test('a mother who is a child herself is told before filing', async ({ page, somebody, signIn }) => {
  const girl = somebody((person) => born(2016, 2022)(person) && person.sex === '2');
  await signIn(page);
  await page.goto('/acts/new/birth');
  const child = part(page, 'Người được khai sinh');
  await child.getByLabel('Họ, chữ đệm và tên').fill('Phạm Gia An');
  await child.getByLabel('Ngày sinh').fill(dayAgo(5).typed);
  await child.getByLabel('Giới tính').selectOption('Nữ');
  await choose(part(page, 'Mẹ'), girl);
  await paper(page, 'giấy chứng sinh', '77', dayAgo(4).typed);
  await page.getByRole('button', { name: 'Xem lại trước khi nộp' }).click();
  await expect(page.getByText(/chưa đủ 12 tuổi khi sinh con/)).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Sửa lại' }).click();
  await page.getByRole('button', { name: 'Bỏ bản nháp' }).click();
});

test('a household shows who did what to it, and when it counts', async ({ page, day, somebody, signIn }) => {
  const person = somebody(({ household_file: file }) => file);
  const { household } = await record(day, person);
  await signIn(page);
  await page.goto(`/households/${household}?reason=counter`);
  await expect(page.getByRole('heading', { name: 'Thành viên' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Quá trình' })).toBeVisible();
  await picture(page, 'household-day');
  expect(await faults(page)).toEqual([]);
});

test('the search of the start stands in line', async ({ page, signIn }) => {
  await signIn(page);
  await page.goto('/');
  const row = page.getByRole('search');
  const boxes = [row.getByRole('searchbox'), row.getByRole('combobox'), row.getByRole('button')];
  await picture(page, 'start-search');
  const [box, ...others] = await Promise.all(boxes.map((one) => one.boundingBox()));
  for (const other of others) {
    expect(Math.abs(other.y - box.y)).toBeLessThanOrEqual(1);
    expect(Math.abs(other.height - box.height)).toBeLessThanOrEqual(1);
  }
});

test('the camera reads a receipt where the browser can, and typing stays', async ({ page }) => {
  await page.goto('/verify');
  await expect(page.getByRole('button', { name: 'Quét bằng máy ảnh' })).toBeHidden();
  await expect(page.getByLabel('Nội dung mã vuông trên giấy')).toBeVisible();
  await page.addInitScript(() => {
    window.BarcodeDetector = class {
      static getSupportedFormats() { return Promise.resolve(['qr_code']); }

      detect() { return Promise.resolve([{ rawValue: 'VNR1:KHONG' }]); }
    };
  });
  await page.goto('/verify');
  expect(await faults(page)).toEqual([]);
  await picture(page, 'verify-camera');
  await page.getByRole('button', { name: 'Quét bằng máy ảnh' }).click();
  await expect(page.getByText('Chưa chứng minh được giấy này là thật.')).toBeVisible();
  await expect(page.getByLabel('Nội dung mã vuông trên giấy')).toHaveValue('VNR1:KHONG');
});
