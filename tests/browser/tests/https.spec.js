// The screens from another machine of the office: a browser that trusts the root that the office
// gives out signs in over HTTPS; one that does not is not led in. Nothing is told to ignore errors.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { chromium as playwright, expect, test } from '@playwright/test';

import { Daemon, run } from '../daemons.js';
import { Centre, Office } from '../offices.js';
import { chromium, worldFile } from '../paths.js';

const COMMUNE = '00103';
const NAME = `office-${COMMUNE}.office.internal`;
const OWN = 'chiều nay gió mùa về sớm';

let office;
let lan;
let trusting;
const homes = [];

/** A home whose browser trusts these roots, beside those that it came with. */
function home(name, roots) {
  const folder = path.join(office.centre.folder, name);
  const database = path.join(folder, '.pki/nssdb');
  fs.mkdirSync(database, { recursive: true });
  const certutil = (...args) => execFileSync('certutil', ['-d', `sql:${database}`, ...args]);
  certutil('-N', '--empty-password');
  for (const root of roots) certutil('-A', '-t', 'C,,', '-n', 'office', '-i', root);
  homes.push(folder);
  return folder;
}

/** A browser of another machine: it finds the office by its name. */
const browse = (folder) => playwright.launch({
  executablePath: chromium,
  env: { ...process.env, HOME: folder },
  args: [`--host-resolver-rules=MAP ${NAME} 127.0.0.1`],
});

test.beforeAll(async () => {
  const { centre } = JSON.parse(fs.readFileSync(worldFile, 'utf8'));
  office = await Office.join(Centre.of(centre), COMMUNE, 'https');
  const log = `${office.data}.log`;
  const args = ['run', '--data', office.data, '--api', '127.0.0.1:0', '--lan', '127.0.0.1:0', '--log-format', 'text'];
  office.daemon = new Daemon('the office https', 'commune-node', args, log).start();
  const address = await office.daemon.waitFor('it listens',
    () => /^commune-node: .*lan=(\S+)/m.exec(fs.readFileSync(log, 'utf8'))?.[1]);
  lan = { port: address.split(':').pop(), url: `https://${NAME}:${address.split(':').pop()}` };
  const pem = await office.daemon.waitFor('it has a certificate',
    () => run('commune-node', 'root-certificate', '--data', office.data));
  const root = path.join(office.centre.folder, 'screens-root.pem');
  fs.writeFileSync(root, pem);
  trusting = home('trusting', [root]);
});

test.afterAll(async () => {
  await office?.daemon.stop();
  for (const folder of homes) fs.rmSync(folder, { recursive: true, force: true });
});

test('a machine that trusts the root signs in, and its cookie is bound to the office', async () => {
  const browser = await browse(trusting);
  try {
    const context = await browser.newContext({ locale: 'vi-VN' });
    const page = await context.newPage();
    const complaints = [];
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
    await page.goto(lan.url);
    await page.getByLabel('Tên tài khoản').fill(office.officer);
    await page.getByLabel('Mật khẩu').fill(office.once);
    await page.getByRole('button', { name: 'Đăng nhập' }).click();
    await page.getByLabel('Mật khẩu dùng một lần').fill(office.once);
    await page.getByLabel('Mật khẩu mới', { exact: true }).fill(OWN);
    await page.getByLabel('Nhập lại mật khẩu mới').fill(OWN);
    await page.getByRole('button', { name: 'Đổi mật khẩu' }).click();
    await expect(page.getByRole('heading', { name: 'Việc của tôi' })).toBeVisible();
    await expect(page.locator('#bar')).toContainText('Đã nối trung tâm');

    const cookies = await context.cookies();
    const session = cookies.find(({ name }) => name === '__Host-npd_session');
    expect(session).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Strict', path: '/', domain: NAME });
    expect(cookies.filter(({ name }) => name === 'npd_session')).toEqual([]);

    // The page about the line tells how other machines come here, and what to compare.
    await page.getByRole('link', { name: 'Đường truyền', exact: true }).click();
    await expect(page.getByText(lan.url, { exact: false })).toBeVisible();
    await expect(page.getByText(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)).toBeVisible();

    // The interface for programs is not there, whoever asks.
    const answer = await page.request.get(`${lan.url}/api/v1/status`).catch((error) => error);
    if (answer.status) expect(answer.status()).toBe(404);
    await page.goto(`${lan.url}/`);
    await page.getByRole('button', { name: 'Đăng xuất' }).click();
    await expect(page.getByRole('heading', { name: 'Đăng nhập' })).toBeVisible();
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});

test('a machine that does not trust the root is not led in', async () => {
  const browser = await browse(home('strange', []));
  try {
    const page = await browser.newPage();
    await expect(page.goto(lan.url)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
  } finally {
    await browser.close();
  }
});

test('another name, and no encryption, lead nowhere', async () => {
  const browser = await browse(trusting);
  try {
    const page = await browser.newPage();
    await expect(page.goto(`https://127.0.0.1:${lan.port}`)).rejects.toThrow('ERR_CERT_COMMON_NAME_INVALID');
    // A page of its own: the error's own page is still on its way in the first.
    const plain = await browser.newPage();
    await plain.goto(`http://127.0.0.1:${lan.port}`);
    await expect(plain.getByText(`Open: ${lan.url}`)).toBeVisible();
  } finally {
    await browser.close();
  }
});
