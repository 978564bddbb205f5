export { type CheckName, checks } from './checks.ts'
export { createDoctor, type Examination } from './create-doctor.ts'
export { type Diagnosis, diagnose } from './diagnosis.ts'
export {
  broken,
  type Finding,
  finding,
  ok,
  type Status,
  skipped,
  type Verdict,
  warning,
} from './finding.ts'
export { brokenBy } from './from-fault.ts'
export type { AgentFacts, ReportFacts } from './judge-agents.ts'
export { judgeConfiguration, judgeSecrecy } from './judge-configuration.ts'
export {
  type Found,
  isLoopback,
  judgeController,
  judgeLogin,
  judgeTransport,
  type Meeting,
} from './judge-controller.ts'
export { judgeElasticDriver, judgeIpamDriver } from './judge-drivers.ts'
export type { DirectoryFacts } from './judge-files.ts'
export { judgeFrontEnd, judgePrograms, type ProgramFacts } from './judge-front-end.ts'
export { isAdministrator, judgeControllerUser, judgeVersion, type OneUser } from './judge-oned.ts'
export { judgeEncryption, judgeIpamMad, judgeVnMad } from './judge-oned-conf.ts'
export { judgePackages, type RepositoryFacts } from './judge-packages.ts'
export { judgePort } from './judge-port.ts'
export { judgeSocket } from './judge-socket.ts'
export { judgeUnit, type UnitFacts } from './judge-unit.ts'
export { type OnedConf, readOnedConf } from './oned-conf.ts'
export type { DoctorParts, OpenProvider, ProviderLook } from './parts.ts'
