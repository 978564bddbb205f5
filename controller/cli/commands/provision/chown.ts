import { Args } from '@oclif/core'
import type { Done } from '../../each.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { itemsArgument } from '../../items.ts'
import { personId } from '../../people.ts'
import { changeRights, userArgument } from '../../rights.ts'

export default class ProvisionChown extends EdgeCommand {
  static override summary = 'Change the owner of provisions, and the group if given'
  static override examples = [
    '<%= config.bin %> provision chown 7 oneadmin',
    '<%= config.bin %> provision chown 7..9 2 users',
  ]
  static override args = {
    id: itemsArgument('provision'),
    user: userArgument,
    group: Args.string({ description: 'id or name of the group' }),
  }

  async run(): Promise<Done> {
    const { args, flags } = await this.parse(ProvisionChown)
    const { session } = this.endpoint(flags)
    const owner_id = await personId('user', args.user, session)
    const group_id = args.group === undefined ? null : await personId('group', args.group, session)
    const body = { owner_id, group_id }
    return await changeRights(this.client(flags), 'provision', args.id, { route: 'chown', body })
  }
}
