export { contractFault, contractFaults } from './faults.ts'
export {
  AgentFrame,
  type Applied,
  type Challenge,
  ControllerFrame,
  type Hello,
  protocolVersion,
  signedText,
} from './frames.ts'
export {
  type BfdSession,
  type BgpSession,
  type ConnectionTable,
  type ElasticHealth,
  type ElasticTraffic,
  HostReport,
  type NicHealth,
  type PeerPath,
  type Repair,
  type Verdict,
  type VniHealth,
} from './host-report.ts'
export {
  type Bgp,
  type BgpRole,
  type Egress,
  type ElasticAddress,
  type Firewall,
  HostSpec,
  type OpenPort,
  Prefix,
  type PrivateNetwork,
  type PublicNetwork,
  type Underlay,
  underlayName,
  type VmPort,
} from './host-spec.ts'
export { parseAs } from './parse.ts'
