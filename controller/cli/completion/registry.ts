import type { Command } from '@oclif/core'

/**
 * Every command by its words, for the command that tells a shell of them: filled where they are
 * gathered, since a command cannot import what imports it.
 */
export const everything: Record<string, Command.Class> = {}
