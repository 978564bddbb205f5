import type { Done } from '../../each.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { itemsArgument } from '../../items.ts'
import { personId } from '../../people.ts'
import { changeRights, groupArgument } from '../../rights.ts'

export default class ProvisionChgrp extends EdgeCommand {
  static override summary = 'Change the group of provisions'
  static override examples = [
    '<%= config.bin %> provision chgrp 7 users',
    '<%= config.bin %> provision chgrp 7,8 1',
  ]
  static override args = { id: itemsArgument('provision'), group: groupArgument }

  async run(): Promise<Done> {
    const { args, flags } = await this.parse(ProvisionChgrp)
    const body = { group_id: await personId('group', args.group, this.endpoint(flags).session) }
    return await changeRights(this.client(flags), 'provision', args.id, { route: 'chgrp', body })
  }
}
