export interface Platform {
  readonly os: string;
  readonly architecture?: string;
  readonly variant?: string;
}

/** Parts of `os[/arch[/variant]]`. */
export function parsePlatform(text: string): Platform {
  const [os = "", architecture, variant] = text.split("/");
  return { os, ...(architecture === undefined ? {} : { architecture }), ...(variant === undefined ? {} : { variant }) };
}
