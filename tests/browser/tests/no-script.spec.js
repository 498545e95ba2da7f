// Without JavaScript everything works that works with it; only by whole pages.
import { bar, expect, test } from '../desk.js';

test.use({ javaScriptEnabled: false, office: 'line', as: 'nobody' });

test('sign in, find, open, cut and restore without JavaScript', async ({ page, signIn }) => {
  await signIn(page);
  await page.getByRole('searchbox', { name: 'Tìm người' }).fill('nguyen');
  await page.getByRole('button', { name: 'Tìm', exact: true }).click();
  await page.locator('#results').getByRole('link').first().click();
  await expect(page.getByRole('heading', { name: 'Nhân thân' })).toBeVisible();

  await page.getByRole('link', { name: 'Đường truyền' }).click();
  await page.getByRole('button', { name: 'Ngắt để diễn tập' }).click();
  await expect(bar(page)).toHaveClass(/\bamber\b/);
  await page.getByRole('button', { name: 'Nối lại' }).click();
  // The page says how the line is when it is asked for again.
  await expect(async () => {
    await page.reload();
    await expect(bar(page)).toHaveClass(/\bok\b/, { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
});

test('a record without a reason asks for one without JavaScript', async ({ page, signIn }) => {
  await signIn(page);
  await page.goto('/find?q=nguyen');
  const href = await page.locator('#results').getByRole('link').first().getAttribute('href');
  await page.goto(href.split('?')[0]);
  await page.getByRole('button', { name: 'Công dân tại quầy' }).click();
  await expect(page.getByRole('heading', { name: 'Nhân thân' })).toBeVisible();
});

test('an act is filed without JavaScript, with what is wrong told first', async ({ page, here, signIn }) => {
  await signIn(page);
  const [hit] = await here.ask('/api/v1/people?q=tran&limit=1');
  await page.goto(`/acts/new/contact?person=${hit.id}`);
  await page.getByLabel('Điện thoại').fill('12');
  await page.getByRole('button', { name: 'Xem lại trước khi nộp' }).click();
  await expect(page.getByLabel('Điện thoại')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Điện thoại')).toHaveValue('12');
  await page.getByLabel('Điện thoại').fill('0912 000 111');
  await page.getByRole('button', { name: 'Xem lại trước khi nộp' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Xem lại');
  await page.getByRole('button', { name: 'Nộp hồ sơ' }).click();
  await expect(page).toHaveURL(/\/acts\/[0-9a-f]{32}/);
});
