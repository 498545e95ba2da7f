// How long a key takes to its results, in an office that runs already: for a machine with nothing
// else to do, and an office as large as one has to bear.
//
//   registryctl demo --people 150000 --dir DIR        and then, in tests/browser:
//   node find-speed.js http://127.0.0.1:PORT ACCOUNT PASSWORD
//
// A password for one sign-in is changed for the other one below.
import { chromium } from '@playwright/test';

import { chromium as program } from './paths.js';

const [address, account, password] = process.argv.slice(2);
if (!password) {
  console.error('usage: node find-speed.js ADDRESS ACCOUNT PASSWORD');
  process.exit(2);
}
const OWN = 'con mèo ngủ trên mái nhà';
const TYPED = ['nguyen thi hoa', 'tran van', 'le duc anh 1985', 'phạm', 'nguyeenx', '19'];

const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
  await page.goto(`${address}/sign-in`);
  await page.locator('#name').fill(account);
  await page.locator('#password').fill(password);
  await page.locator('button.main').click();
  if (new URL(page.url()).pathname === '/password') {
    await page.locator('#old').fill(password);
    await page.locator('#new').fill(OWN);
    await page.locator('#again').fill(OWN);
    await page.locator('button.main').click();
  }
  const taken = [];
  for (const text of TYPED) {
    await page.goto(`${address}/find`);
    await page.evaluate(() => {
      window.taken = [];
      let begun = 0;
      document.getElementById('box').addEventListener('input', () => { begun = performance.now(); });
      new MutationObserver(() => {
        if (begun) requestAnimationFrame(() => { window.taken.push(performance.now() - begun); });
      }).observe(document.getElementById('results'), { childList: true });
    });
    await page.locator('#box').focus();
    for (const key of text) {
      const before = await page.evaluate(() => window.taken.length);
      await page.keyboard.type(key);
      await page.waitForFunction((before) => window.taken.length > before, before);
      taken.push(await page.evaluate(() => window.taken.at(-1)));
    }
  }
  taken.sort((a, b) => a - b);
  const at = (share) => taken[Math.min(taken.length - 1, Math.floor(taken.length * share))].toFixed(0);
  console.log(`keys ${taken.length}: median ${at(0.5)} ms, nine of ten ${at(0.9)} ms, longest ${at(1)} ms`);
} finally {
  await browser.close();
}
