/** One layer that is passed on the way to a file in a container. */
export interface ContainerStep {
  /** `qcow2`, `gpt`, `ext4`, `tar`, `gzip` and so on. */
  format: string
  /** The partition or logical volume that was gone into. */
  volume?: string
  snapshot?: string
  /** Of the file in a file system or archive, from its root on. */
  path?: string
}
