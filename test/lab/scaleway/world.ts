/** A server as the data centre sees it when an operating system is put on it. */
export interface ServerInstallation {
  readonly id: string
  readonly name: string
  readonly zone: string
  readonly hostname: string
  /** Public IPv4 without prefix; the prefix is /24. */
  readonly address: string
  /** `.1` of the public /24. */
  readonly gateway: string
  /** MAC of the one NIC, lower case. */
  readonly mac: string
  /** The image's login: `ubuntu` on Ubuntu, `root` on Debian. */
  readonly user: string
  /** OpenSSH public keys, one line each, without comment. */
  readonly authorizedKeys: readonly string[]
  /** Decoded cloud-init user data. */
  readonly userData: string | null
  readonly os: { readonly name: string; readonly version: string }
}

export interface NicAttachment {
  readonly server: string
  /** Id of the private network. */
  readonly network: string
  readonly vlan: number
  /** MAC of the server's NIC, lower case: the VLAN comes over the same card. */
  readonly mac: string
}

export interface GatewayAttachment {
  readonly gateway: string
  readonly publicAddress: string
  /** Id of the private network. */
  readonly network: string
  /** CIDR on the private network, as IPAM gave it: `10.180.0.2/22`. */
  readonly address: string
  readonly masquerade: boolean
}

/**
 * What the simulated API moves in the (simulated) data centre. Each call resolves when the effect is
 * there; the API shows the new state only then. A rejection becomes the resource's error state.
 *
 * Calls for one server, one gateway or one address come one at a time, in the order of their causes.
 * Across resources there is no order: an address may be routed to a server that is not installed yet,
 * and taken away after its server is gone; a NIC may be detached whose attachment never came about.
 */
export interface World {
  /** Resolves when sshd answers on `address`. Called again for a re-installation. */
  installServer(server: ServerInstallation): Promise<void>
  /** Only for servers that `installServer` was called for. */
  powerServer(server: string, action: 'stop' | 'start' | 'reboot'): Promise<void>
  /** Also called for a server that was never installed. */
  removeServer(server: string): Promise<void>
  attachNic(nic: NicAttachment): Promise<void>
  detachNic(nic: NicAttachment): Promise<void>
  /** An existing link is first detached when its address or masquerade changes. */
  attachGateway(gateway: GatewayAttachment): Promise<void>
  detachGateway(gateway: GatewayAttachment): Promise<void>
  /** Delivers a flexible IP to that server; `null` takes it away from whoever has it. */
  routeAddress(address: string, server: string | null): Promise<void>
}
