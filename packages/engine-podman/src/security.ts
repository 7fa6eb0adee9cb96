/** `--security-opt` values as libpod's fields. What is not known goes to libpod's field for labels, which complains about it. */
export function securityOf(options: readonly string[]): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  const append = (field: string, values: readonly string[]): void => void (fields[field] = [...((fields[field] as string[] | undefined) ?? []), ...values]);
  for (const option of options) {
    const [, name = option, value = ""] = /^([^=:]+)[=:](.*)$/s.exec(option) ?? [];
    switch (name) {
      case "label":
        if (value === "nested") fields["label_nested"] = true;
        else append("selinux_opts", [value]);
        break;
      case "apparmor":
        fields["apparmor_profile"] = value;
        break;
      case "seccomp":
        fields["seccomp_profile_path"] = value;
        break;
      case "no-new-privileges":
        fields["no_new_privileges"] = value !== "false";
        break;
      case "mask":
        append("mask", value.split(":"));
        break;
      case "unmask":
        append("unmask", value.split(":"));
        break;
      case "proc-opts":
        append("procfs_opts", value.split(","));
        break;
      default:
        append("selinux_opts", [option]);
    }
  }
  return fields;
}
