import type { SshKeyPair } from './ssh-key.ts'

export interface CloudConfigOptions {
  /** The server's host key, derived by the controller, so that it is known before first contact. */
  readonly hostKey: SshKeyPair
}

/**
 * User data for cloud-init: the server's SSH host key and no other. JSON is YAML, so no quoting of
 * our own. With `ssh_keys` given cloud-init generates none and deletes those of the image.
 */
export function cloudConfig({ hostKey }: CloudConfigOptions): string {
  const config = {
    ssh_deletekeys: true,
    ssh_keys: {
      ed25519_private: hostKey.privateOpenssh,
      ed25519_public: hostKey.publicOpenssh,
    },
  }
  return `#cloud-config\n${JSON.stringify(config, null, 2)}\n`
}
