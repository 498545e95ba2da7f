// The status line follows the office by itself; the switch cuts and restores.
import { bar, expect, test } from '../desk.js';

test.use({ office: 'line' });

test('a cut turns the line amber on every open page, and restoring it green', async ({ page, context }) => {
  await page.goto('/');
  await expect(bar(page)).toHaveClass(/\bok\b/);
  await expect(bar(page)).toContainText('Đã nối trung tâm');

  const other = await context.newPage();
  await other.goto('/link');
  await other.getByRole('button', { name: 'Ngắt để diễn tập' }).click();
  await expect(other.getByRole('button', { name: 'Nối lại' })).toBeVisible();
  await expect(bar(page)).toHaveClass(/\bamber\b/);
  await expect(bar(page)).toContainText('Đường truyền đã ngắt để diễn tập');
  await expect(bar(page)).toContainText('hãy nối lại khi diễn tập xong');

  await other.getByRole('button', { name: 'Nối lại' }).click();
  await expect(bar(page)).toHaveClass(/\bok\b/);
});

test('asking the centre now is answered on the page', async ({ page }) => {
  await page.goto('/link');
  await page.getByRole('button', { name: 'Gửi ngay' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Đường truyền');
  await expect(page.getByText('Không có gì chưa gửi.')).toBeVisible();
});
