interface SshPlace {
  readonly address: string
  /** 22 unless given. */
  readonly port?: number
  readonly user: string
}

/** With a key and known hosts that others keep: those of OpenNebula itself. */
export interface StandingLogin extends SshPlace {
  readonly identityFile: string
  readonly knownHostsFile: string
}

/** How to reach one server over SSH, with the host key it must show from the first contact on. */
export interface SshTarget extends SshPlace {
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
  /** Login name for SSH; `ubuntu` on Scaleway's images. */
  readonly sshUser: string
}

/** What makes a server a hypervisor of OpenNebula. */
export interface HypervisorKit {
  readonly kind: 'kvm' | 'lxc'
  /** OpenNebula's packages for its nodes; without any nothing is done. */
  readonly packages: readonly string[]
  /** Where they are, without a slash at its end; null where the server knows it already. */
  readonly repository: string | null
  /** Of oned, as its repository names it: `7.0`. */
  readonly series: string
  /** Public keys that oneadmin of the front-end logs in with. */
  readonly keys: readonly string[]
}
