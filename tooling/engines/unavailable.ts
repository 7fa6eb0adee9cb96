/** Something the user has to see to; the message says what to do. Scripts end with 3. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
  static readonly exitCode = 3;
}
