// A record is opened with a reason; a person leads to the household and to the acts.
import { expect, test } from '../desk.js';

test('a record opens with a reason from the list, and with none it asks', async ({ page, world }) => {
  await page.goto(`/people/${world.subject.id}`);
  await expect(page.getByRole('heading', { name: 'Lý do mở hồ sơ' })).toBeVisible();
  await expect(page.getByText(world.subject.name)).toHaveCount(0);
  await page.getByRole('button', { name: 'Xác minh theo yêu cầu' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(world.subject.name);
  await expect(page).toHaveURL(/reason=verification$/);
});

test('a person leads to the household and back to a member', async ({ page, world }) => {
  await page.goto(`/people/${world.subject.id}?reason=counter`);
  await page.getByRole('link', { name: 'Mở hộ gia đình' }).click();
  await expect(page.getByRole('heading', { name: 'Thành viên' })).toBeVisible();
  await page.getByRole('link', { name: world.subject.name }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(world.subject.name);
});

test('what was done to a record stands in its time line, with its state', async ({ page, world }) => {
  await page.goto(`/people/${world.subject.id}?reason=counter`);
  await expect(page.getByText('0912345678').or(page.getByText('0912 345 678')).first()).toBeVisible();
  const line = page.locator('.line-of-time > li').first();
  await expect(line).toContainText('chính thức');
  await line.getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(`/acts/${world.subject.act}$`));
  await expect(page.getByText(world.subject.act)).toBeVisible();
});

test('what this office does not hold is told in words', async ({ page }) => {
  await page.goto('/people/00000000000000000000000000000000?reason=counter');
  await expect(page.getByText('Trạm này không giữ bản ghi hay hồ sơ đó.')).toBeVisible();
});
