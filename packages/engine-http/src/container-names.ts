/** The names of the containers that were made or listed here, for messages: an id says nothing to people. */
export class ContainerNames {
  readonly #byId = new Map<string, string>();

  keep(id: string, name: string): void {
    this.#byId.set(id, name);
  }

  /** Of one whose name is not known, the digits that the engines show. */
  of(id: string): string {
    return this.#byId.get(id) ?? (/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id);
  }

  /** A text of the engine's with names where it has ids. */
  in(text: string): string {
    return text.replace(/\b[0-9a-f]{64}\b/g, (id) => this.#byId.get(id) ?? id);
  }

  forget(id: string): void {
    this.#byId.delete(id);
  }
}
