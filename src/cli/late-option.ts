/**
 * Options whose values are read by code that is loaded where such an option is given: it would cost every start.
 * @module
 */
import { type Command, InvalidArgumentError, type Option } from 'commander'

/** Reads a value of an option on top of the one before. Throws an InvalidArgumentError. */
type Parser<T> = (text: string, before: T | undefined) => T

/** Adds `option` to `command`; what its values are is known once the command runs. */
export const addLateOption = <T>(command: Command, option: Option, load: () => Promise<Parser<T>>): Command =>
  command
    .addOption(option.argParser((text: string, before: string[] = []) => [...before, text]))
    .hook('preAction', async () => {
      const name = option.attributeName()
      const texts: string[] | undefined = command.getOptionValue(name)
      if (texts === undefined) return
      const parse = await load()
      let value: T | undefined
      for (const text of texts) {
        try {
          value = parse(text, value)
        } catch (error) {
          if (!(error instanceof InvalidArgumentError)) throw error
          const { code, message } = error
          command.error(`error: option '${option.flags}' argument '${text}' is invalid. ${message}`, { code })
        }
      }
      command.setOptionValue(name, value)
    })
