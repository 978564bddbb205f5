import { type Static, Type } from 'typebox'

/*
 * These values become words of ip, nft and FRR: no pattern lets a space, a quote, a line end or
 * anything else through that could say more than the value itself.
 */
const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
const dotted = `${octet}(\\.${octet}){3}`
const Ipv4 = Type.String({ pattern: `^${dotted}$` })
const Ipv4Prefix = Type.String({ pattern: `^${dotted}/(3[0-2]|[12]?[0-9])$` })
/** RFC 4291 without dotted tails and zones: one `::` or all eight groups. */
const group = '[0-9A-Fa-f]{1,4}'
const colons = [
  `(${group}:){7}${group}`,
  `(${group}:){1,7}:`,
  ...[1, 2, 3, 4, 5, 6].map((last) => `(${group}:){1,${7 - last}}(:${group}){1,${last}}`),
  `:(:${group}){1,7}`,
  '::',
].join('|')
/** An IPv4 or IPv6 address with prefix length. */
export const Prefix = Type.String({
  pattern: `^(${dotted}/(3[0-2]|[12]?[0-9])|(${colons})/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$`,
})
const Mac = Type.String({ pattern: '^[0-9a-f]{2}(:[0-9a-f]{2}){5}$' })
/** Kernel interface names: 1 to 15 bytes, no slash, no space (IFNAMSIZ). */
const IfName = Type.String({ pattern: '^[A-Za-z0-9_.:-]{1,15}$' })
/** A tap, as the hypervisors of OpenNebula name it: `one-<vm>-<nic>`. */
const TapName = Type.String({ pattern: '^one-[0-9]{1,9}-[0-9]{1,4}$' })
const HostName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$' })
const Id = Type.Integer({ minimum: 0, maximum: 2_147_483_647 })

/** The private network's device on every host; OpenNebula's PHYDEV. */
export const underlayName = 'scwpn'

/**
 * How the private network reaches the host. `vlan`: a sub-interface of the device that carries the
 * default route (Scaleway Elastic Metal). `link`: a device of its own that only needs the name.
 */
export const Underlay = Type.Object({
  medium: Type.Union([
    Type.Object({ kind: Type.Literal('vlan'), id: Type.Integer({ minimum: 1, maximum: 4094 }) }),
    Type.Object({ kind: Type.Literal('link'), device: IfName }),
  ]),
  /** The server's IPAM address with prefix length. */
  address: Ipv4Prefix,
  /** The public gateway's address on the private network; null while there is none. */
  gateway: Type.Union([Ipv4, Type.Null()]),
  mtu: Type.Integer({ minimum: 1280, maximum: 9216 }),
})

export const BgpRole = Type.Union([
  Type.Literal('client'),
  Type.Literal('reflector'),
  Type.Literal('mesh'),
])

export const Bgp = Type.Object({
  asn: Type.Integer({ minimum: 1, maximum: 4294967295 }),
  /** `client` peers with reflectors; `reflector` with everyone; `mesh` with everyone, reflecting nothing. */
  role: BgpRole,
  /** RFC 4456; only reflectors have one. */
  clusterId: Type.Union([Ipv4, Type.Null()]),
  neighbours: Type.Array(Type.Object({ address: Ipv4, role: BgpRole })),
  /** TCP-MD5 (RFC 2385) shared by the hosts of one provision; null leaves sessions open. */
  password: Type.Union([Type.String({ pattern: '^[A-Za-z0-9_-]{8,64}$' }), Type.Null()]),
})

export const Egress = Type.Union([
  Type.Literal('public-gateway'),
  Type.Literal('host'),
  Type.Literal('none'),
])

/** One OpenNebula network of VN_MAD vxlan. Names come from its XML; the agent invents none. */
export const PrivateNetwork = Type.Object({
  id: Id,
  /** A tenant's own words: for sentences, never for commands. */
  name: Type.String(),
  vni: Type.Integer({ minimum: 1, maximum: 16777215 }),
  bridge: IfName,
  /** PHYDEV.VLAN_ID, as the stock driver names it. */
  device: IfName,
  mtu: Type.Integer({ minimum: 1280, maximum: 9216 }),
  /** Underlay addresses of the other hosts: the flood list. */
  vteps: Type.Array(Ipv4),
  /** Anycast gateway with prefix length; null for a network without routing. */
  gateway: Type.Union([Ipv4Prefix, Type.Null()]),
  egress: Egress,
})

/** One OpenNebula network of VN_MAD elastic: a bridge without uplink. */
export const PublicNetwork = Type.Object({
  id: Id,
  name: Type.String(),
  bridge: IfName,
  mtu: Type.Integer({ minimum: 1280, maximum: 9216 }),
})

/** A 1:1 mapping of a flexible IP to a VM's address. Armed only while `port` is on the bridge. */
export const ElasticAddress = Type.Object({
  external: Ipv4,
  /** The VM's own address, first or second of a private /31. */
  address: Ipv4,
  /** What the VM uses as its gateway: the other address of the /31, configured nowhere. */
  gateway: Ipv4,
  /** Id of the public network. */
  network: Id,
  port: TapName,
})

/** One NIC of a VM that runs, or is about to run, on this host. */
export const VmPort = Type.Object({
  /** `one-<vm>-<nic>`: OpenNebula's NIC/TARGET. */
  port: TapName,
  vm: Id,
  nic: Id,
  network: Id,
  mac: Mac,
  addresses: Type.Array(Ipv4),
})

/** A port of the host that is open to everybody. */
export const OpenPort = Type.Object({
  protocol: Type.Union([Type.Literal('tcp'), Type.Literal('udp')]),
  port: Type.Integer({ minimum: 1, maximum: 65535 }),
})

/**
 * Who may begin a connection to the host itself from outside, beyond what it needs to be a host.
 * What a controller of an earlier version leaves out is empty.
 */
export const Firewall = Type.Object({
  /** Prefixes that may reach everything; while there is none, everybody may reach SSH. */
  management: Type.Array(Prefix),
  /** The other hosts of the provision: they copy images and migrate VMs to this one. */
  siblings: Type.Optional(Type.Array(Type.Object({ public: Ipv4, underlay: Ipv4 }))),
  open: Type.Optional(Type.Array(OpenPort)),
})

/** The desired state of one metal server's network, whole. */
export const HostSpec = Type.Object({
  version: Type.Literal(1),
  /** Rises when a controller takes over; an agent refuses specs of an older epoch. */
  epoch: Type.Integer({ minimum: 0 }),
  /** Rises with every change of this host's spec within an epoch. */
  generation: Type.Integer({ minimum: 0 }),
  /** Scaleway's server id. */
  server: Type.String({ minLength: 1 }),
  hostname: HostName,
  public: Type.Object({
    address: Ipv4,
    /** Whether the host answers ARP for elastic addresses on the public NIC. */
    neighbour: Type.Union([Type.Literal('proxy'), Type.Literal('none')]),
  }),
  underlay: Underlay,
  bgp: Bgp,
  networks: Type.Array(PrivateNetwork),
  publicNetworks: Type.Array(PublicNetwork),
  elastics: Type.Array(ElasticAddress),
  ports: Type.Array(VmPort),
  firewall: Firewall,
  /** Address pools the host must keep to itself. */
  pools: Type.Object({
    /** Link addresses of router namespaces, 100.96.0.0/11 unless configured. */
    links: Ipv4Prefix,
    /** VM addresses of elastic NICs, 100.64.0.0/16 unless configured. */
    elastic: Ipv4Prefix,
  }),
})

export type Underlay = Static<typeof Underlay>
export type BgpRole = Static<typeof BgpRole>
export type Bgp = Static<typeof Bgp>
export type Egress = Static<typeof Egress>
export type PrivateNetwork = Static<typeof PrivateNetwork>
export type PublicNetwork = Static<typeof PublicNetwork>
export type ElasticAddress = Static<typeof ElasticAddress>
export type VmPort = Static<typeof VmPort>
export type OpenPort = Static<typeof OpenPort>
export type Firewall = Static<typeof Firewall>
export type HostSpec = Static<typeof HostSpec>
