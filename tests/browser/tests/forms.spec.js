// What makes forms pleasant: files with a paper, hints while a person is typed, names of papers;
// and that axe finds nothing on a form that is half done, opened again, or looked over.
import { faults } from '../axe.js';
import { expect } from '../desk.js';
import { dayAgo, paper, part, test } from '../day.js';
import { born, people } from '../people.js';
import { DAY } from '../setup.js';

/** A picture of one pixel. */
const SCAN = {
  name: 'giấy chứng sinh.png',
  mimeType: 'image/png',
  buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'),
};

async function beginBirth(page, name) {
  await page.goto('/acts/new/birth');
  const child = part(page, 'Người được khai sinh');
  await child.getByLabel('Họ, chữ đệm và tên').fill(name);
  await child.getByLabel('Ngày sinh').fill(dayAgo(5).typed);
  await child.getByLabel('Giới tính').selectOption('Nữ');
  return child;
}

test('a scan is taken with its paper, seen before filing, and reaches the centre after the act', async ({ page, context, signIn }) => {
  await signIn(page);
  await beginBirth(page, 'Phạm Gia Hân');
  await part(page, 'Mẹ').getByText('Không có ở xã này').click();
  await part(page, 'Mẹ').getByLabel('Họ tên').fill('Lý Thị Hoa');
  await page.getByLabel('Số giấy chứng sinh').fill('GCS-7001');
  await paper(page, 'giấy chứng sinh', 'GCS-7001', dayAgo(4).typed);
  const papers = part(page, 'Giấy tờ kèm theo');
  await papers.getByLabel('Ảnh chụp, bản quét').setInputFiles(SCAN);
  const scan = papers.getByRole('link', { name: 'Ảnh (1 kB)' });
  await expect(scan).toBeVisible();
  await expect(part(page, 'Người được khai sinh').getByLabel('Họ, chữ đệm và tên')).toHaveValue('Phạm Gia Hân');
  expect(await faults(page)).toEqual([]);

  const [seen] = await Promise.all([context.waitForEvent('page'), scan.click()]);
  await seen.waitForLoadState();
  expect(await seen.evaluate(() => document.images[0]?.naturalWidth)).toBe(1);
  await seen.close();

  await page.getByRole('button', { name: 'Xem lại trước khi nộp' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Xem lại');
  expect(await faults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Nộp hồ sơ' }).click();
  await expect(page.getByRole('link', { name: 'Ảnh (1 kB)' })).toBeVisible();
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('đã ở trung tâm')).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
});

test('a file of another kind is told beside its input, and one can be taken away again', async ({ page, signIn }) => {
  await signIn(page);
  await beginBirth(page, 'Phạm Gia Bảo');
  await paper(page, 'giấy chứng sinh', '1', dayAgo(4).typed);
  const papers = part(page, 'Giấy tờ kèm theo');
  await papers.getByLabel('Ảnh chụp, bản quét').setInputFiles(
    { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
  await expect(papers.getByText('không phải JPEG, PNG hay PDF')).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await papers.getByLabel('Ảnh chụp, bản quét').setInputFiles(SCAN);
  await expect(papers.getByRole('link', { name: 'Ảnh (1 kB)' })).toBeVisible();
  await papers.getByRole('button', { name: 'Bỏ tệp này' }).click();
  await expect(papers.getByRole('link', { name: 'Ảnh (1 kB)' })).toHaveCount(0);
  await expect(papers.getByLabel('Loại giấy tờ')).toHaveValue('giấy chứng sinh');
  await page.getByRole('button', { name: 'Bỏ bản nháp' }).click();
});

test('somebody who is registered already is told while typing, and Telex is offered as it was meant', async ({ page, world, signIn }) => {
  await signIn(page);
  const known = people(world.centre.folder).find((p) => p.residence_unit === DAY && born(1985, 2000)(p));
  await page.goto('/acts/new/collection');
  await page.getByLabel('Họ, chữ đệm và tên').fill(known.name);
  await page.getByLabel('Ngày sinh').fill(known.birth_date.split('-').reverse().join('/'));
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: new RegExp(`^${known.name}`) })).toBeVisible();
  expect(await faults(page)).toEqual([]);

  const name = page.getByLabel('Họ, chữ đệm và tên');
  await name.fill('Nguyeenx Thij Hoaf');
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Nguyễn Thị Hòa' }).click();
  await expect(name).toHaveValue('Nguyễn Thị Hòa');
  await page.getByRole('button', { name: 'Bỏ bản nháp' }).click();
});

test('a draft that is opened again stands as it was left, and the start lists it', async ({ page, signIn }) => {
  await signIn(page);
  await beginBirth(page, 'Phạm Gia Khánh');
  await page.getByRole('button', { name: 'Lưu bản nháp' }).click();
  await page.goto('/');
  expect(await faults(page)).toEqual([]);
  await page.getByRole('listitem').filter({ hasText: 'Phạm Gia Khánh' }).getByRole('link').click();
  await expect(part(page, 'Người được khai sinh').getByLabel('Họ, chữ đệm và tên')).toHaveValue('Phạm Gia Khánh');
  expect(await faults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Bỏ bản nháp' }).click();
});

test('the usual names of papers are suggested', async ({ page, signIn }) => {
  await signIn(page);
  await page.goto('/acts/new/death');
  await expect(part(page, 'Giấy tờ kèm theo').getByLabel('Loại giấy tờ')).toHaveAttribute('list', 'papers');
  await expect(page.locator('#papers option[value="giấy báo tử"]')).toHaveCount(1);
});
