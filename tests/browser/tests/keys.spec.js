// With keys alone: from the door to a person's record, seeing at each step where one is.
import { expect, test } from '../desk.js';

test.use({ as: 'nobody' });

/** What has the focus, and whether that can be seen. */
const focus = (page) => page.evaluate(() => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  return {
    what: `${at.tagName} ${(at.labels?.[0]?.textContent ?? at.textContent ?? '').trim().slice(0, 40)}`,
    href: at.getAttribute('href') ?? '',
    seen: style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2,
  };
});

/** Goes on with Tab until the focus is on what is wanted; it is to be seen on the way. */
async function tabTo(page, wanted) {
  for (let steps = 0; steps < 80; steps += 1) {
    const at = await focus(page);
    if (steps > 0) expect(at.seen, `focus is seen on ${at.what}`).toBe(true);
    if (wanted(at)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('80 steps of Tab did not reach it');
}

test('from the door to a record by Tab and Enter', async ({ page, here, world }) => {
  await page.goto('/sign-in');
  await expect(page.getByLabel('Tên tài khoản')).toBeFocused();
  await page.keyboard.type(here.officer);
  await page.keyboard.press('Tab');
  await page.keyboard.type(here.password);
  await page.keyboard.press('Enter');

  const box = page.getByRole('searchbox', { name: 'Tìm người' });
  await expect(box).toBeFocused();
  await page.keyboard.type(world.subject.name);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/find\?q=/);
  await expect(box).toBeFocused();
  await tabTo(page, (at) => at.href.startsWith('/people/'));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(world.subject.name);

  await tabTo(page, (at) => at.what.includes('Đăng xuất'));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Đăng nhập' })).toBeVisible();
});

test.describe('inside', () => {
  test.use({ as: 'clerk' });

  test('the first Tab offers to skip to the content, and a slash goes to the box', async ({ page }) => {
    await page.goto('/acts');
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Đến nội dung chính' });
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport();
    await page.keyboard.press('Enter');
    await expect(page.locator('#main')).toBeFocused();

    await page.goto('/find?q=tran');
    await page.locator('#main').focus();
    await page.keyboard.press('/');
    await expect(page.getByRole('searchbox', { name: 'Tìm người' })).toBeFocused();
  });

  test('every way in the head is reached by Tab and seen there', async ({ page }) => {
    await page.goto('/link');
    const hrefs = await page.getByRole('navigation').getByRole('link').evaluateAll(
      (links) => links.map((link) => link.getAttribute('href')));
    expect(hrefs.length).toBeGreaterThan(4);
    for (const href of hrefs) await tabTo(page, (at) => at.href === href);
  });

  test('an act is filed with keys alone', async ({ page, here }) => {
    const [hit] = await here.ask('/api/v1/people?q=le&limit=1');
    await page.goto(`/acts/new/contact?person=${hit.id}`);
    await tabTo(page, (at) => at.what.includes('Điện thoại'));
    await page.keyboard.type('0987000222');
    await tabTo(page, (at) => at.what.includes('Xem lại trước khi nộp'));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Xem lại');
    await tabTo(page, (at) => at.what.includes('Nộp hồ sơ'));
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/acts\/[0-9a-f]{32}/);
  });
});
