// Finding people: results while typing, Telex and input methods, cards, the reason for opening.
import { expect, measured, test } from '../desk.js';

const box = (page) => page.getByRole('searchbox', { name: 'Tìm người' });
const rows = (page) => page.locator('#results tbody tr');

test('results follow the typing, and the best of them is opened', async ({ page, world }) => {
  await page.goto('/find');
  await expect(box(page)).toBeFocused();
  await page.keyboard.type(world.subject.name);
  await expect(page.getByRole('link', { name: world.subject.name }).first()).toBeVisible();
  // A page that follows the typing stays where it is.
  await expect(page).toHaveURL(/\/find$/);
  await page.getByRole('link', { name: world.subject.name }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(world.subject.name);
});

test('the number of a person is masked in a list', async ({ page }) => {
  await page.goto('/find?q=nguyen');
  await expect(rows(page).first()).toBeVisible();
  for (const text of await page.locator('#results td.mono').allTextContents()) {
    expect(text).not.toMatch(/\d{12}/);
  }
});

for (const [how, typed] of [
  ['with marks', 'Nguyễn'], ['without marks', 'nguyen'],
  ['as the keys of Telex', 'nguyeenx'], ['as the keys of VNI', 'nguye64n'],
]) {
  test(`a name typed ${how} is found`, async ({ page }) => {
    await page.goto('/find');
    await expect(box(page)).toBeFocused();
    await page.keyboard.type(typed);
    await expect(rows(page).first()).toContainText('Nguyễn');
  });
}

test('an input method that composes finds as it composes', async ({ page, context }) => {
  await page.goto('/find');
  await box(page).focus();
  const keys = await context.newCDPSession(page);
  for (const part of ['N', 'Ng', 'Ngu', 'Nguy', 'Nguye', 'Nguyê', 'Nguyễ', 'Nguyễn']) {
    const at = part.length;
    await keys.send('Input.imeSetComposition', { text: part, selectionStart: at, selectionEnd: at });
  }
  await keys.send('Input.insertText', { text: 'Nguyễn' });
  await expect(box(page)).toHaveValue('Nguyễn');
  await expect(rows(page).first()).toContainText('Nguyễn');
});

test('nobody found says what to do', async ({ page }) => {
  await page.goto('/find');
  await expect(box(page)).toBeFocused();
  await page.keyboard.type('qqqqzzzz');
  await expect(page.getByText('Không có ai khớp')).toBeVisible();
});

test('a scanned card that cannot be read is told and nothing of it stands in an address', async ({ page }) => {
  await page.goto('/find');
  await page.getByText('Quét thẻ căn cước').click();
  await page.getByLabel('Dữ liệu máy quét').fill('not|a|card');
  await page.getByRole('button', { name: 'Đọc thẻ' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  expect(page.url()).not.toContain('card=');
});

test('how long a key takes to its results', async ({ page }) => {
  await page.goto('/find');
  await page.evaluate(() => {
    window.taken = [];
    let begun = 0;
    document.getElementById('box').addEventListener('input', () => { begun = performance.now(); });
    new MutationObserver(() => {
      if (begun) requestAnimationFrame(() => { window.taken.push(performance.now() - begun); });
    }).observe(document.getElementById('results'), { childList: true });
  });
  const results = [];
  for (const key of 'tran van') {
    const before = await page.evaluate(() => window.taken.length);
    await page.keyboard.type(key);
    await page.waitForFunction((before) => window.taken.length > before, before);
    results.push(await page.evaluate(() => window.taken.at(-1)));
  }
  const sorted = results.sort((a, b) => a - b).map((ms) => ms.toFixed(0));
  measured(`find: from a key to its results on the screen: median ${sorted[sorted.length >> 1]} ms, longest ${sorted.at(-1)} ms`);
  await expect(rows(page).first()).toBeVisible();
});
