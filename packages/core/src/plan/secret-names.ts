/** How sure a name makes it that the value is a credential. */
export type Suspicion = "credential" | "maybe" | undefined;

const credential = /passw(?:or)?d(?!less)|passphrase|passcode|secret(?!ar)|token(?!i)|credential|(?<!by|com|tres|sur|en|under|over|encom)pass$|(?<!old)pwd$/;
const credentialWords = new Set(["pass", "pw", "pwd", "pin", "pincode", "cred", "creds", "apikey"]);
/** What a key is for decides whether it is secret. */
const secretKeys = new Set(["api", "access", "private", "secret", "encryption", "ssh", "license", "signing", "master", "account", "shared", "service", "deploy", "gpg", "pgp", "rsa", "ssl", "tls", "app", "client", "consumer", "storage"]);
const openKeys = new Set(["public", "host", "primary", "foreign", "sort", "partition", "group", "cache"]);

/** Last words of names that tell something about a credential, or of one: where it is, how long, who has it. */
const about = new Set(
  ("name names file files filename path paths dir directory folder host hosts hostname hostnames port ports url urls uri endpoint endpoints user users username email domain realm ip ips address addresses " +
    "env environment enabled enable disabled required optional allowed type types kind length size bits age ttl timeout expiry expires expiration lifetime days hours minutes seconds interval count max min " +
    "limit attempts retries version algorithm algorithms algo cipher method methods mode policy policies backend backends provider engine store service server namespace group groups role roles scope scopes format encoding " +
    "prompt field column template rotation reset changed exists state status owner permissions title description comment hint question prefix suffix variable checking plugin module driver index").split(" "),
);

/** First words of names of amounts, and of what a web server passes on. */
const otherwise = /^(?:max|min|num|number|count|total)(?=_|$)|(?:^|_)(?:proxy|fastcgi|uwsgi|scgi|grpc)_pass$/;

/** Words that are no secret even where a password is expected: masking them would spoil what the job prints. */
const words = new Set(
  ("admin administrator root user guest test testing demo example default defaults none null true false yes no production prod staging stage development devel local localhost " +
    "postgres postgresql mysql mariadb mongodb redis rabbitmq elastic oracle kubernetes docker podman vault ansible distronode password passwd secret token present absent enabled disabled required optional " +
    "always never auto automatic manual prompt plain basic bearer digest oauth oauth2 kerberos ldap service file files env environment database generated random on_create omit undefined ignore public private internal external").split(" "),
);

/** The words of a name: `dbPassword`, `DB_PASSWORD` and `db-password` have the same. */
const partsOf = (name: string): readonly string[] => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase().split(/[^a-z0-9]+/).filter((part) => part !== "");

export function suspicionOf(name: string): Suspicion {
  const parts = partsOf(name);
  const found = suspicionIn(parts);
  return found === "credential" && (about.has(parts.at(-1)!) || otherwise.test(parts.join("_"))) ? "maybe" : found;
}

/** Whether a name leaves no doubt. */
export const namesCredential = (name: string): boolean => suspicionOf(name) === "credential";

function suspicionIn(parts: readonly string[]): Suspicion {
  if (parts.some((part) => credentialWords.has(part) || credential.test(part))) return "credential";
  const key = parts.findIndex((part) => part === "key" || part === "keys");
  if (key > 0 && secretKeys.has(parts[key - 1]!)) return "credential";
  if (key !== -1 && !(key > 0 && openKeys.has(parts[key - 1]!))) return "maybe";
  return parts.includes("auth") ? "maybe" : undefined;
}

/** Whether a value of such a name is to be masked. Paths lead to secrets and are none; templates and vaulted texts are what the tool itself prints of them. */
export function isSecretValue(suspicion: Suspicion, value: string): boolean {
  const text = value.trim();
  if (suspicion === undefined || /^[/~]|^\$ANSIBLE_VAULT|^\{\{.*\}\}$/s.test(text) || isOrdinaryWord(text) || isAddress(text)) return false;
  if (suspicion === "credential") return true;
  // Words and numbers, and names made of them, as hosts and files have.
  return text.length >= 8 && !text.split(/[-_./:,@\s]+/).every((part) => /^(?:[A-Za-z]*\d{0,5}|\d+)$/.test(part));
}

export const isOrdinaryWord = (text: string): boolean => words.has(text.toLowerCase());

const isAddress = (text: string): boolean => /^\d{1,3}(?:\.\d{1,3}){3}(?:\/\d+)?$|^[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}$/i.test(text);
