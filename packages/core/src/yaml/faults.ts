/** What our parser found, in words that hold nothing of the file: what stands there may be a secret. */
const sentences: Readonly<Record<string, string>> = {
  ALIAS_PROPS: "an alias cannot have a tag or an anchor of its own",
  BAD_ALIAS: "an alias or an anchor has no name, or one that ends with a colon",
  BAD_DIRECTIVE: "a line begins with %, which is a directive to YAML",
  BAD_DQ_ESCAPE: "a text in double quotes has a backslash that escapes nothing",
  BAD_INDENT: "the indentation does not fit what is above",
  BAD_PROP_ORDER: "a tag or an anchor stands in the wrong place",
  BAD_SCALAR_START: "a text begins with a sign that is reserved (@, `, % or the like) and has no quotes",
  BLOCK_AS_IMPLICIT_KEY: "a value has a second colon followed by a blank, and no quotes",
  BLOCK_IN_FLOW: "lines with dashes or indentation stand inside brackets or braces",
  DUPLICATE_KEY: "a key is written twice",
  KEY_OVER_1024_CHARS: "a key is longer than 1024 characters",
  MISSING_CHAR: "a quote, a bracket, a comma or a colon is missing",
  MULTILINE_IMPLICIT_KEY: "a key goes over several lines; often a quote or a bracket is missing",
  MULTIPLE_ANCHORS: "a value has two anchors",
  MULTIPLE_DOCS: "a second document begins here, and only one would be read",
  MULTIPLE_TAGS: "a value has two tags",
  RESOURCE_EXHAUSTION: "it is nested too deeply",
  TAB_AS_INDENT: "a line is indented with a tab",
  TAG_RESOLVE_FAILED: "a value does not fit its tag",
  UNEXPECTED_TOKEN: "something stands where it cannot belong; often a quote or a bracket is missing",
};

export const faultOf = (code: string): string => sentences[code] ?? "something in it cannot be understood";
