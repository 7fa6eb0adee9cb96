/**
 * The same YAML with the lines inside brackets and braces indented. YAML allows them to stand anywhere, our parser does not: a list whose bracket is closed in
 * column 0, JSON that was pasted as a value. Lines stay lines.
 */
export function indentFlows(text: string): string {
  let depth = 0;
  let indent = "";
  let quote = "";
  return text
    .split("\n")
    .map((line) => {
      const shown = depth > 0 && quote === "" ? indent + line : line;
      if (depth === 0) indent = `${/^ */.exec(line)![0]}  `;
      let before = "";
      for (let at = 0; at < line.length; at += 1) {
        const sign = line[at]!;
        if (quote !== "") {
          if (quote === '"' && sign === "\\") at += 1;
          else if (sign === quote) quote = "";
        } else if (sign === "#" && (at === 0 || /\s/.test(line[at - 1]!))) break;
        else if ((sign === '"' || sign === "'") && /^$|[:,[{?-]/.test(before)) quote = sign;
        else if (sign === "[" || sign === "{") depth += depth > 0 || /^$|[:?-]/.test(before) ? 1 : 0;
        else if ((sign === "]" || sign === "}") && depth > 0) depth -= 1;
        if (!/\s/.test(sign)) before = sign;
      }
      return shown;
    })
    .join("\n");
}
