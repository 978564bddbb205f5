import { type Static, Type } from 'typebox'
import { Prefix } from '../../lib/contract/index.ts'

const packages = Type.Array(Type.String({ pattern: '^[a-z0-9][a-z0-9.+-]*$' }))

/** How a metal server differs from another kind of metal server. The lab has its own; nothing else differs. */
export const HostProfile = Type.Object(
  {
    /** `vlan`: the private network is a VLAN on the one NIC (Elastic Metal). `link`: a device of its own. */
    underlay: Type.Union([Type.Literal('vlan'), Type.Literal('link')]),
    /** Debian packages the host must have. */
    packages,
    hypervisor: Type.Union([Type.Literal('kvm'), Type.Literal('lxc')]),
    /** OpenNebula's packages for hosts of each kind; with none a host is left as it is. */
    kvmPackages: packages,
    lxcPackages: packages,
    /** OpenNebula's repository of packages; null where hosts have another source of them. */
    repository: Type.Union([
      Type.String({ pattern: '^https?://[^/\\s]+(/[^/\\s]+)*$' }),
      Type.Null(),
    ]),
    /** Login of the installed system that may become root. */
    sshUser: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    /** Whether hosts answer ARP for elastic addresses on the public side. */
    neighbour: Type.Union([Type.Literal('proxy'), Type.Literal('none')]),
  },
  { additionalProperties: false },
)

const port = '(6553[0-5]|655[0-2]\\d|65[0-4]\\d{2}|6[0-4]\\d{3}|[1-5]\\d{4}|[1-9]\\d{0,3})'

/** Who may begin a connection to a host itself, from the internet or its private network. */
export const HostFirewall = Type.Object(
  {
    /** Prefixes that may reach everything; while there is none, everybody may reach SSH. */
    management: Type.Array(Prefix),
    /** Ports open to everybody, like `tcp/9100`. */
    open: Type.Array(Type.String({ pattern: `^(tcp|udp)/${port}$` })),
  },
  { additionalProperties: false },
)

const url = Type.String({ pattern: '^https?://[^/]' })
/** Scheme, host and port: paths are those that clients ask for, and a login would be everybody's. */
const origin = Type.String({ pattern: '^https?://[^/?#@\\s]+/?$' })
const strict = { additionalProperties: false }
const logLevel = Type.Union([
  Type.Literal('debug'),
  Type.Literal('info'),
  Type.Literal('warn'),
  Type.Literal('error'),
])

export const Config = Type.Object(
  {
    /** Where the REST API listens. */
    host: Type.String(),
    port: Type.Integer({ minimum: 0, maximum: 65535 }),
    /** The unix socket that the IPAM drivers and the elastic plug-in talk to. */
    socket: Type.String(),
    /** oned's XML-RPC endpoint and the file with oneadmin's "user:password". */
    oned: url,
    oneAuth: Type.String(),
    /** Public key that oneadmin logs in to hosts with. */
    oneKey: Type.String(),
    /** Log files and throw-away keys; nothing here is missed when it is lost. */
    stateDir: Type.String(),
    agentPackage: Type.String(),
    /** Directory the stock elastic driver loads the plug-in from: <path>/elastic/*.rb. */
    driverPath: Type.String(),
    /** Scaleway's API; another only for tests. */
    scalewayUrl: url,
    oneform: Type.Object(
      {
        /** The stock OneForm server, which has all that is not ours; null where there is none. */
        stock: Type.Union([origin, Type.Null()]),
      },
      strict,
    ),
    profile: HostProfile,
    firewall: HostFirewall,
    /** How often to look for what nothing knows and costs all the same; 0 for only when asked. */
    leakLookMinutes: Type.Integer({ minimum: 0 }),
    timing: Type.Object(
      {
        scale: Type.Number({ minimum: 0 }),
        watch: Type.Optional(Type.Number({ minimum: 0 })),
        patience: Type.Number({ exclusiveMinimum: 0 }),
      },
      strict,
    ),
    logLevel,
  },
  strict,
)

export type HostProfile = Static<typeof HostProfile>
export type HostFirewall = Static<typeof HostFirewall>
export type Config = Static<typeof Config>
