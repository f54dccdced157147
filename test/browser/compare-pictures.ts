import type { Page } from "playwright-core";

/** How far two pictures are apart. */
export interface PictureDifference {
  /** Whether they have the same width and height. */
  readonly sameSize: boolean;
  /** The share of blocks whose mean colour is another. */
  readonly share: number;
}

/** Pixels of a block's side: a few letters, so that another font or its smoothing changes the colour of a block little. */
const BLOCK = 20;
/** Of 255, in any channel. Text on its ground is some 15 from the ground alone; a bar, a panel or a bubble is 30 and more. */
const TOLERANCE = 26;

/** Compares two PNGs block by block, in a page, which can read them. */
export async function comparePictures(page: Page, one: Buffer, other: Buffer): Promise<PictureDifference> {
  return page.evaluate(
    async ({ pictures, block, tolerance }) => {
      const images = await Promise.all(
        pictures.map(async (base64) => {
          const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
          return createImageBitmap(new Blob([bytes], { type: "image/png" }));
        }),
      );
      const [left, right] = images;
      if (left === undefined || right === undefined || left.width !== right.width || left.height !== right.height) {
        return { sameSize: false, share: 1 };
      }
      /** The mean of each block is a pixel of the picture made small by averaging. */
      const means = (image: ImageBitmap): Uint8ClampedArray => {
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext("2d", { willReadFrequently: true });
        if (context === null) throw new Error("this browser has no canvas");
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, image.width, image.height);
        const columns = Math.ceil(image.width / block);
        const sums = new Float64Array(columns * Math.ceil(image.height / block) * 4);
        for (let y = 0; y < image.height; y++) {
          for (let x = 0; x < image.width; x++) {
            const at = (Math.floor(y / block) * columns + Math.floor(x / block)) * 4;
            for (let channel = 0; channel < 3; channel++) {
              sums[at + channel] = (sums[at + channel] ?? 0) + (data[(y * image.width + x) * 4 + channel] ?? 0);
            }
            sums[at + 3] = (sums[at + 3] ?? 0) + 1;
          }
        }
        return Uint8ClampedArray.from(sums, (sum, i) => (i % 4 === 3 ? 255 : sum / (sums[i - (i % 4) + 3] ?? 1)));
      };
      const [a, b] = [means(left), means(right)];
      let different = 0;
      for (let i = 0; i < a.length; i += 4) {
        const apart = [0, 1, 2].some((channel) => Math.abs((a[i + channel] ?? 0) - (b[i + channel] ?? 0)) > tolerance);
        if (apart) different++;
      }
      return { sameSize: true, share: different / (a.length / 4) };
    },
    { pictures: [one.toString("base64"), other.toString("base64")], block: BLOCK, tolerance: TOLERANCE },
  );
}
