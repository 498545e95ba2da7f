// Before the first test: a centre with people, three offices of which each test takes the one that
// fits, and what the pages need to have something to show. It all ends after the last test.
import fs from 'node:fs';

import { artefacts, chromium, pictures, programs, worldFile, worldFolder } from './paths.js';
import { Centre, Office } from './offices.js';

/** Offices: one that is only read, one whose line is cut, one whose passwords change. */
const COMMUNES = { reading: '00004', line: '00008', door: '00025' };
/** The commune of the office that has a whole day, set up by that test. */
export const DAY = '00070';
const PEOPLE = 300;
export const PASSWORD = 'sáng nay trời nhiều mây';
export const PIN = '481526';

export default async function setup() {
  for (const [needed, how] of [
    [chromium, 'tools/setup installs it; or name another Chromium in CHROMIUM'],
    [`${programs}/commune-node`, 'build the programs first: cargo build --workspace --bins'],
  ]) {
    if (!fs.existsSync(needed)) throw new Error(`${needed} is missing: ${how}`);
  }
  fs.rmSync(artefacts, { recursive: true, force: true });
  fs.mkdirSync(worldFolder, { recursive: true });
  fs.mkdirSync(pictures, { recursive: true });

  const centre = await Centre.found(worldFolder, [...Object.values(COMMUNES), DAY], PEOPLE);
  const offices = {};
  try {
    const world = { centre: centre.plain(), offices: {}, states: {} };
    for (const [name, commune] of Object.entries(COMMUNES)) {
      const office = (offices[name] = await Office.join(centre, commune, name));
      await office.start();
      world.states[name] = await office.firstSignIn(PASSWORD);
      await office.inStep();
      world.offices[name] = office.plain();
    }
    world.states.locked = await offices.reading.lockedState(PIN);
    world.subject = await subject(offices.reading);
    fs.writeFileSync(worldFile, JSON.stringify(world, null, 2));
  } catch (error) {
    await stop(centre, offices);
    throw error;
  }
  return () => stop(centre, offices);
}

/** Somebody with a household and an act, for the pages about one record. */
async function subject(office) {
  const hits = await office.ask('/api/v1/people?q=nguyen&limit=20');
  const hit = hits.find((hit) => hit.household);
  const act = { act: 'contact', person: hit.id, phone: '0912 345 678', email: 'dan@example.vn' };
  const filed = await office.ask('/api/v1/acts', act);
  await office.inStep();
  return { id: hit.id, name: hit.name, household: hit.household, act: filed.act };
}

async function stop(centre, offices) {
  await Promise.all(Object.values(offices).map((office) => office.daemon?.stop()));
  await centre.daemon.stop();
}
