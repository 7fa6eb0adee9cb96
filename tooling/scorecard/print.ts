// Lists each row of the parity scorecard with the tests that prove it. `node tooling/scorecard/print.ts [--open]`: only rows without proof.
import { findProofs, loadRows } from "./scorecard.ts";

const onlyOpen = process.argv.includes("--open");
const [rows, proofs] = await Promise.all([loadRows(), findProofs()]);
let section = "";
for (const row of rows) {
  const tests = proofs.get(row.id) ?? [];
  if (onlyOpen && tests.length > 0) continue;
  if (row.section !== section) console.log(`\n${(section = row.section)}`);
  console.log(`  ${row.id} ${row.kind}  ${row.feature}`);
  for (const { file, test } of tests) console.log(`      ${file}: ${test}`);
}
const proven = rows.filter((row) => proofs.has(row.id)).length;
console.log(`\n${proven} of ${rows.length} rows have a test.`);
