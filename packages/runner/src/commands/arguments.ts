/** One value or several. */
export type Many = string | readonly string[];

export const list = (value: Many | undefined): readonly string[] => (value === undefined ? [] : typeof value === "string" ? [value] : value);

/** An option with its value as the next word, or nothing. */
export const option = (name: string, value: string | undefined): readonly string[] => (value === undefined ? [] : [name, value]);

/** An option without a value, or nothing. */
export const toggle = (name: string, on: boolean | undefined): readonly string[] => (on === true ? [name] : []);
