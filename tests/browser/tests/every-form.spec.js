// Every form that the office offers: empty, and as it answers when nothing was filled in.
import { faults } from '../axe.js';
import { expect, test } from '../desk.js';

const REVIEW = 'Xem lại trước khi nộp';

test('no form has a fault, empty or with all that is missing told', async ({ page, world }) => {
  await page.goto('/acts/new');
  const hrefs = await page.locator('.doors').getByRole('link').evaluateAll(
    (links) => links.map((link) => link.getAttribute('href')));
  expect(hrefs.length).toBeGreaterThan(25);
  for (const href of hrefs) {
    await test.step(href, async () => {
      await page.goto(`${href}?person=${world.subject.id}`);
      expect(await faults(page), href).toEqual([]);
      const review = page.getByRole('button', { name: REVIEW });
      // Acts that need a record of another kind first say so instead of showing a form.
      if (!await review.isVisible()) return;
      await review.click();
      await expect(page.getByRole('alert').or(page.getByRole('heading', { name: 'Xem lại' })).first()).toBeVisible();
      expect(await faults(page), `${href}, answered`).toEqual([]);
      const drop = page.getByRole('button', { name: 'Bỏ bản nháp' });
      if (await drop.isVisible()) await drop.click();
    });
  }
});
