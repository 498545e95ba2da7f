// The line on a stick, while the line is cut: the page writes a bundle, the operator's program takes
// it to the centre, the page takes the answer in. In both languages, and without JavaScript.
import fs from 'node:fs';
import path from 'node:path';

import { faults } from '../axe.js';
import { bar, expect, test } from '../desk.js';

test.use({ office: 'line' });

const WORDS = {
  vi: { write: 'Ghi ra USB', read: 'Nạp từ USB', file: 'Tệp trả lời của trung tâm', taken: 'Đã nạp xong',
    answered: '2 hồ sơ đã có kết quả', rest: 'Còn 0 hồ sơ chưa có biên nhận', nothing: 'Không có gì mới',
    inBar: '2 hồ sơ đã ghi ra USB', on: /^2 hồ sơ đã ghi ra USB/, none: 'Không có gì chưa gửi.', wrongWay: 'Đây là tệp gửi đến trung tâm',
    notOne: 'Đây không phải tệp USB', noFile: 'Hãy chọn tệp trả lời' },
  en: { write: 'Write to USB', read: 'Take in from USB', file: 'The centre\'s answer', taken: 'Taken in',
    answered: '2 acts have their outcome', rest: '0 acts have no receipt yet', nothing: 'Nothing new',
    inBar: '2 acts are on a stick', on: /^2 acts are on a stick/, none: 'Nothing is unsent.', wrongWay: 'This file is on its way to the centre',
    notOne: 'This file is no bundle', noFile: 'Choose the answer' },
};

/** Two acts of this office, without a line. */
async function fileTwo(here, start) {
  const hits = await here.ask('/api/v1/people?q=nguyen&limit=2');
  for (const [place, hit] of hits.entries()) {
    const act = { act: 'contact', person: hit.id, phone: `091234${start}${place}` };
    await here.ask('/api/v1/acts', act);
  }
}

async function cut(here, state) {
  const answer = await here.ask('/api/v1/line', { state });
  expect(answer.line === 'cut').toBe(state === 'cut');
}

/** Presses the button and keeps what the browser saves. */
async function write(page, words, folder) {
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: words.write, exact: true }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toMatch(/^00008-\d{4}-\d\d-\d\d\.bundle$/);
  const file = path.join(folder, 'office.bundle');
  await download.saveAs(file);
  return file;
}

/** Chooses a file and sends it. */
async function read(page, words, file) {
  await page.getByLabel(words.file).setInputFiles(file);
  await page.getByRole('button', { name: words.read }).click();
}

/** The whole way of a stick, from the page to the centre and back. */
async function travel({ page, here, world, folder, words, start }) {
  await cut(here, 'cut');
  try {
    await fileTwo(here, start);
    await page.goto('/link');
    expect(await faults(page)).toEqual([]);
    const bundle = await write(page, words, folder);
    await page.goto('/link');
    await expect(page.locator('main').getByText(words.on)).toBeVisible();
    await expect(bar(page)).toContainText(words.inBar);

    // What is wrong with a file is said beside the field, and nothing has happened.
    await read(page, words, bundle);
    await expect(page.locator('#answer-wrong')).toContainText(words.wrongWay);
    await expect(page.getByLabel(words.file)).toHaveAttribute('aria-invalid', 'true');
    expect(await faults(page)).toEqual([]);
    await read(page, words, { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no bundle') });
    await expect(page.locator('#answer-wrong')).toContainText(words.notOne);

    const answer = path.join(folder, 'office.answer');
    const taken = await world.centre.operate('bundle', 'import', bundle, '--answer', answer);
    expect(taken.acts_new).toBe(2);
    await read(page, words, answer);
    const told = page.getByRole('status').filter({ hasText: words.taken });
    await expect(told).toContainText(words.answered);
    await expect(told).toContainText(words.rest);
    await expect(page.getByText(words.none)).toBeVisible();
    expect(await faults(page)).toEqual([]);
    await read(page, words, answer);
    await expect(page.getByRole('status').filter({ hasText: words.taken })).toContainText(words.nothing);
  } finally {
    await cut(here, 'restore');
  }
  await here.inStep();
}

const folderOf = (info) => {
  fs.mkdirSync(info.outputDir, { recursive: true });
  return info.outputDir;
};

for (const [language, start] of [['vi', '100'], ['en', '200']]) {
  test.describe(language, () => {
    test.use({ language });
    test('acts go out on a stick and are final when it comes back', async ({ page, here, world }, info) => {
      await travel({ page, here, world, folder: folderOf(info), words: WORDS[language], start });
    });
  });
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });
  test('the same way', async ({ page, here, world }, info) => {
    const words = WORDS.vi;
    await cut(here, 'cut');
    try {
      await fileTwo(here, '300');
      await page.goto('/link');
      const bundle = await write(page, words, folderOf(info));
      const answer = path.join(info.outputDir, 'office.answer');
      await world.centre.operate('bundle', 'import', bundle, '--answer', answer);
      await read(page, words, answer);
      await expect(page.getByText(words.answered)).toBeVisible();
    } finally {
      await cut(here, 'restore');
    }
    await here.inStep();
  });
});

test('a form of another session writes and reads nothing', async ({ page, request }) => {
  await page.goto('/link');
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const headers = { cookie: cookies };
  const write = await request.post('/link/bundle', { headers, form: { csrf: '00' } });
  expect([403, 409]).toContain(write.status());
  const file = { name: 'a', mimeType: 'application/octet-stream', buffer: Buffer.from('x') };
  const read = await request.post('/link/answer', { headers, multipart: { csrf: '00', file } });
  expect([403, 409]).toContain(read.status());
});
