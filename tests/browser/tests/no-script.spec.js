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
