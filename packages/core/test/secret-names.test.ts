import { describe, expect, test } from "vitest";
import { isSecretValue, suspicionOf } from "../src/plan/secret-names.ts";

const masked = (name: string, value: string): boolean => isSecretValue(suspicionOf(name), value);

describe("a value is masked by its variable's name", () => {
  test.each([
    ["ansible_password", "a1b2"], ["ansible_become_pass", "a1b2"], ["db_pwd", "xyzzy9"], ["db_pw", "xyzzy9"], ["pin", "4711"], ["user_pin", "471199"], ["dbPassword", "xyzzy"], ["MYSQLPASS", "xyzzy"], ["DB_PASSWORD_PROD", "xyzzy"],
    ["API_TOKEN", "abcd"], ["AWS_SECRET_ACCESS_KEY", "abcd"], ["AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"], ["api_key", "abcdef"], ["ssh_private_key", "abcdef"], ["X-Auth-Token", "abc"], ["credentials", "swordfish"],
    ["auth", "dXNlcjpwYXNzd29yZDE5"], ["signature_key", "S3cret!Pass(word)"], ["password_user", "S3cret!Pass(word)"], ["PROXY_PASS", "S3cret!Pass(word)"],
  ])("%s: %s", (name, value) => expect(masked(name, value)).toBe(true));
});

describe("a word, a number or a name is not masked because of its variable's name alone", () => {
  test.each([
    ["k8s_secret_name", "web01"], ["private_ips", "web01"], ["radius_auth_port", "1812"], ["passenger_app_env", "production"], ["db_password", "production"], ["compass", "north"], ["bypass", "cache"], ["author", "somebody"],
    ["token_ttl", "3600"], ["max_tokens", "4096"], ["update_password", "on_create"], ["passwordless_user", "deploy"], ["nginx_proxy_pass", "http://backend:8080/app"], ["secret_backend", "kubernetes"], ["key", "net.ipv4.ip_forward"], ["key", "topology.kubernetes.io/zone"], ["public_key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"], ["auth_url", "https://sso.example.com/login"],
    ["auth_servers", "10.0.0.12"], ["password_hash_algorithm", "sha512_crypt"], ["ssh_private_key_file", "/root/.ssh/id"], ["vault_token", "{{ lookup('x') }}"], ["tokenizer", "standard"], ["mode", "S3cret!Pass(word)"],
  ])("%s: %s", (name, value) => expect(masked(name, value)).toBe(false));
});
