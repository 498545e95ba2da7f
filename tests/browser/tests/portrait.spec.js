// A portrait: taken with a form while the line is cut, seen on the person's page at once, and still
// there when the centre has it; with and without JavaScript.
import { faults } from '../axe.js';
import { expect } from '../desk.js';
import { becomes, choose, file, line, part, shows, test } from '../day.js';
import { born } from '../people.js';

const adult = born(1960, 2000);

/** What a camera takes: a picture that the browser itself draws, so many pixels wide and high. */
async function photograph(context, width, height) {
  const camera = await context.newPage();
  await camera.setViewportSize({ width, height });
  await camera.setContent('<body style="background: linear-gradient(teal, gold)"><h1>✿</h1></body>');
  const buffer = await camera.screenshot({ type: 'jpeg', quality: 90 });
  await camera.close();
  return { name: 'face.jpg', mimeType: 'image/jpeg', buffer };
}

const face = (page, name) => page.getByRole('img', { name: `Ảnh chân dung của ${name}` });

/** Begins with somebody's page, and ends with the act's own. */
async function take(page, person, photo, script) {
  await page.goto('/acts/new/portrait');
  if (script) {
    await choose(part(page, 'Người'), person);
  } else {
    await part(page, 'Người').getByLabel('Tìm trong dữ liệu của xã').fill(person.pin);
    await part(page, 'Người').getByRole('button', { name: 'Tìm' }).click();
    await part(page, 'Người').getByRole('radio', { name: person.name }).check();
  }
  await part(page, 'Ảnh chân dung').getByLabel('Ảnh chụp khuôn mặt').setInputFiles(photo);
  if (script) await expect(part(page, 'Ảnh chân dung').getByRole('link', { name: /^Ảnh \(/ })).toBeVisible();
  await file(page);
}

/** The person's page, opened for a reason. */
async function open(page, here, person) {
  const [hit] = await here.ask(`/api/v1/people?q=${person.pin}&limit=1`);
  await page.goto(`/people/${hit.id}?reason=counter`);
}

test('a portrait is seen at once without a line, and the whole photograph with one click', async ({ page, context, here, signIn, somebody }) => {
  await signIn(page);
  const person = somebody(adult);
  await line(page, 'Ngắt để diễn tập');
  try {
    // What shows no face is told beside the input, and nothing is lost.
    await page.goto('/acts/new/portrait');
    await choose(part(page, 'Người'), person);
    const input = part(page, 'Ảnh chân dung').getByLabel('Ảnh chụp khuôn mặt');
    await expect(input).toHaveAttribute('capture', 'environment');
    await input.setInputFiles(await photograph(context, 90, 300));
    await expect(part(page, 'Ảnh chân dung').getByRole('link', { name: /^Ảnh \(/ })).toBeVisible();
    await page.getByRole('button', { name: 'Xem lại trước khi nộp' }).click();
    await expect(part(page, 'Ảnh chân dung').getByText('quá nhỏ')).toBeVisible();
    expect(await faults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Bỏ bản nháp' }).click();

    await take(page, person, await photograph(context, 900, 1200), true);
    const act = page.url();
    await expect(page.getByRole('link', { name: /^Ảnh \(/ })).toHaveCount(2);
    await open(page, here, person);
    await expect(face(page, person.name)).toBeVisible();
    expect(await faults(page)).toEqual([]);
    // It keeps its place before it is drawn, and is part of the page itself.
    const drawn = await face(page, person.name).evaluate((image) => [
      image.getAttribute('width'), image.getAttribute('height'), image.naturalWidth, image.naturalHeight,
      image.src.slice(0, 23)]);
    expect(drawn).toEqual(['240', '320', 240, 320, 'data:image/jpeg;base64,']);
    const [whole] = await Promise.all([
      context.waitForEvent('page'), page.getByRole('link', { name: 'Xem ảnh gốc' }).click()]);
    await whole.waitForLoadState();
    expect(await whole.evaluate(() => document.images[0]?.naturalWidth)).toBe(900);
    await whole.close();
    await page.goto(act);
  } finally {
    const back = page.url();
    await line(page, 'Nối lại');
    await page.goto(back);
  }
  await becomes(page, 'chính thức');
  await shows(page, page.getByText('đã ở trung tâm').nth(1));
  await open(page, here, person);
  await expect(face(page, person.name)).toBeVisible();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });
  test('the same form, the same face', async ({ page, browser, here, signIn, somebody }) => {
    const camera = await browser.newContext();
    const photo = await photograph(camera, 900, 1200);
    await camera.close();
    await signIn(page);
    const person = somebody(adult);
    await take(page, person, photo, false);
    await open(page, here, person);
    await expect(face(page, person.name)).toBeVisible();
  });
});
