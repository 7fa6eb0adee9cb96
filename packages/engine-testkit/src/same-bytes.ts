import { strict as assert } from "node:assert";

/** As `assert.equal`, for what is too long to be shown. */
export function sameBytes(actual: Buffer, expected: Uint8Array): void {
  if (actual.equals(expected)) return;
  const different = actual.findIndex((byte, index) => byte !== expected[index]);
  assert.fail(`The bytes differ: ${actual.length} of ${expected.length} arrived, and the first ${different === -1 ? actual.length : different} are right.`);
}
