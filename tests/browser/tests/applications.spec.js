// Somebody applies for a card at the office: the reviewer asks for what is missing, the officer finds
// it in the queue and hands it in, the card is granted and stands on the person's page.
import path from 'node:path';

import { faults } from '../axe.js';
import { expect } from '../desk.js';
import { becomes, choose, dayAgo, file, paper, part, shows, test } from '../day.js';
import { pictures } from '../paths.js';
import { born } from '../people.js';

const adult = born(1970, 1984);

/** Opens the form, fills it in, files it; the act's own page is open then, and final. */
async function apply(page, person) {
  await page.goto('/acts/new/card_application');
  await choose(part(page, 'Người'), person);
  await page.getByLabel('Lý do cấp').selectOption('Bị mất');
  for (const taken of ['Ảnh khuôn mặt', 'Vân tay', 'Mống mắt']) await page.getByLabel(taken).check();
  await file(page);
  await becomes(page, 'chính thức');
  return page.url();
}

const picture = (name) => path.join(pictures, `${name}.png`);
const code = (url) => /[0-9a-f]{32}/.exec(url)[0];

test('a card is asked about, handed in and granted, and the office sees each step', async ({ page, world, signIn, somebody }) => {
  await signIn(page);
  const person = somebody(adult);
  const act = await apply(page, person);
  await expect(page.locator('#act-items')).toContainText('đã tiếp nhận');
  await page.goto('/acts?state=under_way');
  await expect(page.getByRole('row').filter({ hasText: person.name })).toBeVisible();

  await world.centre.operate('application', code(act), 'ask', '--words', 'ảnh mờ, chụp lại');
  await page.goto('/');
  const asked = page.locator('section').filter({ hasText: 'Cần bổ sung' });
  await shows(page, asked.getByRole('row').filter({ hasText: person.name }));
  await page.screenshot({ path: picture('application-queue'), fullPage: true });
  await asked.getByRole('row').filter({ hasText: person.name }).getByRole('link').first().click();
  await expect(page.getByText('Trung tâm yêu cầu bổ sung: ảnh mờ, chụp lại')).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await page.screenshot({ path: picture('application-asked'), fullPage: true });

  await page.getByRole('link', { name: 'Bổ sung giấy tờ' }).click();
  await paper(page, 'ảnh chân dung', '2', dayAgo(0).typed);
  await file(page);
  await becomes(page, 'chính thức');
  await page.goto(act);
  await shows(page, page.locator('#act-items').getByText('đã tiếp nhận'));
  await expect(page.getByText('Trung tâm yêu cầu bổ sung')).toHaveCount(0);

  await world.centre.operate('application', code(act), 'decide');
  await shows(page, page.locator('#act-items').getByText('đã có kết quả'));
  await expect(page.getByRole('link', { name: 'Rút hồ sơ' })).toHaveCount(0);
  await page.locator('#act-items').getByRole('link', { name: new RegExp(person.name) }).click();
  await expect(page.getByText(/^Cấp lại thẻ căn cước, .*, đã có kết quả$/)).toBeVisible();
  await expect(page.getByText(/Ngày cấp .*Bộ Công an/).first()).toBeVisible();
  await page.screenshot({ path: picture('application-person'), fullPage: true });
});

test('an application without a result is taken back, and then the centre can grant nothing', async ({ page, world, signIn, somebody }) => {
  await signIn(page);
  const act = await apply(page, somebody(adult));
  await page.getByRole('link', { name: 'Rút hồ sơ' }).click();
  await page.getByLabel('Lý do').fill('công dân tìm thấy thẻ');
  await file(page);
  await becomes(page, 'chính thức');
  await page.goto(act);
  await becomes(page, 'đã rút');
  await expect(world.centre.operate('application', code(act), 'decide')).rejects.toThrow(/application_unknown|taken back/);
});
