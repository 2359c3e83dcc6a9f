/**
 * Who asks, for AWS and what speaks like it: from the environment, else from the shared files of credentials and
 * configuration (AWS SDKs and Tools Reference Guide, "Shared config and credentials files").
 */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export interface AwsSettings {
  region: string
  /** Of a store that is not AWS; a path names the bucket then. */
  endpoint?: string
  /** Absent where requests are not signed: for public buckets. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
}

type Environment = Readonly<Record<string, string | undefined>>
type Section = Readonly<Record<string, string>>

/** Reads a file of sections; an absent one has none. */
function readSections(path: string): Map<string, Record<string, string>> {
  const sections = new Map<string, Record<string, string>>()
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return sections
  }
  let section: Record<string, string> | undefined
  for (const line of text.split(/\r?\n/)) {
    const name = /^\s*\[\s*(?:profile\s+)?(.*?)\s*\]/.exec(line)?.[1]
    if (name !== undefined) {
      section = sections.get(name) ?? {}
      sections.set(name, section)
      continue
    }
    const [, key, value] = /^([A-Za-z][\w-]*)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (section !== undefined && key !== undefined && value !== undefined) section[key.toLowerCase()] = value
  }
  return sections
}

export function awsSettings(env: Environment = process.env): AwsSettings {
  const profile = env.AWS_PROFILE || 'default'
  const folder = join(homedir(), '.aws')
  const config: Section = readSections(env.AWS_CONFIG_FILE || join(folder, 'config')).get(profile) ?? {}
  const endpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || config.endpoint_url
  const settings: AwsSettings = {
    region: env.AWS_REGION || env.AWS_DEFAULT_REGION || config.region || 'us-east-1',
  }
  if (endpoint) settings.endpoint = endpoint
  const fromFile: Section = {
    ...config,
    ...readSections(env.AWS_SHARED_CREDENTIALS_FILE || join(folder, 'credentials')).get(profile),
  }
  const [id, secret, token] = env.AWS_ACCESS_KEY_ID
    ? [env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY, env.AWS_SESSION_TOKEN]
    : [fromFile.aws_access_key_id, fromFile.aws_secret_access_key, fromFile.aws_session_token]
  if (id && secret) {
    settings.credentials = { accessKeyId: id, secretAccessKey: secret, ...(token && { sessionToken: token }) }
  }
  return settings
}
