import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Command, run as runOclif } from '@oclif/core'
import Completion from './commands/completion.ts'
import Doctor from './commands/doctor.ts'
import IpamReplay from './commands/ipam/replay.ts'
import LeaksList from './commands/leaks/list.ts'
import LeaksRelease from './commands/leaks/release.ts'
import ProviderCreate from './commands/provider/create.ts'
import ProviderDelete from './commands/provider/delete.ts'
import ProviderList from './commands/provider/list.ts'
import ProviderShow from './commands/provider/show.ts'
import ProvisionAddHost from './commands/provision/add-host.ts'
import ProvisionAddIp from './commands/provision/add-ip.ts'
import ProvisionAddresses from './commands/provision/addresses.ts'
import ProvisionCreate from './commands/provision/create.ts'
import ProvisionDelHost from './commands/provision/del-host.ts'
import ProvisionDelIp from './commands/provision/del-ip.ts'
import ProvisionDelete from './commands/provision/delete.ts'
import ProvisionList from './commands/provision/list.ts'
import ProvisionLogs from './commands/provision/logs.ts'
import ProvisionReplaceHost from './commands/provision/replace-host.ts'
import ProvisionRetry from './commands/provision/retry.ts'
import ProvisionReverse from './commands/provision/reverse.ts'
import ProvisionShow from './commands/provision/show.ts'
import ProvisionUndeploy from './commands/provision/undeploy.ts'
import { everything } from './completion/index.ts'
import { told } from './edge-command.ts'
import { topics } from './topics.ts'

/** Every command by its words; oclif finds them here, also inside a bundle of one file. */
export const COMMANDS: Readonly<Record<string, Command.Class>> = {
  completion: Completion,
  doctor: Doctor,
  'ipam:replay': IpamReplay,
  'leaks:list': LeaksList,
  'leaks:release': LeaksRelease,
  'provider:create': ProviderCreate,
  'provider:delete': ProviderDelete,
  'provider:list': ProviderList,
  'provider:show': ProviderShow,
  'provision:add-host': ProvisionAddHost,
  'provision:add-ip': ProvisionAddIp,
  'provision:addresses': ProvisionAddresses,
  'provision:create': ProvisionCreate,
  'provision:del-host': ProvisionDelHost,
  'provision:del-ip': ProvisionDelIp,
  'provision:delete': ProvisionDelete,
  'provision:list': ProvisionList,
  'provision:logs': ProvisionLogs,
  'provision:replace-host': ProvisionReplaceHost,
  'provision:retry': ProvisionRetry,
  'provision:reverse': ProvisionReverse,
  'provision:show': ProvisionShow,
  'provision:undeploy': ProvisionUndeploy,
}

Object.assign(everything, COMMANDS)

/**
 * Runs edgectl. It needs no package.json beside it: what oclif would read there is said here, and
 * the commands are taken from this very module (or the bundle that holds it and exports COMMANDS).
 */
export async function run(argv: readonly string[], version: string): Promise<void> {
  const file = fileURLToPath(import.meta.url)
  const pjson = {
    name: 'edgectl',
    description: 'Edge clusters on Scaleway bare metal for OpenNebula.',
    version,
    type: 'module',
    oclif: {
      bin: 'edgectl',
      topicSeparator: ' ' as const,
      commands: { strategy: 'explicit', target: `./${basename(file)}`, identifier: 'COMMANDS' },
      topics,
    },
  }
  const options = { root: dirname(file), pjson } as unknown as Parameters<typeof runOclif>[1]
  try {
    // `edgectl help provision list` is what many type first.
    const [first, ...rest] = argv
    await runOclif(first === 'help' ? [...rest, '--help'] : [...argv], options)
  } catch (error) {
    const { text, exitCode } = told(error as Error)
    process.stderr.write(`${text}\n`)
    process.exitCode = exitCode
  }
}
