/** The part of a JSON Schema (2020-12) of an object that our generators read. */
export interface ObjectSchema {
  readonly $schema: string;
  readonly $id: string;
  readonly title: string;
  readonly description: string;
  readonly type: "object";
  readonly additionalProperties: false;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, object>>;
  readonly properties: Readonly<Record<string, { readonly description: string; readonly default?: unknown; readonly [keyword: string]: unknown }>>;
}
