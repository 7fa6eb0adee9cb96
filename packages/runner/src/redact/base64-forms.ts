/** Below this, what base64 of something around it has in common is too little. */
const shortestInside = 5;
const shortestForm = 6;

/** In base64, for text and for addresses: alone, with the line end that `echo` adds, and what is left of it inside something longer, as in a basic login. */
export function base64Forms(text: string): readonly string[] {
  const forms = [text, `${text}\n`].map((value) => Buffer.from(value).toString("base64"));
  const source = Buffer.from(text);
  if (source.length >= shortestInside) {
    for (const before of [0, 1, 2]) {
      const whole = Buffer.concat([Buffer.alloc(before), source]).toString("base64").replace(/=+$/, "");
      // The first and last characters also carry bits of what is beside it.
      forms.push(whole.slice(before === 0 ? 0 : before + 1, (before + source.length) % 3 === 0 ? undefined : -1));
    }
  }
  return [...forms, ...forms.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"))].filter((form) => form.length >= shortestForm);
}
