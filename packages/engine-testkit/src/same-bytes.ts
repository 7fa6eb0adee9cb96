import { strict as assert } from "node:assert";

/** As `assert.equal`, for what is too long to be shown. */
export function sameBytes(actual: Uint8Array, expected: Uint8Array): void {
  const [got, wanted] = [Buffer.from(actual), Buffer.from(expected)];
  if (got.equals(wanted)) return;
  const common = Math.min(got.length, wanted.length);
  const different = got.subarray(0, common).findIndex((byte, index) => byte !== wanted[index]);
  assert.fail(`The bytes differ: ${got.length} of ${wanted.length} arrived, and the first ${different === -1 ? common : different} are right.`);
}
