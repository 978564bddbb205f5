import { Flags } from '@oclif/core'
import type { Diagnosis } from '../../doctor/index.ts'
import { EdgeCommand } from '../edge-command.ts'
import { badRequest, Failure, failed } from '../failure.ts'

export default class Doctor extends EdgeCommand {
  static override summary = 'Check the set-up and tell what to fix'
  static override description =
    'Looks at this machine and asks the controller: oned, configuration, drivers, unit, port, socket, login, Scaleway ' +
    'keys and their permissions, quotas, agents, hosts. It changes nothing. What follows from another fault is ' +
    'told as such. As root or oneadmin on the front-end it sees most. With --root it looks at ' +
    'files below that directory only, and says what could not be looked at. Exit code 0 when nothing is broken, 1 ' +
    'when something is.'
  static override examples = ['<%= config.bin %> doctor', '<%= config.bin %> doctor --json']
  static override flags = {
    root: Flags.string({
      summary: 'directory with a staged front-end (scripts/install-frontend --root)',
      default: '/',
    }),
  }

  async run(): Promise<Diagnosis> {
    const { flags } = await this.parse(Doctor)
    // in a script, most likely, a variable that is not set
    if (flags.root === '')
      throw new Failure('--root is empty; name a directory, / for this machine itself', badRequest)
    // Only now: what it reads and asks with would be a part of every other command's start.
    const { examine, diagnosisLayout } = await import('../doctor/index.ts')
    const diagnosis = await examine({ ...flags, version: this.config.version }, process.env)
    this.log(diagnosisLayout(diagnosis))
    if (diagnosis.broken > 0) process.exitCode = failed
    return diagnosis
  }
}
