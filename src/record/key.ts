/** What tells one image from another: its address. */

/** The address of an image inside the container at `container`, or of the file there itself. */
export const imageAddress = (container: string, inside?: string): string =>
  inside === undefined ? container : `${container}!/${inside}`

/** Sorts addresses as a walk meets them: folder by folder, a folder's entries before what follows the folder. */
export const walkKey = (image: string): string => image.replaceAll('/', '\0')
