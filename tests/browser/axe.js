// What axe finds on a page.
import AxeBuilder from '@axe-core/playwright';

/** What axe holds against a page, as lines that say where. */
export async function faults(page, rules) {
  const axe = new AxeBuilder({ page }).setLegacyMode();
  if (rules) axe.withRules(rules);
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, impact, nodes }) => nodes.map(
      (node) => `${impact} ${id}: ${node.target.join(' ')} – ${node.failureSummary}`));
}
