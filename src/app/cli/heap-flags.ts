/**
 * How V8 keeps the heap of a process that is nothing but a gateway; an app that embeds Portico has its own say. Measured with
 * 512 connections (npm run bench, Node 20.20):
 *
 *   --no-allocation-site-pretenuring   requests that are open together survive a collection or two, from which V8 concludes
 *                                      that what they are made of lives long and puts all of it into the old generation: a
 *                                      GET costs 36 µs of CPU so and 31 without, and up to 180 MB stay resident, not 125
 *   --heap-growing-percent=100         the old generation is collected when it has doubled and not when it is four times as
 *                                      large: 144 MB resident under streams in place of 190. With 50 it is 137, but then
 *                                      collections cost a stream's message 0.3 µs, and a GET over grpc-js a sixth more
 */
export const heapFlags: readonly string[] = ["--no-allocation-site-pretenuring", "--heap-growing-percent=100"];
