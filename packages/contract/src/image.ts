import type { RegistryCredentials } from "./keychain.ts";

/** An image that is present. */
export interface ImageInfo {
  /** The engine's own id of the image, `sha256:...`. */
  readonly id: string;
  readonly references: readonly string[];
  /** Manifest digest as the registry knows it, `sha256:...`; absent for images that never saw a registry. */
  readonly digest?: string;
  readonly os?: string;
  readonly architecture?: string;
  /** The image's own user, `""` for root. */
  readonly user?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly sizeBytes?: number;
}

/** Which image to fetch, and how. */
export interface PullRequest {
  /** Fully qualified reference with tag or digest. */
  readonly reference: string;
  readonly platform?: string;
  /** Sent in the header of this pull and nowhere else. */
  readonly credentials?: RegistryCredentials;
  /**
   * False: accept any certificate, or plain HTTP, for this pull; only where `supports.insecurePull`. True: insist on a certificate that is good. Absent: as the
   * engine's own configuration has it for this registry.
   */
  readonly verifyTls?: boolean;
}

/** A word about a pull under way. */
export interface PullProgress {
  /** One line for people. */
  readonly message: string;
  readonly layer?: string;
  readonly currentBytes?: number;
  readonly totalBytes?: number;
}
