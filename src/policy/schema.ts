/**
 * The configuration as a JSON Schema, from which schema/config.schema.json is made.
 * @module
 */
import { object, type Schema, text, texts } from '../document/schema.ts'
import { BOOT_MODES } from '../inventory/host.ts'

const mode = (): Schema => ({
  title: `a boot mode (${BOOT_MODES.join(', ')})`,
  type: 'string',
  enum: [...BOOT_MODES],
})

/** What a rule may be about; one of them has to be there, or it would ignore all there is. */
export const SELECTORS = ['cause', 'images', 'hosts', 'mode', 'xen', 'boot'] as const

export const ruleSchema: Schema = {
  ...object('a rule with a reason', {
    cause: texts('a cause such as unknown-feature', 'The causes that are ignored, by code.'),
    images: texts('a path or a glob', 'Images by path, as in the placements of an inventory.'),
    hosts: texts('the name of a host', 'Hosts by name; * and ? stand for others.'),
    mode: {
      title: `a boot mode (${BOOT_MODES.join(', ')}) or a list of such`,
      description: 'The boot modes.',
      type: ['string', 'array'],
      pattern: `^(?:${BOOT_MODES.join('|')})$`,
      minItems: 1,
      items: mode(),
    },
    boot: texts(
      'a boot path such as pygrub',
      'Boot paths of guests, with or without a version: pvgrub2 stands for pvgrub2@2.06 too.',
    ),
    xen: texts(
      'a Xen version such as 4.1.6.1',
      'Versions as the inventory has them, a series such as 4.1, or globs such as 4.1.*.',
    ),
    reason: text('a reason', 'Why these findings need no action. Every report has it.'),
    expires: {
      title: 'a date such as 2027-03-31',
      description: 'The last day on which the rule holds; later it ignores nothing, and is reported.',
      type: 'string',
      pattern: '^\\d{4}-\\d{2}-\\d{2}$',
    },
  }),
  required: ['reason'],
  anyOf: SELECTORS.map(name => ({ required: [name] })),
}

const settings: Record<string, Schema> = {
  inventory: texts(
    'a path',
    'Inventories, for where none is given on the command line. Paths are relative to this file.',
  ),
  modes: {
    title: `a list of boot modes (${BOOT_MODES.join(', ')})`,
    description: 'The boot modes to ask, for where none are given on the command line.',
    type: 'array',
    minItems: 1,
    items: mode(),
  },
  'fail-on': texts(
    'breaks, refuses, uncertain, never or a cause',
    'What makes the exit code 2, for where --fail-on is not given.',
  ),
  baseline: text('a path', 'A JSON report of before: only what it does not have counts for the exit code.'),
}

export const configSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  description: 'What xen-preflight asks and what makes it fail: xen-preflight.yaml.',
  ...object('a configuration', {
    ...settings,
    ignore: {
      title: 'a list of rules',
      description:
        'Findings that need no action. They stay in every report and do not count for the exit code.',
      type: 'array',
      items: ruleSchema,
    },
  }),
}

/** The settings beside the rules, which are checked one by one. */
export const settingsSchema: Schema = object('a configuration', {
  ...settings,
  ignore: { title: 'a list of rules', type: 'array' },
})
