// A clerk's day by forms: with the line up, cut in the middle, the screen locked in the middle, the
// power gone in the middle; and a clash with another office, seen, answered and decided.
import { faults } from '../axe.js';
import { bar, expect, PASSWORD, PIN } from '../desk.js';
import { becomes, choose, dayAgo, file, line, movesIn, paper, part, shows, test } from '../day.js';
import { DAY } from '../setup.js';
import { born, people } from '../people.js';

const adult = born(1985, 2000);
const old = born(1940, 1965);

/** The first half of a birth. */
async function beginBirth(page, name) {
  await page.goto('/acts/new/birth');
  const child = part(page, 'Người được khai sinh');
  await child.getByLabel('Họ, chữ đệm và tên').fill(name);
  await child.getByLabel('Ngày sinh').fill(dayAgo(9).typed);
  await child.getByLabel('Giới tính').selectOption('Nam');
  await child.getByLabel('Dân tộc').selectOption('Kinh');
  await part(page, 'Quê quán').getByLabel('Xã, phường').fill('00070');
}

/** The other half. */
async function endBirth(page, mother, number) {
  await choose(part(page, 'Mẹ'), mother);
  await page.getByLabel('Số giấy chứng sinh').fill(number);
  await page.getByLabel('Nhập vào hộ và nơi thường trú').check();
  await paper(page, 'giấy chứng sinh', number, dayAgo(8).typed);
}

test('a birth with the line up becomes final and gets its number', async ({ page, signIn, somebody }) => {
  await signIn(page);
  await beginBirth(page, 'Trần Minh Khôi');
  await endBirth(page, somebody((p) => adult(p) && p.sex === '2'), 'GCS-1001');
  await file(page);
  // The page of an act follows by itself.
  await expect(page.locator('h1 .state')).toHaveText('chính thức');
  await page.getByRole('link', { name: /^Trần Minh Khôi/ }).click();
  await shows(page,
    page.getByRole('heading', { level: 1 }).filter({ hasText: 'Chính thức' }),
    page.getByText(/^\d{12}$/).first());
});

test('what is missing or cannot be read is told where it is, and nothing typed is lost', async ({ page, signIn }) => {
  await signIn(page);
  await beginBirth(page, 'Trần Minh Khôi');
  await part(page, 'Người được khai sinh').getByLabel('Ngày sinh').fill('31/02/2026');
  await page.getByRole('button', { name: 'Xem lại trước khi nộp' }).click();
  await expect(page.getByRole('alert')).toContainText('Những gì đã nhập vẫn còn');
  const child = part(page, 'Người được khai sinh');
  await expect(child.getByLabel('Ngày sinh')).toHaveAttribute('aria-invalid', 'true');
  await expect(child.getByLabel('Họ, chữ đệm và tên')).toHaveValue('Trần Minh Khôi');
  await page.getByRole('button', { name: 'Bỏ bản nháp' }).click();
});

test('a death whose line is cut in the middle is safe here, and final when it is restored', async ({ page, context, signIn, somebody }) => {
  await signIn(page);
  await page.goto('/acts/new/death');
  const dead = somebody((p) => old(p) && p.relation !== 'head');
  await choose(part(page, 'Người chết'), dead);
  await page.getByLabel('Ngày chết').fill(dayAgo(3).typed);

  const other = await context.newPage();
  await line(other, 'Ngắt để diễn tập');
  await expect(bar(page)).toHaveClass(/\bamber\b/);

  await page.getByLabel('Giấy báo tử hoặc giấy tờ thay thế').fill('giấy báo tử 17');
  await paper(page, 'giấy báo tử', '17', dayAgo(2).typed);
  await file(page);
  await expect(page.locator('h1 .state')).toHaveText('chưa gửi');
  await expect(page.getByText('Đã lưu an toàn tại trạm.')).toBeVisible();
  await expect(bar(page)).toContainText(/Chưa gửi 1/);

  await line(other, 'Nối lại');
  await expect(bar(page)).toHaveClass(/\bok\b/);
  await expect(bar(page)).toContainText(/Chưa gửi 0/);
  await becomes(page, 'chính thức');
});

test('a screen that locks in the middle of a form loses nothing', async ({ page, context, signIn }) => {
  await signIn(page);
  await page.goto('/account');
  await page.getByLabel(/^Mã PIN mới/).fill(PIN);
  await page.getByLabel('Mật khẩu').fill(PASSWORD);
  await page.getByRole('button', { name: 'Lưu mã PIN' }).click();

  await beginBirth(page, 'Lê Gia Bảo');
  const other = await context.newPage();
  await other.goto('/');
  await other.getByRole('button', { name: 'Khóa' }).click();
  await expect(other.getByLabel('Mã PIN')).toBeVisible();

  // What is typed after the lock reaches no draft; the form itself carries it through the door.
  await page.getByLabel('Ghi chú').fill('gõ sau khi khóa');
  await page.getByRole('button', { name: 'Lưu bản nháp' }).click();
  await page.getByLabel('Mã PIN').fill(PIN);
  await page.getByRole('button', { name: 'Mở khóa' }).click();
  const child = part(page, 'Người được khai sinh');
  await expect(child.getByLabel('Họ, chữ đệm và tên')).toHaveValue('Lê Gia Bảo');
  await expect(page.getByLabel('Ghi chú')).toHaveValue('gõ sau khi khóa');
  await page.getByRole('button', { name: 'Bỏ bản nháp' }).click();
});

test('the power goes in the middle of a form: the draft is there, and so is what was typed since', async ({ page, day, signIn }) => {
  await signIn(page);
  await beginBirth(page, 'Phạm Tuấn Kiệt');
  await expect(page.locator('form[data-kept=yes]')).toBeVisible();
  await day.daemon.kill();
  await page.getByLabel('Ghi chú').fill('gõ khi mất điện');
  await day.start();

  // The draft that was on the disk.
  await signIn(page);
  await page.getByRole('link', { name: 'Đăng ký khai sinh' }).first().click();
  const child = part(page, 'Người được khai sinh');
  await expect(child.getByLabel('Họ, chữ đệm và tên')).toHaveValue('Phạm Tuấn Kiệt');

  // Again, and now the form itself is sent after the restart.
  await page.getByLabel('Ghi chú').fill('trước khi mất điện');
  await day.daemon.kill();
  await page.getByLabel('Ghi chú').fill('gõ khi mất điện');
  await day.start();
  await page.getByRole('button', { name: 'Lưu bản nháp' }).click();
  await page.getByLabel('Tên tài khoản').fill(day.officer);
  await page.getByLabel('Mật khẩu').fill(PASSWORD);
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
  await expect(page.getByLabel('Ghi chú')).toHaveValue('gõ khi mất điện');
  await page.getByRole('button', { name: 'Bỏ bản nháp' }).click();
});

test('a filed act outlives the power before the centre has it', async ({ page, day, signIn, somebody }) => {
  await signIn(page);
  await line(page, 'Ngắt để diễn tập');
  await beginBirth(page, 'Hoàng Đức Anh');
  await endBirth(page, somebody((p) => adult(p) && p.sex === '2'), 'GCS-1002');
  await file(page);
  const act = page.url();
  await day.daemon.kill();
  await day.start();
  await signIn(page);
  // A drill outlives the power too, until somebody ends it.
  await expect(bar(page)).toContainText('Đường truyền đã ngắt để diễn tập');
  await line(page, 'Nối lại');
  await page.goto(act);
  await becomes(page, 'chính thức');
});

test('one person moved into two communes: the clash is seen, answered and decided', async ({ page, day, world, signIn }) => {
  await signIn(page);
  const moved = people(world.centre.folder).find((p) => p.residence_unit === '00025'
    && adult(p) && p.relation !== 'head' && p.spouse_pin === '');
  const elsewhere = world.offices.line;
  await line(page, 'Ngắt để diễn tập');

  await movesIn(page, moved);
  await file(page);
  const act = page.url();

  const { pin, name, birth_date } = moved;
  await elsewhere.ask('/api/v1/acts', { act: 'permanent_registration',
    people: [{ person: { pin, name, birth_date }, relation: 'head' }],
    address: 'số 5 phố Đội Cấn', ground: 'nhà thuê',
    evidence: [{ kind: 'CT01', number: '87', date: dayAgo(3).iso }] });
  await elsewhere.inStep();

  await line(page, 'Nối lại');
  await page.goto(act);
  await becomes(page, 'đang xem xét');
  await expect(bar(page)).toContainText(/Đang xem xét 1/);
  const clash = page.getByRole('link', { name: /^Vụ việc \d+/ });
  await shows(page, clash);
  const number = /\d+/.exec(await clash.innerText())[0];

  // The reviewer asks this office; the question waits in its queue.
  await world.centre.operate('case', number, 'decide', '--ask', DAY,
    '--question', 'Công dân đã trình giấy tờ gì?', '--reason', 'hai bên đều có giấy');
  await expect(async () => {
    await page.goto('/');
    await expect(page.getByText('Công dân đã trình giấy tờ gì?')).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  // Who came is told, and where a record went would be.
  await expect(page.getByRole('listitem').filter({ hasText: `${name}: đến đây` })).toBeVisible();
  await page.goto(`/cases/${number}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(number);
  expect(await faults(page)).toEqual([]);
  await page.goto(`/acts/new/answer_case?case=${number}`);
  await page.getByLabel('Trả lời').fill('Công dân có mặt, trình giấy tờ nhà.');
  await file(page);
  await becomes(page, 'chính thức');

  await world.centre.operate('case', number, 'decide', '--keep', '0', '--reason', 'giấy tờ của một bên là thật');
  await page.goto(act);
  await expect(async () => {
    await page.reload();
    await expect(page.locator('h1 .state')).not.toHaveText('đang xem xét', { timeout: 1_000 });
    await expect(bar(page)).toContainText(/Đang xem xét 0/, { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
});
