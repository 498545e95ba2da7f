// An office of its own for a day in which the line is cut, the power goes and two offices clash;
// and how a clerk fills in forms.
import fs from 'node:fs';
import path from 'node:path';

import { test as base, expect, PASSWORD } from './desk.js';
import { Office } from './offices.js';
import { people } from './people.js';
import { DAY } from './setup.js';

export const test = base.extend({
  day: [async ({ world }, use, { workerIndex }) => {
    const office = await Office.join(world.centre, DAY, `day-${workerIndex}`);
    await office.start();
    await office.firstSignIn(PASSWORD);
    await office.inStep();
    await use(office);
    await office.daemon.stop();
  }, { scope: 'worker', timeout: 300_000 }],

  as: 'nobody',
  here: async ({ day }, use) => use(day),

  /**
   * Somebody of this commune whom no other test has taken. The centre outlives a worker, and who
   * died there stays dead: who was taken stands in its folder.
   */
  somebody: [async ({ world }, use) => {
    const list = path.join(world.centre.folder, 'taken.txt');
    await use((fits) => {
      const taken = fs.existsSync(list) ? fs.readFileSync(list, 'utf8').split('\n') : [];
      const found = people(world.centre.folder)
        .find((person) => person.residence_unit === DAY && fits(person) && !taken.includes(person.pin));
      fs.appendFileSync(list, `${found.pin}\n`);
      return found;
    });
  }, { scope: 'worker' }],
});

/** A day so many days ago, as clerks write it and as programs do. */
export function dayAgo(days) {
  const iso = new Date(Date.now() - days * 86_400_000 + 7 * 3_600_000).toISOString().slice(0, 10);
  const [year, month, day] = iso.split('-');
  return { iso, typed: `${day}/${month}/${year}`, year: Number(year) };
}

/** A part of a form, by its legend. */
export const part = (page, name) => page.getByRole('group', { name: new RegExp(`^${name}( \\(bắt buộc\\))?$`) });

/** A person of this commune is chosen within a part of a form. */
export async function choose(within, person) {
  await within.getByLabel('Tìm trong dữ liệu của xã').fill(person.pin);
  await within.getByRole('radio', { name: person.name }).check();
}

/** The first paper. */
export async function paper(page, kind, number, date) {
  const papers = part(page, 'Giấy tờ kèm theo');
  await papers.getByLabel('Loại giấy tờ').fill(kind);
  await papers.getByLabel('Số', { exact: true }).fill(number);
  await papers.getByLabel('Ngày của giấy tờ').fill(date);
}

/** Somebody of another commune, named by card, moves here with a household of their own; to be looked over and filed. */
export async function movesIn(page, moved) {
  await page.goto('/acts/new/permanent_registration');
  const movers = part(page, 'Người chuyển đến');
  await movers.getByText('Không có ở xã này').click();
  await movers.getByLabel('Số định danh').fill(moved.pin);
  await movers.getByLabel('Họ tên').fill(moved.name);
  await movers.getByLabel('Ngày sinh').fill(moved.birth_date.split('-').reverse().join('/'));
  await movers.getByLabel('Quan hệ với chủ hộ').selectOption('chủ hộ');
  await page.getByLabel('Số nhà, đường, thôn').fill('số 12 phố Hàng Bài');
  await page.getByLabel('Chỗ ở hợp pháp').fill('nhà của mình');
  await paper(page, 'CT01', '311', dayAgo(2).typed);
}

/** Looks over and files; the act's own page is open then. */
export async function file(page) {
  await page.getByRole('button', { name: 'Xem lại trước khi nộp' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Xem lại');
  await page.getByRole('button', { name: 'Nộp hồ sơ' }).click();
  await expect(page).toHaveURL(/\/acts\/[0-9a-f]{32}/);
}

/**
 * A page is asked for again until all of this stands on it: what the centre sends comes in its own
 * order, a receipt before the case that it speaks of, say.
 */
export async function shows(page, ...seen) {
  await expect(async () => {
    await page.reload();
    for (const one of seen) await expect(one).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
}

/** The state that the page of an act tells, asked for again until it is this one. */
export async function becomes(page, state) {
  await shows(page, page.locator('h1 .state').getByText(state, { exact: true }));
}

/** Cuts or restores the line at its page. */
export async function line(page, button) {
  await page.goto('/link');
  await page.getByRole('button', { name: button }).click();
}
