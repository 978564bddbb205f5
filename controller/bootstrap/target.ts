/** How to reach one server over SSH, with the host key it must show from the first contact on. */
export interface SshTarget {
  readonly address: string
  /** 22 unless given. */
  readonly port?: number
  readonly user: string
  /** The server's public host key, `ssh-ed25519 AAAA…`. */
  readonly hostKey: string
  /** The controller's private key, OpenSSH format. */
  readonly privateKey: string
  /** A directory of the controller for the key and known-hosts files ssh reads; made with 0700. */
  readonly files: string
}

/** What differs between kinds of hosts; data, from configuration. */
export interface HostProfile {
  /** How the private network arrives: a VLAN on the NIC, or a device of its own. */
  readonly underlay: 'vlan' | 'link'
  /** Debian packages a host needs, FRR among them. */
  readonly packages: readonly string[]
  readonly hypervisor: 'kvm' | 'lxc' | 'none'
  /** Login name for SSH; `ubuntu` on Scaleway's images. */
  readonly sshUser: string
}
