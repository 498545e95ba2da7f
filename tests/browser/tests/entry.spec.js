// The door: a wrong and a right password, the first sign-in, the lock, the language.
import { expect, PASSWORD, PIN, test } from '../desk.js';
import { run } from '../daemons.js';

test.use({ office: 'door', as: 'nobody' });

test('a wrong password is told, and the right one opens the own queue', async ({ page, signIn }) => {
  await signIn(page, 'không phải mật khẩu này');
  await expect(page.getByRole('alert')).toContainText('Sai tên tài khoản hoặc mật khẩu.');
  await expect(page.getByLabel('Tên tài khoản')).toHaveValue('lan');
  await expect(page.getByLabel('Mật khẩu')).toHaveValue('');
  await page.getByLabel('Mật khẩu').fill(PASSWORD);
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
  await expect(page.getByRole('heading', { name: 'Việc của tôi' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Nguyễn Thị Lan' })).toBeVisible();
});

test('the page that was asked for comes after the door', async ({ page, here }) => {
  await page.goto('/acts?state=returned');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel('Tên tài khoản').fill(here.officer);
  await page.getByLabel('Mật khẩu').fill(here.password);
  await page.getByLabel('Mật khẩu').press('Enter');
  await expect(page).toHaveURL(/\/acts\?state=returned$/);
  await page.getByRole('button', { name: 'Đăng xuất' }).click();
  await expect(page.getByRole('heading', { name: 'Đăng nhập' })).toBeVisible();
  await page.goto('/acts');
  await expect(page).toHaveURL(/\/sign-in/);
});

test('a locked screen opens with the quick PIN where the work was left', async ({ page, signIn }) => {
  await signIn(page);
  await page.getByRole('link', { name: 'Nguyễn Thị Lan' }).click();
  await page.getByLabel(/^Mã PIN mới/).fill(PIN);
  await page.getByLabel('Mật khẩu').fill(PASSWORD);
  await page.getByRole('button', { name: 'Lưu mã PIN' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Đã lưu.' })).toBeVisible();

  await page.getByRole('button', { name: 'Khóa' }).click();
  await expect(page.getByRole('heading', { name: 'Màn hình đã khóa' })).toBeVisible();
  await expect(page.getByText('Nguyễn Thị Lan')).toBeVisible();
  await page.goto('/find?q=nguyen');
  await expect(page).toHaveURL(/\/unlock\?next=/);
  await page.getByLabel('Mã PIN').fill('000111');
  await page.getByRole('button', { name: 'Mở khóa' }).click();
  await expect(page.getByRole('alert')).toContainText('Sai mã PIN.');
  await page.getByLabel('Mã PIN').fill(PIN);
  await page.getByRole('button', { name: 'Mở khóa' }).click();
  await expect(page).toHaveURL(/\/find\?q=nguyen$/);
});

test('a password for one sign-in makes the officer choose an own one', async ({ page, here, signIn }) => {
  const said = await run('commune-node', '--format', 'json', 'officer', 'password', here.officer, '--data', here.data);
  const once = JSON.parse(said).password;
  await signIn(page, once);
  await expect(page.getByText('Hãy đặt mật khẩu của riêng bạn.')).toBeVisible();
  await page.goto('/find');
  await expect(page).toHaveURL(/\/password/);
  await page.getByLabel('Mật khẩu dùng một lần').fill(once);
  await page.getByLabel('Mật khẩu mới', { exact: true }).fill('ngắn');
  await page.getByLabel('Nhập lại mật khẩu mới').fill('ngắn');
  await page.getByRole('button', { name: 'Đổi mật khẩu' }).click();
  await expect(page.getByRole('alert')).toContainText('quá ngắn');
  await page.getByLabel('Mật khẩu dùng một lần').fill(once);
  await page.getByLabel('Mật khẩu mới', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Nhập lại mật khẩu mới').fill(PASSWORD);
  await page.getByRole('button', { name: 'Đổi mật khẩu' }).click();
  await expect(page.getByRole('heading', { name: 'Việc của tôi' })).toBeVisible();
});

test.describe('inside', () => {
  test.use({ office: 'reading', as: 'clerk' });

  test('another language keeps the page', async ({ page }) => {
    await page.goto('/acts?state=final');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hồ sơ');
    await page.getByRole('button', { name: 'English' }).click();
    await expect(page).toHaveURL(/\/acts\?state=final$/);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Acts');
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await page.getByRole('button', { name: 'Tiếng Việt' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hồ sơ');
  });
});
