import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Command, run as runOclif } from '@oclif/core'
import { chosenOf } from './chosen.ts'
import { tellFailure } from './colour.ts'
import Completion from './commands/completion.ts'
import Doctor from './commands/doctor.ts'
import DriverDisable from './commands/driver/disable.ts'
import DriverEnable from './commands/driver/enable.ts'
import DriverList from './commands/driver/list.ts'
import DriverShow from './commands/driver/show.ts'
import DriverSync from './commands/driver/sync.ts'
import IpamReplay from './commands/ipam/replay.ts'
import LeaksList from './commands/leaks/list.ts'
import LeaksRelease from './commands/leaks/release.ts'
import ProviderChgrp from './commands/provider/chgrp.ts'
import ProviderChmod from './commands/provider/chmod.ts'
import ProviderChown from './commands/provider/chown.ts'
import ProviderCreate from './commands/provider/create.ts'
import ProviderDelete from './commands/provider/delete.ts'
import ProviderList from './commands/provider/list.ts'
import ProviderRename from './commands/provider/rename.ts'
import ProviderShow from './commands/provider/show.ts'
import ProviderUpdate from './commands/provider/update.ts'
import ProvisionAddHost from './commands/provision/add-host.ts'
import ProvisionAddIp from './commands/provision/add-ip.ts'
import ProvisionAddresses from './commands/provision/addresses.ts'
import ProvisionAdopt from './commands/provision/adopt.ts'
import ProvisionChgrp from './commands/provision/chgrp.ts'
import ProvisionChmod from './commands/provision/chmod.ts'
import ProvisionChown from './commands/provision/chown.ts'
import ProvisionCreate from './commands/provision/create.ts'
import ProvisionDelHost from './commands/provision/del-host.ts'
import ProvisionDelIp from './commands/provision/del-ip.ts'
import ProvisionDelete from './commands/provision/delete.ts'
import ProvisionFleet from './commands/provision/fleet.ts'
import ProvisionList from './commands/provision/list.ts'
import ProvisionLogs from './commands/provision/logs.ts'
import ProvisionRecover from './commands/provision/recover.ts'
import ProvisionRename from './commands/provision/rename.ts'
import ProvisionReplaceHost from './commands/provision/replace-host.ts'
import ProvisionRetry from './commands/provision/retry.ts'
import ProvisionReverse from './commands/provision/reverse.ts'
import ProvisionShow from './commands/provision/show.ts'
import ProvisionTop from './commands/provision/top.ts'
import ProvisionUndeploy from './commands/provision/undeploy.ts'
import ProvisionUnmanaged from './commands/provision/unmanaged.ts'
import ProvisionUpdate from './commands/provision/update.ts'
import { everything } from './completion/index.ts'
import { told } from './output-command.ts'
import { programOf } from './program.ts'
import { overlookUnread } from './standard-error.ts'
import { topics } from './topics.ts'

/** Every command by its words; oclif finds them here, also inside a bundle of one file. */
export const COMMANDS: Readonly<Record<string, Command.Class>> = {
  completion: Completion,
  doctor: Doctor,
  'driver:disable': DriverDisable,
  'driver:enable': DriverEnable,
  'driver:list': DriverList,
  'driver:show': DriverShow,
  'driver:sync': DriverSync,
  'ipam:replay': IpamReplay,
  'leaks:list': LeaksList,
  'leaks:release': LeaksRelease,
  'provider:chgrp': ProviderChgrp,
  'provider:chmod': ProviderChmod,
  'provider:chown': ProviderChown,
  'provider:create': ProviderCreate,
  'provider:delete': ProviderDelete,
  'provider:list': ProviderList,
  'provider:rename': ProviderRename,
  'provider:show': ProviderShow,
  'provider:update': ProviderUpdate,
  'provision:add-host': ProvisionAddHost,
  'provision:add-ip': ProvisionAddIp,
  'provision:addresses': ProvisionAddresses,
  'provision:adopt': ProvisionAdopt,
  'provision:chgrp': ProvisionChgrp,
  'provision:chmod': ProvisionChmod,
  'provision:chown': ProvisionChown,
  'provision:create': ProvisionCreate,
  'provision:del-host': ProvisionDelHost,
  'provision:del-ip': ProvisionDelIp,
  'provision:delete': ProvisionDelete,
  'provision:fleet': ProvisionFleet,
  'provision:list': ProvisionList,
  'provision:logs': ProvisionLogs,
  'provision:recover': ProvisionRecover,
  'provision:rename': ProvisionRename,
  'provision:replace-host': ProvisionReplaceHost,
  'provision:retry': ProvisionRetry,
  'provision:reverse': ProvisionReverse,
  'provision:show': ProvisionShow,
  'provision:top': ProvisionTop,
  'provision:undeploy': ProvisionUndeploy,
  'provision:unmanaged': ProvisionUnmanaged,
  'provision:update': ProvisionUpdate,
}

const description = `Edge clusters on Scaleway bare metal for OpenNebula.
What was asked for goes to standard output, all else to standard error. Exit codes: 0 done; 1 the world is at fault, \
trying again may help unless the sentence says to look first; 2 the request is; 3 all went well, and what was looked \
for is there (leaks, say); 130 stopped by \
Ctrl-C, the work goes on.`

/** Those that oclif is shown in this start, and none of an earlier one; it reads them from this module. */
export const CHOSEN: Record<string, Command.Class> = {}

Object.assign(everything, COMMANDS)

/**
 * Runs edgectl, under its own or a stock name. It needs no package.json beside it: what oclif would read
 * there is said here, and the commands are taken from this very module (or the bundle that holds it and
 * exports CHOSEN).
 */
export async function run(given: readonly string[], version: string, name: string): Promise<void> {
  overlookUnread()
  const program = programOf(name, given)
  for (const id of Object.keys(CHOSEN)) delete CHOSEN[id]
  Object.assign(CHOSEN, chosenOf(program, COMMANDS))
  const file = fileURLToPath(import.meta.url)
  const pjson = {
    name: 'edgectl',
    description,
    version,
    type: 'module',
    oclif: {
      bin: program.bin,
      topicSeparator: ' ' as const,
      commands: { strategy: 'explicit', target: `./${basename(file)}`, identifier: 'CHOSEN' },
      topics: program.topic === undefined ? topics : {},
      additionalHelpFlags: ['-h'],
    },
  }
  const options = { root: dirname(file), pjson } as unknown as Parameters<typeof runOclif>[1]
  try {
    await runOclif([...program.argv], options)
  } catch (error) {
    const { text, exitCode } = told(error as Error, program.bin)
    tellFailure(text)
    process.exitCode = exitCode
  }
}
